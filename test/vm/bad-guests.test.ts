/** What is said about programs that go wrong, and that they cannot exhaust the host. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { countShards, execute, type Execution } from '../../prover/machines/execute.ts';
import { OUTPUT_LIMIT } from '../../prover/vm/syscalls/syscalls.ts';
import { HINT_LIMIT, HINT_OVERHEAD } from '../../prover/vm/syscalls/input-queue.ts';
import { HINT_READ_BYTES } from '../../prover/machines/extensions/hints/handler.ts';
import { NO_LIMITS, type ShardLimits } from '../../prover/vm/run/limits.ts';
import { assemble, type AssembleOptions } from '../support/asm.ts';
import { haltSequence, writeSequence } from '../support/guest.ts';
import type { Program } from '../../prover/vm/program.ts';
import { run } from './run.ts';

/** What an execution shows, without the profile. */
function execution(program: Program, input: readonly Uint8Array[]): Execution {
  const { rowCounts, instructionMix, ...rest } = execute(program, input);
  assert.equal(rowCounts.length, program.rom.rows);
  assert.ok(instructionMix.Ecall > 0);
  return rest;
}

/** The sentence about the trap of a program. */
function detailOf(source: string, options: AssembleOptions = {}): string {
  const { outcome } = run(assemble(source, options));
  assert.equal(outcome.kind, 'trap', JSON.stringify(outcome));
  return outcome.kind === 'trap' ? outcome.detail : '';
}

