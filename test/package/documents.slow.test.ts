/**
 * The README with real proofs, and the package in projects of other kinds: viem with Node's test runner, pnpm, a workspace,
 * no toolbox at all. Needs the npm registry, and minutes for every Groth16 proof.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { blocksOf } from '../support/documents.ts';
import { adaptConfig, newcomer, readmeCommands, replaced, runCommand } from '../support/readme-project.ts';
import { cOrSkip, rustOrSkip } from '../support/rust.ts';
import { MANIFEST, freshProject, npmInstall, packClone, shell, temporaryFolder } from '../support/tarball.ts';

const require = createRequire(import.meta.url);
const HARDHAT = `hardhat@${MANIFEST.devDependencies['hardhat']}`;

/** A configuration with a compiler of the versions that teams stay on. */
function config(toolbox?: string): string {
  const [imported, plugins] =
    toolbox === undefined ? ['', 'zkvm'] : [`import toolbox from '${toolbox}';`, 'zkvm, toolbox'];
  return `${imported}
import { defineConfig } from 'hardhat/config';
import zkvm from 'hardhat-zkvm';
export default defineConfig({
  plugins: [${plugins}],
  solidity: { version: '0.8.24', path: ${JSON.stringify(require.resolve('solc-0.8.24/soljson.js'))} },
});
`;
}

/** `zkvm new`, build, test and deployment in a project with the package; returns the output of the tests. */
function follow(root: string, run: string, kind: '' | '--c' | '--no-std'): string {
  shell(`${run} hardhat zkvm new price-feed ${kind}`, root);
  shell(`${run} hardhat zkvm build price-feed`, root);
  const script = path.join(root, 'scripts/deploy-price-feed.ts');
  writeFileSync(script, replaced(readFileSync(script, 'utf8'), 'zkvm.deploy()', 'zkvm.deploy({ mock: true })'));
  assert.match(
    shell(`${run} hardhat run scripts/deploy-price-feed.ts`, root),
    /^PriceFeedConsumer: 0x[0-9a-fA-F]{40}$/m,
  );
  return shell(`${run} hardhat test`, root);
}

test('every command of the README works with real proofs, and so does its last snippet', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const project = await newcomer(temporaryFolder(), '@nomicfoundation/hardhat-toolbox-mocha-ethers', true);
  t.after(() => project.closing.forEach((close) => close()));
  const [settings] = blocksOf(project.clone, 'README.md').filter(({ text }) => text.startsWith('// hardhat.config.ts'));
  for (const { line, command } of readmeCommands(project.clone)) {
    t.diagnostic(`README.md:${line} ${command}`);
    await runCommand(project, command);
    if (command.startsWith('npm install'))
      writeFileSync(path.join(project.root, 'hardhat.config.ts'), adaptConfig(settings!.text, project));
  }
  assert.match([...project.outputs.values()].at(-2)!, /The contract 0x[0-9a-fA-F]{40} accepted the proof/);
  const [snippet] = blocksOf(project.clone, 'README.md').filter(({ text }) => text.includes('hre.zkvm.prove'));
  writeFileSync(path.join(project.root, 'snippet.ts'), snippet!.text);
  shell('npx hardhat run snippet.ts', project.root);
});

/** A folder with a clone in it that was packed. */
function packed(t: TestContext): { parent: string; tarball: string } | undefined {
  if (rustOrSkip(t) === undefined || cOrSkip(t) === undefined) return undefined;
  const parent = temporaryFolder();
  return { parent, tarball: JSON.stringify(packClone(parent).tarball) };
}

test('a project with viem and the test runner of Node', (t) => {
  const made = packed(t);
  if (made === undefined) return;
  const toolbox = '@nomicfoundation/hardhat-toolbox-viem';
  const root = freshProject(made.parent, 'with viem', ['hardhat', toolbox]);
  npmInstall(root, made.tarball);
  writeFileSync(path.join(root, 'hardhat.config.ts'), config(toolbox));
  assert.match(follow(root, 'npx', '--c'), /3 passing \(3 nodejs\)/);
});

test('a project without any toolbox', (t) => {
  const made = packed(t);
  if (made === undefined) return;
  const root = freshProject(made.parent, 'plain', ['hardhat']);
  npmInstall(root, made.tarball);
  writeFileSync(path.join(root, 'hardhat.config.ts'), config());
  follow(root, 'npx', '--no-std');
  assert.match(shell('node --test test/PriceFeed.ts', root), /pass 2/);
});

test('a package of a workspace, whose node_modules is two folders above', (t) => {
  const made = packed(t);
  if (made === undefined) return;
  const workspace = path.join(made.parent, 'work space');
  const root = path.join(workspace, 'packages/contracts');
  mkdirSync(root, { recursive: true });
  writeFileSync(path.join(workspace, 'package.json'), JSON.stringify({ private: true, workspaces: ['packages/*'] }));
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name: 'c', version: '1.0.0', type: 'module' }));
  const toolbox = '@nomicfoundation/hardhat-toolbox-mocha-ethers';
  npmInstall(workspace, `-w c ${HARDHAT} ${toolbox} ${made.tarball}`);
  writeFileSync(path.join(root, 'hardhat.config.ts'), config(toolbox));
  assert.match(follow(root, 'npx', '--c'), /3 passing \(3 mocha\)/);
});

test('a project of pnpm, whose packages lie behind links', (t) => {
  const made = packed(t);
  if (made === undefined) return;
  const root = path.join(made.parent, 'with pnpm');
  mkdirSync(root);
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name: 'p', type: 'module' }));
  const toolbox = '@nomicfoundation/hardhat-toolbox-mocha-ethers';
  // pnpm shows a project only what it names; hardhat --init names chai and ethers too.
  shell(`npx --yes pnpm@10 add --save-dev ${HARDHAT} ${toolbox} chai ethers ${made.tarball}`, root);
  writeFileSync(path.join(root, 'hardhat.config.ts'), config(toolbox));
  assert.match(follow(root, 'npx --yes pnpm@10 exec', ''), /3 passing \(3 mocha\)/);
});

test('the program with signatures builds from its page', (t) => {
  const made = packed(t);
  if (made === undefined) return;
  const root = freshProject(made.parent, 'signatures', ['hardhat']);
  npmInstall(root, made.tarball);
  writeFileSync(path.join(root, 'hardhat.config.ts'), config());
  const page = blocksOf(path.join(root, 'node_modules/hardhat-zkvm'), 'programs/sdk/secp256k1/README.md');
  const [toml, rust] = ['toml', 'rust'].map((language) => page.find((block) => block.language === language)?.text);
  const folder = path.join(root, 'programs/signed');
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  const head = '[package]\nname = "signed"\nversion = "0.1.0"\nedition = "2024"\n\n';
  writeFileSync(path.join(folder, 'Cargo.toml'), `${head}${toml}\n[workspace]\n`);
  writeFileSync(path.join(folder, 'src/main.rs'), rust!);
  shell('npx hardhat zkvm build signed', root);
  // Zeros are no key: the assertion fails, and the program says so.
  const zeros = `0x${'00'.repeat(64)},0x${'00'.repeat(32)},0x${'00'.repeat(64)}`;
  assert.throws(() => shell(`npx hardhat zkvm execute signed --input ${zeros}`, root), /assertion failed.*verify/);
});
