import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { HardhatPluginError } from 'hardhat/plugins';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { assembleWithSymbols } from '../elf/symbol-table.ts';
import { haltSequence } from '../support/guest.ts';
import { project } from '../support/project.ts';

const PROGRAMS = path.resolve(import.meta.dirname, '../../programs');
const U32_20 = 'u32:20';

type Ran = { readonly lines: string[]; readonly result: { readonly success: boolean; readonly value?: unknown } };

/** Runs the task and gives what it printed. */
async function run(t: TestContext, hre: HardhatRuntimeEnvironment, args: Record<string, unknown>): Promise<Ran> {
  const log = t.mock.method(console, 'log', () => undefined);
  try {
    const result = (await hre.tasks.getTask(['zkvm', 'execute']).run(args)) as Ran['result'];
    const lines = log.mock.calls.flatMap(({ arguments: printed }) => String(printed[0]).split('\n'));
    return { lines, result };
  } finally {
    log.mock.restore();
  }
}

/** A project with the program fibonacci, by name, with or without its names of functions. */
async function fibonacci(
  t: TestContext,
  withNames: boolean,
): Promise<{ root: string; hre: HardhatRuntimeEnvironment }> {
  const made = await project(t);
  const folder = path.join(made.root, 'programs/fibonacci');
  await mkdir(folder);
  await copyFile(path.join(PROGRAMS, 'fibonacci/fibonacci.elf'), path.join(folder, 'fibonacci.elf'));
  if (withNames) {
    await copyFile(path.join(PROGRAMS, 'fibonacci/fibonacci.symbols'), path.join(folder, 'fibonacci.symbols'));
  }
  return made;
}

/** A project with an assembled program in a file. */
async function assembled(t: TestContext, source: string, functions: readonly string[]) {
  const made = await project(t);
  const file = path.join(made.root, 'tiny.elf');
  await writeFile(file, assembleWithSymbols(source, functions).elf);
  return { ...made, file };
}

test('a run says its outcome, room, functions, instructions and system calls', async (t) => {
  const { hre } = await fibonacci(t, true);
  const { lines, result } = await run(t, hre, { program: 'fibonacci', input: U32_20 });
  assert.equal(result.success, true);
  const text = lines.join('\n');
  assert.match(text, /^fibonacci halted with exit code 0 after [\d,]+ cycles$/m);
  assert.match(text, /^public values: 0x0{62}14/m);
  assert.match(text, /^memory touched: \d+ KiB$/m);
  assert.match(text, /^It is proved in one shard \(tier core-s\)\.$/m);
  assert.match(text, /^function +own cycles +share +with callees +share +calls$/m);
  assert.match(text, /^zkvm::sha256::compress +[\d,]+ +\d+\.\d %/m);
  assert.match(text, /^Bitwise +[\d,]+ +\d+\.\d %$/m);
  assert.match(text, /^HINT_READ +1$/m);
});

test('the JSON object has all of it, and the parts add up', async (t) => {
  const { hre } = await fibonacci(t, true);
  const { lines } = await run(t, hre, { program: 'fibonacci', input: U32_20, json: true });
  assert.equal(lines.length, 1);
  const json = JSON.parse(lines[0] ?? '') as {
    cycles: number;
    proof: unknown;
    functionNames: string;
    functions: { self: number }[];
    instructionMix: Record<string, number>;
    syscalls: Record<string, number>;
    spans: unknown[];
    memoryTouched: number;
    unconstrainedCycles: number;
  };
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  assert.equal(sum(json.functions.map(({ self }) => self)), json.cycles);
  assert.equal(sum(Object.values(json.instructionMix)), json.cycles);
  assert.equal(json.syscalls['COMMIT'], 8);
  assert.equal(json.functionNames, 'symbols');
  assert.deepEqual(json.proof, { fits: true, shards: 1, core: true, tier: 'core-s' });
  assert.deepEqual([json.spans, json.unconstrainedCycles], [[], 0]);
  assert.equal(json.memoryTouched % 65536, 0);
});

test('without names functions are addresses, and the way to names is told', async (t) => {
  const { hre } = await fibonacci(t, false);
  const { lines } = await run(t, hre, { program: 'fibonacci', input: U32_20 });
  assert.ok(lines.some((line) => /^0x[0-9a-f]{8} +[\d,]+ +\d/.test(line)));
  assert.ok(lines.some((line) => line.includes('`npx hardhat zkvm build` writes one')));
});

test('names come from the ELF itself when it was not stripped', async (t) => {
  const { hre, file } = await assembled(t, `_start: jal ra, work\n${haltSequence(0)}\nwork: ret`, ['_start', 'work']);
  const { lines } = await run(t, hre, { program: file });
  assert.ok(lines.some((line) => /^work +1 /.test(line)));
});

