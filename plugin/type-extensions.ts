import type { DefaultChainType } from 'hardhat/types/network';
import type { Zkvm, ZkvmConfig, ZkvmConnection, ZkvmUserConfig } from './types.ts';

declare module 'hardhat/types/config' {
  interface HardhatUserConfig {
    zkvm?: ZkvmUserConfig;
  }
  interface HardhatConfig {
    zkvm: ZkvmConfig;
  }
}

declare module 'hardhat/types/hre' {
  interface HardhatRuntimeEnvironment {
    zkvm: Zkvm;
  }
}

declare module 'hardhat/types/network' {
  // The parameter must be that of Hardhat's own declaration.
  // oxlint-disable-next-line no-unused-vars
  interface NetworkConnection<ChainTypeT extends string = DefaultChainType> {
    zkvm: ZkvmConnection;
  }
}
