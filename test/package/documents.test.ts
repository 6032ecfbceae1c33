/**
 * README and docs are tried: in a fresh project with the packed package every command of the README runs, in order, and
 * every snippet of every page is compiled. What is done instead of a command, and why, is in test/support/readme-project.ts.
 * Needs the npm registry (or its cache), as `npm ci` does.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { blocksOf, commandsOf, pages, type Block } from '../support/documents.ts';
import { SUBSTITUTES, adaptConfig, newcomer, readmeCommands, runCommand } from '../support/readme-project.ts';
import type { ReadmeProject } from '../support/readme-project.ts';
import { cOrSkip, rustOrSkip } from '../support/rust.ts';
import { compile } from '../support/solidity.ts';
import { shell, temporaryFolder } from '../support/tarball.ts';

const TOOLBOX = '@nomicfoundation/hardhat-toolbox-mocha-ethers';

let project: ReadmeProject;
let installed: string;

before(async () => {
  project = await newcomer(temporaryFolder(), TOOLBOX, false);
  installed = path.join(project.root, 'node_modules/hardhat-zkvm');
  const install = readmeCommands(project.clone).find(({ command }) => command.startsWith('npm install'));
  assert.ok(install);
  await runCommand(project, install.command);
});

after(() => {
  for (const close of project.closing) close();
});

/** The blocks of all installed pages in a language. */
function blocks(language: string): Block[] {
  const found = pages(installed).flatMap((file) => blocksOf(installed, file));
  return found.filter((block) => block.language === language);
}

/** The only block of a page that contains a text. */
function block(file: string, language: string, containing: string): string {
  const found = blocksOf(installed, file).filter((one) => one.language === language && one.text.includes(containing));
  assert.equal(found.length, 1, `${file}: ${found.length} blocks in ${language} with "${containing}"`);
  return found[0]!.text;
}

/** Code without comments for readers of the source, and without what a formatter decides. */
function essence(text: string): string {
  return text
    .replace(/^\s*\/\/[/!].*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A snippet in TypeScript with what it takes for granted: the runtime environment, and an address of 20 bytes. */
function withContext(text: string): string {
  const hre = /\bhre\b/.test(text) && !text.includes('import hre') ? `import hre from 'hardhat';\n` : '';
  const owner =
    /\bowner\)/.test(text) && !/\bowner\b =/.test(text) ? 'const owner = new Uint8Array(20).fill(7);\n' : '';
  return `${hre}${owner}${text}`;
}

/** Dependencies of a snippet of Cargo.toml that are in the package: the folder is there, and has the features. */
function checkPaths(where: string, text: string): void {
  const paths = [...text.matchAll(/path = "([^"]+)"(?:, features = \[([^\]]*)\])?/g)];
  assert.ok(paths.length > 0, where);
  for (const [, folder, features = ''] of paths) {
    const manifest = path.resolve(project.root, 'programs/any', folder!, 'Cargo.toml');
    assert.ok(existsSync(manifest), `${where}: ${folder} is no crate`);
    for (const [, feature] of features.matchAll(/"([^"]+)"/g))
      assert.match(
        readFileSync(manifest, 'utf8'),
        new RegExp(`^${feature} = `, 'm'),
        `${where}: no feature ${feature}`,
      );
  }
}

/** Writes a program that consists of snippets, and builds it. */
function buildProgram(name: string, manifest: string, main: string): void {
  const folder = path.join(project.root, 'programs', name);
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  const head = `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2024"\n\n`;
  writeFileSync(path.join(folder, 'Cargo.toml'), `${head}${manifest}\n[workspace]\n`);
  writeFileSync(path.join(folder, 'src/main.rs'), main);
  shell(`npx hardhat zkvm build ${name}`, project.root);
}

function execute(program: string, input: string): { publicValues: string } {
  const lines = shell(`npx hardhat zkvm execute ${program} --input ${input} --json`, project.root).trim().split('\n');
  return JSON.parse(lines.at(-1)!) as { publicValues: string };
}

test('every command of the README works, in the order in which it stands there', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const [config] = blocksOf(installed, 'README.md').filter(({ text }) => text.startsWith('// hardhat.config.ts'));
  writeFileSync(path.join(project.root, 'hardhat.config.ts'), adaptConfig(config!.text, project));
  const commands = readmeCommands(installed);
  for (const { line, command } of commands) {
    if (project.outputs.has(command)) continue;
    await t.test(`README.md:${line} ${command}`, () => runCommand(project, command));
  }
  for (const known of Object.keys(SUBSTITUTES))
    assert.ok(
      commands.some(({ command }) => command === known),
      `README.md no longer says "${known}"`,
    );
  const said = (command: string) => project.outputs.get(command) ?? '';
  assert.match(said('npx hardhat test'), /3 passing \(3 mocha\)/);
  assert.match(said('npx hardhat zkvm execute divisor --input u32:13+u32:29'), /^377 has a divisor$/m);
  assert.match([...project.outputs.values()].at(-2)!, /accepted the proof/);
});