test('a broken symbols file is one sentence', async (t) => {
  const { root, hre } = await fibonacci(t, false);
  await writeFile(path.join(root, 'programs/fibonacci/fibonacci.symbols'), 'nonsense\n');
  await assert.rejects(run(t, hre, { program: 'fibonacci', input: U32_20 }), (error: Error) =>
    /fibonacci\.symbols: line 1 is not .*; build the program again, or remove the file\.$/.test(error.message),
  );
});

test('--profile writes for speedscope, or a page, completely or not at all', async (t) => {
  const { root, hre } = await fibonacci(t, true);
  for (const name of ['deep/out.json', 'OUT.HTML']) {
    const file = path.join(root, name);
    const { lines } = await run(t, hre, { program: 'fibonacci', input: U32_20, profile: file });
    assert.equal(lines.at(-1), `profile: ${file}`);
  }
  const speedscope = JSON.parse(await readFile(path.join(root, 'deep/out.json'), 'utf8')) as {
    profiles: { endValue: number }[];
    shared: { frames: { name: string }[] };
  };
  assert.ok((speedscope.profiles[0]?.endValue ?? 0) > 1000);
  assert.ok(speedscope.shared.frames.some(({ name }) => name === 'fibonacci::main'));
  const page = await readFile(path.join(root, 'OUT.HTML'), 'utf8');
  assert.match(page, /^<!doctype html>/);
  assert.match(page, /fibonacci::main/);
  assert.deepEqual(await readdir(path.join(root, 'deep')), ['out.json']);
});

test('another ending is refused before anything runs', async (t) => {
  const { hre } = await project(t);
  await assert.rejects(
    run(t, hre, { program: 'there-is-none', profile: 'out.svg' }),
    (error: Error) =>
      HardhatPluginError.isHardhatPluginError(error) &&
      error.message === '--profile "out.svg" must end in .json (for speedscope) or .html (a page with a flame graph).',
  );
});

test('a trap names the function and the reason, and cannot be proved', async (t) => {
  const { hre, file } = await assembled(t, '_start: jal ra, bad\nnop\nbad: lw a0, 0(x0)', ['_start', 'bad']);
  const { lines, result } = await run(t, hre, { program: file });
  assert.equal(result.success, false);
  assert.match(lines[0] ?? '', /trapped at pc 0x00200008 in bad after 1 cycles: unmapped-memory: null pointer/);
  assert.ok(lines.includes('A run that traps cannot be proved.'));
});

test('a run that is cut off says so, and a long one into how many shards it falls', async (t) => {
  const source = `_start: li s0, 2200000
    loop: addi s0, s0, -1
    bnez s0, loop
    ${haltSequence(0)}`;
  const { hre, file } = await assembled(t, source, ['_start']);
  const cut = await run(t, hre, { program: file, cycleLimit: '1000' });
  assert.match(cut.lines[0] ?? '', /reached the cycle limit after 1,000 cycles$/);
  assert.ok(cut.lines.includes('A run that was cut off cannot be proved.'));
  const long = await run(t, hre, { program: file });
  assert.equal(long.result.success, true);
  const room = /^It falls into \d shards; its proof of mode compressed or groth16 has one size for any number\.$/;
  assert.ok(
    long.lines.some((line) => room.test(line)),
    long.lines.join('\n'),
  );
});

test('an exit code other than 0 fails the task and says that no contract accepts it', async (t) => {
  const { hre, file } = await assembled(t, haltSequence(3), []);
  const { lines, result } = await run(t, hre, { program: file });
  assert.equal(result.success, false);
  assert.match(lines[0] ?? '', /halted with exit code 3 after/);
  assert.ok(lines.some((line) => line.endsWith('A contract accepts exit code 0 only.')));
});

test('what a program prints cannot steer the terminal', async (t) => {
  const source = `_start: li t0, 2
    li a0, 1
    la a1, message
    li a2, 9
    ecall
    ${haltSequence(0)}
    .data
    message: .byte 0x1b, 0x5b, 0x32, 0x4a, 0x6f, 0x6b, 0x09, 0x21, 0x0a`;
  const { hre, file } = await assembled(t, source, []);
  const { lines } = await run(t, hre, { program: file });
  assert.equal(lines[0], '\\u{1b}[2Jok\t!');
  const json = await run(t, hre, { program: file, json: true });
  assert.equal((JSON.parse(json.lines[0] ?? '') as { stdout: string }).stdout, '\u001b[2Jok\t!\n');
});

test('--trace prints every instruction before the report', async (t) => {
  const { hre, file } = await assembled(t, haltSequence(0), []);
  const { lines } = await run(t, hre, { program: file, trace: true });
  assert.match(lines[0] ?? '', /^step 0: 0x00200000 /);
  const halted = lines.findIndex((line) => line.includes('halted with exit code 0'));
  assert.match(lines[halted - 1] ?? '', /^step \d+: .* ecall/);
});
