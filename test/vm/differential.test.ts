import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { execute, executeRecorded, traceSteps, type Execution } from '../../prover/machines/execute.ts';
import type { Program } from '../../prover/vm/program.ts';
import { assemble } from '../support/asm.ts';
import { buildElf, wordBytes } from '../support/elf-builder.ts';
import { haltSequence, writeSequence } from '../support/guest.ts';
import { Random } from '../support/random.ts';
import { BUFFER_BYTES, randomProgram } from '../support/random-program.ts';

/** Runs all three paths and asserts that they agree in everything an execution shows. */
function runAll(program: Program, cycleLimit: number, what: string): Execution {
  const options = { cycleLimit };
  const { rowCounts, instructionMix, ...fast } = execute(program, [], options);
  const reference = traceSteps(program, [], () => {}, options);
  const { execution, record } = executeRecorded(program, [], options);
  assert.deepEqual(fast, reference, `${what}: fast path and interpreter`);
  assert.deepEqual(execution, reference, `${what}: recorder and interpreter`);
  const counted = Object.values(instructionMix).reduce((sum, count) => sum + count, 0);
  assert.equal(counted, fast.cycles, `${what}: instruction mix`);
  assert.equal(
    rowCounts.reduce((sum, count) => sum + count, 0),
    fast.cycles,
    `${what}: row counts`,
  );
  assert.equal(record !== undefined, execution.outcome.kind === 'halt', `${what}: a record of what halts`);
  for (const [family, table] of Object.entries(record?.families ?? {})) {
    assert.equal(table.rows, instructionMix[family as keyof typeof instructionMix], `${what}: ${family} rows`);
  }
  return reference;
}

describe('random programs', () => {
  it('give the same result on interpreter, recorder and fast path', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const result = runAll(loadProgram(randomProgram(seed, 300, 'zkvm')), 100_000, `seed ${seed}`);
      assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 }, `seed ${seed}`);
      assert.equal(result.stdout.length, BUFFER_BYTES);
    }
  });

  it('of arbitrary words trap alike', () => {
    const causes = new Map<string, number>();
    for (let seed = 1; seed <= 1500; seed++) {
      const { outcome } = runAll(loadProgram(arbitraryProgram(seed)), 300, `seed ${seed}`);
      const kind = outcome.kind === 'trap' ? outcome.cause : outcome.kind;
      causes.set(kind, (causes.get(kind) ?? 0) + 1);
    }
    // The generator has to reach the interesting faults, or the comparison says nothing about them.
    for (const kind of [
      ...['never-ends', 'illegal-instruction', 'pc-outside-text', 'misaligned-jump', 'jump-out-of-range'],
      ...['misaligned-load', 'misaligned-store', 'address-out-of-range', 'unmapped-memory', 'unknown-syscall'],
    ]) {
      assert.ok((causes.get(kind) ?? 0) > 0, `${kind} never happened: ${JSON.stringify([...causes])}`);
    }
  });

  it('of arbitrary words trap alike in blocks outside the proof', () => {
    const causes = new Set<string>();
    for (let seed = 1; seed <= 600; seed++) {
      const random = new Random(seed);
      const words = arbitraryWords(random);
      const { elf } = assemble(`
        _start: ${writeSequence(0x7a02, 'call', 8)}
        ${haltSequence(0)}
        block: .word ${words.join(', ')}
      .data
      call: .word block+${4 * random.below(8)}, ${random.below(2 ** 30)}`);
      const { outcome } = runAll(loadProgram(elf), 300, `seed ${seed}`);
      assert.equal(outcome.kind, 'trap', `seed ${seed}`);
      if (outcome.kind === 'trap') causes.add(outcome.cause);
      assert.match(outcome.kind === 'trap' ? outcome.detail : '', /\(in an unconstrained block\)$/);
    }
    for (const cause of ['never-ends', 'illegal-instruction', 'misaligned-load', 'unmapped-memory']) {
      assert.ok(causes.has(cause), `${cause} never happened`);
    }
  });

  const hasQemu = spawnSync('qemu-riscv32', ['--version']).status === 0;
  const skip = hasQemu ? false : 'qemu-riscv32 is not installed (Debian package qemu-user): nothing compared with it';
  it('give the same result as qemu-riscv32', { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'zkvm-qemu-'));
    try {
      for (let seed = 100; seed < 125; seed++) {
        const file = join(folder, `${seed}.elf`);
        writeFileSync(file, randomProgram(seed, 500, 'linux'), { mode: 0o755 });
        const qemu = spawnSync('qemu-riscv32', [file], { timeout: 20_000 });
        assert.equal(qemu.status, 0, `seed ${seed}: qemu-riscv32 ended with ${qemu.signal ?? qemu.status}`);
        const ours = execute(loadProgram(randomProgram(seed, 500, 'zkvm')), []);
        assert.deepEqual(Buffer.from(ours.stdout), qemu.stdout, `seed ${seed}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A program of arbitrary words, with an entry among the first. */
function arbitraryProgram(seed: number): Uint8Array {
  const random = new Random(seed);
  const text = { address: 0x200000, bytes: wordBytes(arbitraryWords(random)), flags: 5 };
  const data = { address: 0x200200, bytes: new Uint8Array(64), flags: 6 };
  return buildElf({ entry: 0x200000 + 4 * random.below(8), segments: [text, data] });
}

/** Text of random instructions of all opcodes, with operands near interesting addresses. */
function arbitraryWords(random: Random): number[] {
  const opcodes = [0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x0f, 0x73, 0x13, 0x33, 0x63, 0x03, 0x23];
  return Array.from({ length: 64 }, () => {
    const opcode = opcodes[random.below(opcodes.length)] ?? 0x13;
    let word = ((random.u32() & ~0x7f) | opcode) >>> 0;
    // Mostly legal encodings, small registers, short jumps.
    if (opcode === 0x73) return 0x73;
    word &= ~(0b11000 << 7) & ~(0b11000 << 15);
    if (opcode === 0x33) word = (word & 0x01ffffff) | (([0, 0x20, 1, 1][random.below(4)] ?? 0) * 2 ** 25);
    if (opcode === 0x6f) word = (word & 0xfff) | (random.below(32) << 22);
    if (opcode === 0x63 || opcode === 0x67) word &= opcode === 0x63 ? 0x00ffffff : 0x00ff8fff;
    return word >>> 0;
  });
}