test('the README shows the program and the contract that zkvm new writes', async (t) => {
  if (!existsSync(path.join(project.root, 'programs/divisor'))) return t.skip('the README was not followed');
  const made = (file: string) => essence(readFileSync(path.join(project.root, file), 'utf8'));
  assert.equal(essence(block('README.md', 'rust', 'fn main')), made('programs/divisor/src/main.rs'));
  assert.equal(essence(block('README.md', 'solidity', 'DivisorConsumer')), made('contracts/DivisorConsumer.sol'));
});

test('every snippet in TypeScript has the types of the package, as a module of a project and by itself', () => {
  const folder = path.join(project.root, 'snippets');
  mkdirSync(folder, { recursive: true });
  const snippets = blocks('ts');
  assert.ok(snippets.length >= 6);
  for (const { file, line, text } of snippets)
    writeFileSync(path.join(folder, `${file.replace(/\W+/g, '-')}-${line}.ts`), withContext(text));
  // Test and script of zkvm new as well, where they were made.
  const include = ['snippets/*.ts', 'test/*.ts', 'scripts/*.ts', 'hardhat.config.ts'];
  const compilerOptions = {
    ...{ strict: true, noEmit: true, module: 'nodenext', target: 'es2024', lib: ['es2024'], skipLibCheck: true },
    ...{ resolveJsonModule: true, verbatimModuleSyntax: true, types: ['node', 'mocha'] },
  };
  writeFileSync(path.join(project.root, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
  shell('npx tsc -p .', project.root);
});

test('every snippet in Solidity compiles', () => {
  const snippets = blocks('solidity');
  assert.ok(snippets.length >= 1);
  for (const { text } of snippets) compile({ 'Snippet.sol': text }, 'solc-0.8.20');
});

test('snippets in Rust and Cargo.toml build, and do what their page says', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const writing = 'docs/writing-programs.md';
  const manifest = block(writing, 'toml', '[dependencies]');
  buildProgram('orders', manifest, block(writing, 'rust', 'struct Order'));
  const order = `0x${'07'.repeat(20)}02${'0100000000000000'}${'0200000000000000'}`;
  const word = (hex: string) => hex.padStart(64, '0');
  assert.equal(execute('orders', order).publicValues, `0x${word('07'.repeat(20))}${word('3')}`);
  buildProgram('tracked', manifest, block(writing, 'rust', 'cycle_tracker'));
  assert.equal(execute('tracked', '0x010203').publicValues, `0x${word('6')}`);
  buildProgram('root', manifest, block(writing, 'rust', 'isqrt'));
  assert.equal(execute('root', 'u32:99').publicValues, `0x${word('63')}${word('9')}`);
  buildProgram('relying', manifest, block(writing, 'rust', 'zkvm::verify('));
  assert.throws(() => execute('relying', `0x${'00'.repeat(32)},0x01`), /no proof of it|proof-missing/);
  const sp1 = block('docs/coming-from-sp1.md', 'toml', 'sp1-zkvm');
  // A program as SP1's users write it, for the TypeScript of the same page.
  const greeting = `#![no_main]
sp1_zkvm::entrypoint!(main);
pub fn main() {
    let text = sp1_zkvm::io::read::<String>();
    sp1_zkvm::io::commit_slice(text.to_uppercase().as_bytes());
}
`;
  buildProgram('greeting', sp1, greeting);
  assert.equal(execute('greeting', '0x050000000000000068656c6c6f').publicValues, '0x48454c4c4f');
  const tried = ['struct Order', 'cycle_tracker', 'isqrt', 'struct Input', 'zkvm::verify('];
  // The program with signatures compiles k256, which takes long: documents.slow.test.ts.
  const slow = ['zkvm_secp256k1'];
  for (const { file, line, text } of blocks('rust'))
    assert.ok(
      [...tried, ...slow].some((part) => text.includes(part)),
      `${file}:${line} is not tried`,
    );
  for (const { file, line, text } of blocks('toml')) checkPaths(`${file}:${line}`, text);
});

test('snippets in C build and run', async (t) => {
  if (cOrSkip(t) === undefined) return;
  const snippets = blocks('c');
  assert.equal(snippets.length, 1);
  const folder = path.join(project.root, 'programs/half/src');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'main.c'), snippets[0]!.text);
  shell('npx hardhat zkvm build half', project.root);
  assert.equal(execute('half', 'u32:42').publicValues, `0x${'15'.padStart(64, '0')}`);
});

