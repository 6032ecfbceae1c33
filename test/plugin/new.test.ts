/** `zkvm new`: what it writes, what it refuses, and that its result builds, runs and convinces a contract. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { buildPrograms } from '../../plugin/internal/programs/build-program.ts';
import { contractPrefix } from '../../plugin/internal/tasks/new/name.ts';
import { createProgram, toolsOf } from '../../plugin/internal/tasks/new/new-program.ts';
import type { Kind, ProjectFolders } from '../../plugin/internal/tasks/new/new-program.ts';
import type { Hex } from '../../plugin/types.ts';
import { project } from '../support/project.ts';
import { cOrSkip, rustOrSkip } from '../support/rust.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const SOLC = createRequire(import.meta.url).resolve('solc/soljson.js');

/** What a project without further plugins uses. */
const PLAIN = toolsOf([]);

/** An empty project in which this package is installed. */
async function newProject(t: TestContext): Promise<{ hre: HardhatRuntimeEnvironment; folders: ProjectFolders }> {
  const { root, hre } = await project(t, { solidity: { version: '0.8.37', path: SOLC } });
  mkdirSync(path.join(root, 'node_modules'));
  symlinkSync(REPOSITORY, path.join(root, 'node_modules/hardhat-zkvm'), 'junction');
  const [programs, contracts, tests, scripts] = ['programs', 'contracts', 'test', 'scripts'].map((name) =>
    path.join(root, name),
  );
  return { hre, folders: { root, programs: programs!, contracts: contracts!, tests: tests!, scripts: scripts! } };
}

/** The two factors as one input item. */
function input(first: number, second: number): Uint8Array[] {
  const item = new DataView(new ArrayBuffer(8));
  item.setUint32(0, first, true);
  item.setUint32(4, second, true);
  return [new Uint8Array(item.buffer)];
}

const refusal = (pattern: RegExp) => (error: unknown) =>
  HardhatPluginError.isHardhatPluginError(error) && pattern.test(error.message);

