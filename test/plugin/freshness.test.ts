/** Programs whose source changed: built again, refused or used with a warning; and what a changed key breaks. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { keyChange, keyChangeLines } from '../../plugin/internal/programs/key-change.ts';
import { project } from '../support/project.ts';
import { cOrSkip } from '../support/rust.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** A program in C that ends with an exit code: it builds in a moment. */
const exiting = (code: number): string => `#include <zkvm.h>\nint main(void) { return ${code}; }\n`;

const refusal = (pattern: RegExp) => (error: unknown) =>
  HardhatPluginError.isHardhatPluginError(error) && pattern.test(error.message);

type Program = { readonly root: string; readonly hre: HardhatRuntimeEnvironment; readonly main: string };

/** A project with the built program `one`, which ends with exit code 3. Undefined without a C compiler. */
async function built(t: TestContext): Promise<Program | undefined> {
  if (cOrSkip(t) === undefined) return undefined;
  setVariable(t, 'CI', undefined);
  setVariable(t, 'ZKVM_NO_BUILD', undefined);
  const { root, hre } = await project(t);
  const main = path.join(root, 'programs/one/src/main.c');
  mkdirSync(path.dirname(main), { recursive: true });
  writeFileSync(main, exiting(3));
  const result = await hre.zkvm.build('one', { onLine: () => {} });
  assert.deepEqual([result.name, result.compiled, result.keyChange], ['one', true, undefined]);
  return { root, hre, main };
}

