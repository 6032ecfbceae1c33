import { createRequire } from 'node:module';
import toolbox from '@nomicfoundation/hardhat-toolbox-mocha-ethers';
import { defineConfig } from 'hardhat/config';
import zkvm from './plugin/index.ts';

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [zkvm, toolbox],
  solidity: {
    version: '0.8.37',
    // The compiler comes from npm; nothing is downloaded.
    path: require.resolve('solc/soljson.js'),
    settings: { evmVersion: 'osaka', optimizer: { enabled: true, runs: 1_000_000 } },
  },
  paths: { tests: { solidity: 'test/contracts' } },
});