describe('the sentence about a trap', () => {
  // The memory map of link.ld.
  const STACK = { bottom: 0x200000, bytes: 0x800000 };
  const TOP = STACK.bottom + STACK.bytes;
  const map: AssembleOptions = { textAddress: 0x30000000, stack: STACK };
  const size = 'outside the stack of 8 MiB (0x00200000 to 0x00a00000)';
  const mend = 'look for endless recursion, and put large arrays on the heap';

  it('tells null pointers', () => {
    assert.equal(
      detailOf('lw x1, 12(x0)'),
      'null pointer: load of 4 bytes at 0x0000000c, below the first address of the program (0x00200000)',
    );
    assert.match(detailOf('lui x1, 0x1ff\nsb x1, 0(x1)'), /^null pointer: store of 1 byte at 0x001ff000, /);
    assert.match(detailOf('li t0, 2\nli a0, 1\nli a1, 0\nli a2, 1\necall'), /^null pointer: WRITE at 0x00000000, /);
    assert.match(detailOf(`jalr x0`), /^there is no instruction at 0x00000000: a null function pointer was called/);
  });

  it('tells that the stack overflowed', () => {
    const recursion = `_start: li sp, ${TOP}\nf: addi sp, sp, -2048\nsw ra, 0(sp)\njal f`;
    assert.equal(
      detailOf(recursion, map),
      `stack overflow: store of 4 bytes at 0x001ff800, with the stack pointer at 0x001ff800, ${size}; ${mend}`,
    );
    const write = `li sp, ${STACK.bottom - 4}\nli t0, 2\nli a0, 1\nmv a1, sp\nli a2, 8\necall`;
    assert.match(detailOf(write, map), /^stack overflow: WRITE at 0x001ffffc, with /);
    const far = `li sp, ${STACK.bottom - 4}\nli t0, 2\nli a0, 1\nli a1, -4\nli a2, 2\necall`;
    assert.match(detailOf(far, map), /^stack overflow: WRITE of 2 bytes at 0xfffffffc reaches above 2\^30, with /);
    const read = `li sp, -64\nli t0, 0xf1\nmv a0, sp\nli a1, 0\necall`;
    assert.match(detailOf(read, map), /^stack overflow: HINT_READ of 0 bytes to 0xffffffc0 reaches above 2\^30, with /);
    const block = `la a1, call\nli t0, 2\nli a0, 0x7a02\nli a2, 8\necall\nf: li sp, 64\nlw x1, 8(sp)\n.data\ncall: .word f, 0`;
    assert.match(
      detailOf(block, map),
      /^stack overflow: load of 4 bytes at 0x00000048, .* on the heap \(in an unconstrained block\)$/,
    );
  });

  it('tells it of a frame of any size, and not where there is room', () => {
    const MiB = 2 ** 20;
    const room = STACK.bytes;
    const frames = [1, 100, 4096, room - 4, room, room + 4, 16 * MiB, 24 * MiB, 25 * MiB, 32 * MiB, 512 * MiB];
    for (const frame of [...frames, 2 ** 30, 2 ** 31 - 4, 2 ** 31, 3 * 2 ** 30]) {
      for (const deep of [0, 5 * MiB]) {
        // Words of the frame, from the lowest up: each of them is in the stack, or unmapped.
        for (const at of [0, 4 * Math.floor(frame / 8), Math.max(0, 4 * Math.ceil(frame / 4) - 4)]) {
          const bytes = 4 * Math.ceil(frame / 4);
          const source = `li sp, ${TOP - deep}\nli x5, ${bytes | 0}\nsub sp, sp, x5\nli x6, ${at | 0}\nadd x6, sp, x6\nsw x5, 0(x6)\n${haltSequence(0)}`;
          const { outcome } = run(assemble(source, map));
          const address = (TOP - deep - bytes + at) >>> 0;
          const what = `frame of ${frame}, ${deep} deep, at ${at}: ${JSON.stringify(outcome)}`;
          if (address >= STACK.bottom && address < TOP - deep) {
            assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, what);
          } else {
            assert.ok(outcome.kind === 'trap' && outcome.detail.startsWith('stack overflow: store'), what);
          }
        }
      }
    }
  });

  it('tells null pointers where the stack is in order', () => {
    const detail = detailOf(`li sp, ${TOP - 64}\nlw x1, 12(x0)`, map);
    assert.equal(
      detail,
      'null pointer: load of 4 bytes at 0x0000000c, below the first address of the program (0x00200000)',
    );
    assert.match(detailOf(`li sp, ${STACK.bottom}\nlw x1, 0(x0)`, map), /^null pointer: /);
    assert.match(detailOf(`li sp, ${TOP}\nlui x1, 0x40000\nlw x1, 0(x1)`, map), /at 0x40000000, above 2\^30$/);
    // The stack of a program may be anywhere in mapped memory.
    assert.match(detailOf(`li sp, 0x10000000\nlw x1, 0(x0)`, map), /^null pointer: /);
  });

  it('tells neither for other gaps', () => {
    assert.equal(
      detailOf('la x1, d\nlb x2, -1(x1)\n.data\nd: .word 0', { dataAddress: 0x202000 }),
      'load of 1 byte at 0x00201fff, which is unmapped',
    );
    assert.match(
      detailOf(`li x1, 0x201800\nlw x2, 0(x1)\n.data\n.word 0`, { dataAddress: 0x202000 }),
      /which is unmapped$/,
    );
  });

  it('tells what an illegal word may be', () => {
    const cases: readonly (readonly [word: number, explanation: RegExp])[] = [
      [0xc0001073, /a program aborts \(std::process::abort, std::process::exit and a panic within a panic end here\)/],
      [0x00100073, /end with zkvm::exit or a panic instead$/],
      [0, /the program ran into data or into an abort$/],
      [0x00004501, /it looks like a compressed instruction; build the program with "zkvm build", or for rv32im$/],
      [0x00052507, /it is a floating-point or vector instruction/],
      [0x00b57553, /it is a floating-point or vector instruction/],
      [0x00b5252f, /it is an atomic instruction; build/],
      [0x0000100f, /text cannot change here$/],
      [0xc0002573, /there are no control registers, counters, traps and privilege levels here$/],
      [0x10500073, /there are no control registers/],
      [0x00000363, /the target of the jump is misaligned or out of range$/],
      [0x0000007f, /look for a jump into data$/],
    ];
    for (const [word, explanation] of cases) {
      const hex = `0x${word.toString(16).padStart(8, '0')}`;
      const detail = detailOf(`.word ${hex}`);
      assert.match(detail, explanation);
      assert.ok(detail.startsWith(`${hex} at 0x00200000 is not an executable RV32IM instruction: `), detail);
    }
  });

  it('names what there is when something is not there', () => {
    assert.match(
      detailOf('li t0, 2\nli a0, 3\necall'),
      /^WRITE to descriptor 3; there are 1 \(stdout\), 2 \(stderr\), 4/,
    );
    assert.match(detailOf('li t0, 0x55\necall'), /^no system call has the number 0x00000055; /);
  });
});