/** Sets a variable, or removes it, until the test ends. */
function setVariable(t: TestContext, name: string, value: string | undefined): void {
  const before = process.env[name];
  t.after(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** The lines on stderr until the test ends. */
function linesOf(t: TestContext): string[] {
  const lines: string[] = [];
  t.mock.method(console, 'error', (line: string) => lines.push(line));
  return lines;
}

const exitCode = async (hre: HardhatRuntimeEnvironment, options: { build?: boolean } = {}): Promise<unknown> => {
  const { outcome } = await hre.zkvm.execute('one', options);
  return outcome.kind === 'halt' ? outcome.exitCode : outcome;
};

describe('a program whose source changed', () => {
  it('is built again before it is used, once, and a line says why', async (t) => {
    const program = await built(t);
    if (program === undefined) return;
    const lines = linesOf(t);
    assert.equal(await exitCode(program.hre), 3);
    assert.equal(lines.length, 0, lines.join('\n'));
    writeFileSync(program.main, exiting(4));
    // Two at once: one build.
    assert.deepEqual(await Promise.all([exitCode(program.hre), exitCode(program.hre)]), [4, 4]);
    const whys = lines.filter((line) =>
      line.startsWith('one: src/main.c changed since one.elf was built; building it'),
    );
    assert.equal(whys.length, 1, lines.join('\n'));
    lines.length = 0;
    assert.equal(await exitCode(program.hre), 4);
    assert.equal(lines.length, 0, lines.join('\n'));
  });

  it('is used as it is, with a warning, when that is asked for', async (t) => {
    const program = await built(t);
    if (program === undefined) return;
    writeFileSync(program.main, exiting(4));
    const lines = linesOf(t);
    assert.equal(await exitCode(program.hre, { build: false }), 3);
    setVariable(t, 'ZKVM_NO_BUILD', '1');
    assert.equal(await exitCode(program.hre), 3);
    assert.equal(lines.length, 2);
    for (const line of lines) assert.match(line, /^WARNING: src\/main\.c changed since one\.elf was built; the old/);
    const task = program.hre.tasks.getTask(['zkvm', 'inspect']);
    delete process.env['ZKVM_NO_BUILD'];
    await task.run({ target: 'one', noBuild: true });
    assert.equal(lines.length, 3);
  });

  it('is refused without a compiler, and the file is named', async (t) => {
    const program = await built(t);
    if (program === undefined) return;
    const { hre, main } = program;
    setVariable(t, 'ZKVM_CC', '/no/such/compiler');
    linesOf(t);
    assert.equal(await exitCode(hre), 3, 'nothing changed, so no compiler is needed');
    writeFileSync(main, exiting(4));
    const message =
      /^src\/main\.c changed since one\.elf was built, and it cannot be built here: ZKVM_CC names .*--no-build/;
    await assert.rejects(exitCode(hre), refusal(message));
    await assert.rejects(hre.zkvm.vkey('one'), refusal(message));
    await assert.rejects(hre.zkvm.program('one'), refusal(message));
    await assert.rejects(hre.zkvm.prove('one', { mode: 'core' }), refusal(message));
    // A file is what it is.
    await hre.zkvm.program(path.join(path.dirname(main), '../one.elf'));
    rmSync(main);
    await assert.doesNotReject(hre.zkvm.program('one'), 'no source is there, as in a package of programs');
  });

  it('is said to be unknown, once, where nothing is recorded', async (t) => {
    const program = await built(t);
    if (program === undefined) return;
    const record = path.join(program.root, 'programs/toolchain.json');
    const tools = (JSON.parse(readFileSync(record, 'utf8')) as { one: { compiler: string; linker: string } }).one;
    writeFileSync(record, JSON.stringify({ one: { compiler: tools.compiler, linker: tools.linker } }));
    const lines = linesOf(t);
    writeFileSync(program.main, exiting(4));
    assert.equal(await exitCode(program.hre), 3);
    assert.equal(await exitCode(program.hre), 3);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /does not say from which source one\.elf was built; `npx hardhat zkvm build one`/);
  });
});

describe('a build', () => {
  it('compiles nothing when nothing changed, and everything that did', async (t) => {
    const program = await built(t);
    if (program === undefined) return;
    const { hre, main, root } = program;
    const build = async (): Promise<boolean> => (await hre.zkvm.build('one', { onLine: () => {} })).compiled;
    assert.equal(await build(), false);
    writeFileSync(main, exiting(3).replaceAll('\n', '\r\n'));
    assert.equal(await build(), false, 'line ends are no change');
    writeFileSync(path.join(root, 'programs/one/one.symbols.gone'), '');
    renameSync(path.join(root, 'programs/one/one.symbols'), path.join(root, 'programs/one/one.symbols.gone'));
    assert.equal(await build(), true, 'a file of the program is missing');
    writeFileSync(path.join(root, 'programs/one/one.elf'), 'another');
    assert.equal(await build(), true, 'the ELF is not the one that was built');
    const record = path.join(root, 'programs/toolchain.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace(/"compiler": "[^"]*"/, '"compiler": "clang 1"'));
    assert.equal(await build(), true, 'another compiler made it');
    assert.equal(await build(), false);
  });

  it('says which key changes by which compilers, and what that breaks', async (t) => {
    const program = await built(t);
    if (program === undefined) return;
    const { hre, main, root } = program;
    const old = await hre.zkvm.vkey('one');
    for (const name of [
      'one.core.proof.json',
      'deployments/31337.json',
      'contracts/One.sol',
      'node_modules/a/x.json',
    ]) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), `{ "vkey": "0x${old.slice(2).toUpperCase()}" }`);
    }
    writeFileSync(main, exiting(4));
    const lines: string[] = [];
    const { keyChange: change } = await hre.zkvm.build('one', { onLine: (line) => lines.push(line) });
    assert.deepEqual(change, {
      old,
      new: await hre.zkvm.vkey('one'),
      proofs: ['one.core.proof.json'],
      deployments: [path.join('deployments', '31337.json')],
      others: [path.join('contracts', 'One.sol')],
    });
    assert.notEqual(change?.old, change?.new);
    const text = lines.join('\n');
    for (const part of [change!.old, change!.new, 'one.core.proof.json', '31337.json', 'One.sol'])
      assert.ok(text.includes(part), text);
  });

  it('refuses to change a key where CI is set, writes nothing, and may be allowed to', async (t) => {
    const program = await built(t);
    if (program === undefined) return;
    const { hre, main, root } = program;
    const elf = path.join(root, 'programs/one/one.elf');
    const before = readFileSync(elf);
    const record = readFileSync(path.join(root, 'programs/toolchain.json'), 'utf8');
    writeFileSync(main, exiting(4));
    setVariable(t, 'CI', 'true');
    linesOf(t);
    const message =
      /would change its verifying key from 0x[0-9a-f]{64} \(.*\) to 0x[0-9a-f]{64} \(.*nothing was written/;
    const task = hre.tasks.getTask(['zkvm', 'build']);
    await assert.rejects(task.run({ program: 'one', quiet: true }), refusal(message));
    await assert.rejects(exitCode(hre), refusal(message));
    assert.deepEqual(readFileSync(elf), before);
    assert.equal(readFileSync(path.join(root, 'programs/toolchain.json'), 'utf8'), record);
    await task.run({ program: 'one', quiet: true, allowKeyChange: true });
    assert.notDeepEqual(readFileSync(elf), before);
    assert.equal(await exitCode(hre), 4);
  });

  it('refuses options that contradict each other or name no program', async (t) => {
    const { hre } = await project(t);
    mkdirSync(path.join(hre.config.zkvm.programs, 'one/src'), { recursive: true });
    writeFileSync(path.join(hre.config.zkvm.programs, 'one/src/main.c'), exiting(0));
    const run = (options: object): Promise<unknown> => hre.tasks.getTask(['zkvm', 'build']).run(options as never);
    await assert.rejects(run({ features: 'a' }), refusal(/are about one program: name it/));
    await assert.rejects(
      run({ program: 'one', bin: 'x', asInManifest: true }),
      refusal(/Pass either --as-in-manifest/),
    );
    await assert.rejects(run({ program: 'two' }), refusal(/There is no program "two" under .*\(there: one\)/));
    await assert.rejects(run({ program: 'one', features: 'a', quiet: true }), refusal(/features .* are for Rust/));
  });
});

describe('verifying keys of two files', () => {
  it('are compared, and a file that is no program has none', async (t) => {
    const { root, hre } = await project(t);
    const elf = (name: string): Uint8Array => readFileSync(path.join(REPOSITORY, `programs/${name}/${name}.elf`));
    assert.equal(await keyChange(elf('add'), elf('add'), hre.config.zkvm, root), undefined);
    assert.equal(await keyChange(new Uint8Array(9), elf('add'), hre.config.zkvm, root), undefined);
    const change = await keyChange(elf('add'), elf('bare'), hre.config.zkvm, root);
    const lines = keyChangeLines('x', change!, [undefined, 'rustc 2']);
    assert.match(lines[1] ?? '', new RegExp(`old: ${change?.old} \\(a compiler that is not recorded\\)`));
    assert.match(lines[2] ?? '', new RegExp(`new: ${change?.new} \\(rustc 2\\)`));
    assert.match(lines[3] ?? '', /no file of this project names the old key/);
    assert.match(keyChangeLines('x', change!, ['rustc 2', 'rustc 2'])[1] ?? '', /\(the same compiler\)/);
  });
});