describe('zkvm new', () => {
  it('writes a crate, a contract and a test, and names the guest crate through node_modules', async (t) => {
    const { folders } = await newProject(t);
    const files = await createProgram('price-feed', 'rust', folders, PLAIN);
    assert.deepEqual(
      files.map((file) => path.relative(folders.root, file)),
      [
        'programs/price-feed/Cargo.toml',
        'programs/price-feed/src/main.rs',
        'programs/price-feed/.gitignore',
        'contracts/PriceFeedConsumer.sol',
        'scripts/deploy-price-feed.ts',
        'test/PriceFeed.ts',
      ],
    );
    const manifest = readFileSync(files[0]!, 'utf8');
    assert.match(manifest, /^name = "price-feed"$/m);
    assert.match(manifest, /path = "\.\.\/\.\.\/node_modules\/hardhat-zkvm\/programs\/sdk"/);
    for (const file of files) assert.doesNotMatch(readFileSync(file, 'utf8'), /\{\{/);
  });

  it('writes test and deployment with the libraries that the project has', async (t) => {
    const { folders } = await newProject(t);
    const ethers = ['hardhat-ethers', 'hardhat-ethers-chai-matchers'];
    const cases = [
      [[], /from 'node:test'/, /zkvm\.deployBytecode/],
      [['hardhat-mocha'], /from 'mocha'/, /zkvm\.deployBytecode/],
      [
        ['hardhat-viem', 'hardhat-node-test-runner'],
        /from 'node:test'[^]*viem\.deployContract/,
        /viem\.deployContract/,
      ],
      [['hardhat-viem', 'hardhat-mocha'], /from 'mocha'[^]*viem\.deployContract/, /viem\.deployContract/],
      [[...ethers, 'hardhat-mocha'], /from 'chai'[^]*ethers\.deployContract/, /ethers\.deployContract/],
      // The test for ethers needs mocha and the matchers.
      [['hardhat-ethers', 'hardhat-node-test-runner'], /from 'node:test'/, /zkvm\.deployBytecode/],
    ] as const;
    for (const [index, [plugins, test, script]] of cases.entries()) {
      const files = await createProgram(`program-${index}`, 'c', folders, toolsOf(plugins));
      for (const file of files) assert.doesNotMatch(readFileSync(file, 'utf8'), /\{\{/, file);
      assert.match(readFileSync(files.at(-1)!, 'utf8'), test);
      assert.match(readFileSync(files.at(-2)!, 'utf8'), script);
    }
  });

  it('overwrites nothing and leaves nothing behind', async (t) => {
    const { folders } = await newProject(t);
    mkdirSync(folders.contracts);
    const contract = path.join(folders.contracts, 'MineConsumer.sol');
    writeFileSync(contract, 'mine');
    await assert.rejects(createProgram('mine', 'rust', folders, PLAIN), refusal(/MineConsumer\.sol is there already/));
    assert.equal(readFileSync(contract, 'utf8'), 'mine');
    assert.deepEqual(readdirSync(folders.programs), []);
    // A file where the tests' folder should be: the last file cannot be written.
    writeFileSync(folders.tests, '');
    await assert.rejects(createProgram('another', 'rust', folders, PLAIN), { syscall: 'mkdir', path: folders.tests });
    assert.deepEqual(readdirSync(folders.programs), []);
    assert.deepEqual(readdirSync(folders.contracts), ['MineConsumer.sol']);
  });

  it('refuses names that cannot be a crate, a folder and a contract', async (t) => {
    const { folders } = await newProject(t);
    for (const name of ['', 'Upper', '1st', 'a b', '../x', 'a--b', 'a-', 'ä', 'x'.repeat(65)])
      await assert.rejects(
        createProgram(name, 'rust', folders, PLAIN),
        refusal(/cannot be the name of a program: use/),
        name,
      );
    for (const name of ['zkvm', 'fn', 'std', 'con'])
      await assert.rejects(createProgram(name, 'rust', folders, PLAIN), refusal(/has a meaning already/), name);
    assert.equal(existsSync(folders.contracts), false);
    assert.equal(contractPrefix('a1-long_name'), 'A1LongName');
  });
});

describe('the task zkvm new', () => {
  it('says what comes next', async (t) => {
    const { hre } = await newProject(t);
    const task = hre.tasks.getTask(['zkvm', 'new']);
    await assert.rejects(task.run({ name: 'both', noStd: true, c: true }), refusal(/Choose one of --no-std and --c/));
    const result: unknown = await task.run({ name: 'mine', c: true });
    const { value } = result as { value: { files: string[]; next: string[] } };
    assert.ok(value.files.some((file) => file.endsWith('programs/mine/src/main.c')));
    assert.deepEqual(value.next, [
      'npx hardhat zkvm build mine',
      'npx hardhat zkvm execute mine --input u32:13+u32:29',
      // This project has no plugin that runs tests in TypeScript.
      'node --test test/Mine.ts',
      'npx hardhat run scripts/deploy-mine.ts --network localhost',
    ]);
  });
});

describe('a new program', () => {
  for (const kind of ['rust', 'bare', 'c'] satisfies Kind[]) {
    it(`in the style "${kind}" builds, runs, and convinces its contract`, async (t) => {
      if ((kind === 'c' ? cOrSkip(t) : rustOrSkip(t)) === undefined) return;
      const { hre, folders } = await newProject(t);
      const name = `two-factors-${kind}`;
      await createProgram(name, kind, folders, PLAIN);
      const settings = { check: false, locked: false, onLine: () => {} };
      const crate = path.join(folders.programs, name);
      const [built] = await buildPrograms([crate], hre.config.zkvm, settings, {});
      const outputs = [`${name}.elf`, `${name}.elf.sha256`, `${name}.symbols`];
      const source = kind === 'c' ? ['src'] : ['src', '.gitignore', 'Cargo.lock', 'Cargo.toml'];
      assert.deepEqual(new Set(readdirSync(crate)), new Set([...source, ...outputs]));
      assert.match(readFileSync(path.join(crate, `${name}.symbols`), 'utf8'), /^[0-9a-f]{8} [0-9a-f]+ .*\bmain$/m);
      const [checked] = await buildPrograms([crate], hre.config.zkvm, { ...settings, check: true, locked: true }, {});
      assert.equal(checked?.sha256, built?.sha256);
      const recorded = JSON.parse(readFileSync(path.join(folders.programs, 'toolchain.json'), 'utf8')) as object;
      const { sources, ...tools } = (recorded as Record<string, Record<string, unknown>>)[name] ?? {};
      assert.deepEqual(tools, { compiler: built?.compiler, linker: built?.linker });
      const own = kind === 'c' ? ['src/main.c'] : ['Cargo.lock', 'Cargo.toml', 'build.rs', 'src/main.rs'];
      assert.deepEqual(Object.keys(sources as object).toSorted(), [...own, 'hardhat-zkvm'].toSorted());
      const [again] = await buildPrograms([crate], hre.config.zkvm, settings, {});
      assert.deepEqual([built?.compiled, again?.compiled, again?.sha256], [true, false, built?.sha256]);

      const main = path.join(crate, kind === 'c' ? 'src/main.c' : 'src/main.rs');
      const text = readFileSync(main, 'utf8');
      writeFileSync(main, text.replace('divisor', 'factor'));
      const hash = new RegExp(
        `${name}\\.elf has sha256 ${built?.sha256}, the source gives .* the source, a dependency or`,
      );
      await assert.rejects(buildPrograms([crate], hre.config.zkvm, { ...settings, check: true }, {}), refusal(hash));
      writeFileSync(main, text);

      const good = await hre.zkvm.execute(name, { input: input(4_000_000_007, 4_000_000_009) });
      assert.deepEqual(good.outcome, { kind: 'halt', exitCode: 0 });
      const publicValues: Hex = `0x${Buffer.from(good.publicValues).toString('hex')}`;
      assert.equal(BigInt(publicValues), 4_000_000_007n * 4_000_000_009n);
      const bad = await hre.zkvm.execute(name, { input: input(1, 377) });
      assert.deepEqual(bad.outcome, { kind: 'halt', exitCode: 1 });

      await hre.tasks.getTask('build').run({ quiet: true });
      const { bytecode } = await hre.artifacts.readArtifact(`${contractPrefix(name)}Consumer`);
      const { zkvm } = await hre.network.create();
      const { gateway } = await zkvm.deploy({ mock: true });
      const vkey: Hex = `0x00${'12'.repeat(31)}`;
      const words: Hex = `0x${gateway.address.slice(2).padStart(64, '0')}${vkey.slice(2)}`;
      const consumer = await zkvm.deployBytecode(bytecode as Hex, words);
      const proof = {
        format: 'hardhat-zkvm-proof',
        version: 1,
        mode: 'groth16',
        vkey,
        publicValues,
        exitCode: 0,
        proof: zkvm.mockProof(vkey, publicValues),
        stats: { cycles: 1, seconds: {}, peakMemoryBytes: 0, securityBits: 100 },
      } as const;
      const { target } = await zkvm.submit(proof, { to: consumer.address });
      assert.equal(target, 'consumer');
    });
  }
});