test('snippets in TypeScript that need no real proof run', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const run = (file: string, containing: string) => {
    writeFileSync(path.join(project.root, 'snippet.ts'), withContext(block(file, 'ts', containing)));
    return shell('npx hardhat run snippet.ts', project.root);
  };
  assert.match(run('README.md', 'mockProof'), /^0x[0-9a-fA-F]{40} accepts 0x[0-9a-f]{520}$/m);
  assert.match(run('contracts/README.md', 'IZkVerifier.json'), /custom error 'RouteNotFound\(.*0xdeadbeef/);
  run('docs/writing-programs.md', "execute('orders'");
  run('docs/coming-from-sp1.md', 'bincodeString');
  // The settings of the README pass Hardhat's validation.
  writeFileSync(
    path.join(project.root, 'settings.config.ts'),
    adaptConfig(block('README.md', 'ts', 'cacheDir'), project),
  );
  shell('npx hardhat --config settings.config.ts zkvm execute root --input u32:99', project.root);
});

test('the commands of the other pages work where their page says they are typed', async (t) => {
  if (cOrSkip(t) === undefined) return;
  // Formulas and layouts, not commands.
  const formulas = [
    ...['docs/protocol.md', 'docs/extensions.md', 'docs/jobs.md', 'docs/recursion-programs.md'],
    'contracts/README.md',
  ];
  // What these commands do takes minutes of proving: test/plugin/aggregate.slow.test.ts and test/jobs/composition.slow.test.ts do it.
  const slow = ['docs/aggregation.md'];
  const others = pages(installed).filter((file) => ![...formulas, ...slow, 'README.md'].includes(file));
  const found = others.flatMap((file) =>
    blocksOf(installed, file)
      .filter(({ language }) => language === '')
      .flatMap(commandsOf),
  );
  assert.deepEqual(
    found.map((command) => command.split(' ').slice(0, 4).join(' ')),
    [
      'npx hardhat zkvm execute',
      'clang --target=riscv32-unknown-elf -march=rv32im -mabi=ilp32',
      'ld.lld -n --gc-sections -T',
    ],
  );
  // In a folder where programs/ is that of the package, as in a clone.
  writeFileSync(path.join(project.root, 'clone.config.ts'), cloneConfig());
  writeFileSync(path.join(installed, 'program.c'), `#define ZKVM_IMPLEMENTATION\n${blocks('c')[0]!.text}`);
  shell(found[0]!.replace('hardhat', 'hardhat --config ../../clone.config.ts'), installed);
  for (const command of found.slice(1)) shell(command.replace(/^ld\.lld/, lld()), installed);
  const half = shell(
    `npx hardhat zkvm execute ${JSON.stringify(path.join(installed, 'program.elf'))} --input u32:42`,
    project.root,
  );
  assert.match(half, /exit code 0/);
});

function cloneConfig(): string {
  return `import { defineConfig } from 'hardhat/config';
import zkvm from 'hardhat-zkvm';
export default defineConfig({ plugins: [zkvm], zkvm: { programs: 'node_modules/hardhat-zkvm/programs' } });
`;
}

/** Debian names LLD by its version where only clang-14 is installed. */
function lld(): string {
  return shell('command -v ld.lld || command -v ld.lld-14', project.root).trim();
}