describe('a guest', () => {
  it('divides by zero as the hardware does', () => {
    const source = `
      li x1, -7
      div x2, x1, x0
      divu x3, x1, x0
      rem x4, x1, x0
      remu x5, x1, x0
      li x6, -1
      bne x2, x6, bad
      bne x3, x6, bad
      bne x4, x1, bad
      bne x5, x1, bad
      ${haltSequence(0)}
      bad: .word 0`;
    assert.deepEqual(run(assemble(source)).outcome, { kind: 'halt', exitCode: 0 });
  });

  it('may print a gigabyte: the host keeps a megabyte', () => {
    // 1024 writes of a megabyte each, and writes of single lines after them.
    const source = `
      li x20, 1024
      li t0, 2
      li a0, 1
      lui a1, 0x10000
      lui a2, 0x100
      loop: ecall
      addi x20, x20, -1
      bnez x20, loop
      li x20, 20000
      li a2, 100
      lines: ecall
      addi x20, x20, -1
      bnez x20, lines
      ${haltSequence(0)}`;
    const program = loadProgram(assemble(source).elf);
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const { outcome, stdout, outputTruncated } = execute(program, []);
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
    assert.equal(stdout.length, OUTPUT_LIMIT);
    assert.equal(outputTruncated, true);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 100 * 2 ** 20, `resident memory grew by ${grown} bytes`);
    assert.ok(performance.now() - start < 10_000);
  });

  it('is not recorded with a system call that no shard has room for', () => {
    const read = `li t0, 0xf1\nlui a0, 0x10000\nli a1, ${HINT_READ_BYTES}`;
    const program = assemble(`nop\n${read}\nfault: ecall\n${haltSequence(0)}`);
    const loaded = loadProgram(program.elf);
    const input = [new Uint8Array(HINT_READ_BYTES)];
    const words = { name: 'Words', columns: 1, minLogHeight: 0, rows: [{ of: 'accesses:241', each: 1 } as const] };
    const limits = (maxCells: number): ShardLimits => ({ ...NO_LIMITS, maxCells, chips: [words] });
    assert.deepEqual(countShards(loaded, input, { limits: limits(4096) }).execution, execution(loaded, input));
    const { execution: refused, shards } = countShards(loaded, input, { limits: limits(4095) });
    assert.equal(shards, 2);
    assert.deepEqual(refused.outcome, {
      kind: 'trap',
      cause: 'input-too-large',
      pc: program.symbols.get('fault'),
      cycle: refused.cycles,
      detail: 'one system call accesses up to 4096 words, more than one proof holds',
    });
  });

  it('may queue hints without end: the host keeps a quarter of a gigabyte', () => {
    const source = `${writeSequence(4, 'd', 4)}\nloop: ecall\nj loop\n.data\nd: .word 1`;
    const before = process.memoryUsage().rss;
    const { outcome, cycles } = execute(loadProgram(assemble(source).elf), [], { cycleLimit: 20_000_000 });
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'hints-too-large');
    assert.ok(cycles < 2 * (HINT_LIMIT / HINT_OVERHEAD) + 10, `${cycles} cycles`);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 2 * HINT_LIMIT, `resident memory grew by ${grown} bytes`);
  });
});

describe('counts', () => {
  it('name every system call', () => {
    const source = `
      ${writeSequence(1, 'd', 1)}
      ${writeSequence(2, 'd', 1)}
      ecall
      ${writeSequence(4, 'd', 4)}
      ${writeSequence(13, 'd', 0)}
      ${writeSequence(0x7a01, 'mark', 2)}
      li t0, 0xf0
      ecall
      li t0, 0xf1
      lui a0, 0x10000
      li a1, 4
      ecall
      ${haltSequence(0)}
    .data
    d: .word 65
    mark: .ascii "+a"`;
    assert.deepEqual(run(assemble(source)).syscalls, {
      'WRITE stdout': 1,
      'WRITE stderr': 2,
      'WRITE hint': 1,
      'WRITE public values': 1,
      'WRITE span': 1,
      HINT_LEN: 1,
      HINT_READ: 1,
      COMMIT: 8,
      HALT: 1,
    });
  });

  it('tell the pages that were touched', () => {
    const touched = (source: string, input: Uint8Array[] = []): number => {
      const result = run(assemble(`${source}\n${haltSequence(0)}`), input);
      assert.equal(result.outcome.kind, 'halt');
      return result.memoryTouched / 65536;
    };
    assert.equal(touched('nop'), 1);
    assert.equal(touched('lui x1, 0x10000\nlw x2, 0(x1)\nlb x2, 5(x1)'), 1);
    assert.equal(touched('lui x1, 0x10000\nsb x1, 0(x1)\nsw x1, 8(x1)'), 2);
    assert.equal(touched('lui x1, 0x10000\nsb x1, 0(x1)\nsb x1, -1(x1)'), 3);
    assert.equal(touched('li t0, 0xf1\nli a0, 0x1000fffc\nli a1, 8\necall', [new Uint8Array(8)]), 3);
  });
});
