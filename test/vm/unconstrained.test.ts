/** Blocks outside the proof, and hints: what they may do, what is undone, and that the proof sees nothing of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { execute, executeRecorded, type Execution } from '../../prover/machines/execute.ts';
import { HINT_LIMIT, HINT_OVERHEAD } from '../../prover/vm/syscalls/input-queue.ts';
import type { TrapCause } from '../../prover/vm/outcome.ts';
import { ACCESS_FIELD, FIELD, RECORD_WORDS, type ExecutionRecord } from '../../prover/vm/execution-record.ts';
import { check, worldOfRecord } from '../machines/rv32im/world.ts';
import { assemble, type Assembled } from '../support/asm.ts';
import { haltSequence, writeSequence } from '../support/guest.ts';
import { run, runRecording } from './run.ts';

const HALT = haltSequence(0);
const ENTER = writeSequence(0x7a02, 'call', 8);
const LEAVE = 'li t0, 2\nli a0, 0x7a03\nli a1, 0\nli a2, 0\necall';

/** A program that runs `before`, the block (argument 77) and `after`, and halts. Labels: `block`, `bad`. */
function blockProgram(block: string, after = '', before = '', data = ''): Assembled {
  return assemble(`
    _start: ${before}
    ${ENTER}
    ${after}
    ${HALT}
    bad: .word 0
    block: ${block}
    ${LEAVE}
    .word 0
  .data
  call: .word block, 77
  ${data}`);
}

const HALTED = { kind: 'halt', exitCode: 0 };

function halts(program: Assembled, input: readonly Uint8Array[] = []): Execution {
  const result = run(program, input);
  assert.deepEqual(result.outcome, HALTED);
  return result;
}

function assertTrap(program: Assembled, cause: TrapCause, detail: RegExp, input: readonly Uint8Array[] = []): void {
  const { outcome, cycles } = run(program, input);
  assert.equal(outcome.kind, 'trap', JSON.stringify(outcome));
  if (outcome.kind !== 'trap') return;
  assert.equal(outcome.cause, cause);
  assert.match(outcome.detail, detail);
  assert.equal(outcome.cycle, cycles);
  const fault = program.symbols.get('fault');
  if (fault !== undefined) assert.equal(outcome.pc, fault);
}

/** Reads the next item of `length` bytes (a multiple of 4) to 0x10000000; asserts its length. */
const read = (length: number): string =>
  `li t0, 0xf0\necall\nli x22, ${length}\nbne a0, x22, bad\nli t0, 0xf1\nlui a0, 0x10000\nli a1, ${length}\necall`;
/** Asserts that the word at 0x10000000 has a value. */
const expectWord = (value: number): string => `lui x22, 0x10000\nlw x22, 0(x22)\nli x23, ${value}\nbne x22, x23, bad`;
const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

describe('unconstrained blocks', () => {
  it('get their argument and the stack pointer, and no return address', () => {
    const before = 'li sp, 0x123456\nli ra, 99\nli x9, 5';
    const block = `li x22, 77\nbne a0, x22, bad\nli x22, 0x123456\nbne sp, x22, bad\nbnez ra, bad\nli x22, 5\nbne x9, x22, bad`;
    halts(blockProgram(block, '', before));
  });

  it('leave registers and memory as they were', () => {
    // Memory of the image, memory written before, and memory first touched by the block.
    const before = `la x20, d\nlui x21, 0x10000\nli x22, 11\nsw x22, 0(x21)\nli ra, 7`;
    const block = `
      la x24, d
      li x25, 1000
      sw x25, 0(x24)
      sw x25, 0(x21)
      sb x25, 5(x21)
      lui x26, 0x20000
      sw x25, 0(x26)
      lw x27, 0(x26)
      bne x27, x25, bad
      lw x27, 0(x21)
      bne x27, x25, bad
      li sp, 3
      li x20, 0`;
    const after = `
      li x28, 0x7a02
      bne a0, x28, bad
      li x28, 7
      bne ra, x28, bad
      bnez sp, bad
      bnez x24, bad
      lw x28, 0(x20)
      li x29, 42
      bne x28, x29, bad
      lw x28, 0(x21)
      li x29, 11
      bne x28, x29, bad
      lw x28, 4(x21)
      bnez x28, bad
      lui x26, 0x20000
      lw x28, 0(x26)
      bnez x28, bad`;
    const result = halts(blockProgram(block, after, before, 'd: .word 42'));
    // The page of the image and the one of the store before; not the one that only the block touched.
    assert.equal(result.memoryTouched, 2 * 65536);
  });

  it('may run one after the other, each from the state at its own beginning', () => {
    const again = `lui x21, 0x10000\nlw x22, 0(x21)\naddi x22, x22, 1\nsw x22, 0(x21)\n${ENTER}`;
    const block =
      'lui x21, 0x10000\nlw x22, 0(x21)\nslli x22, x22, 4\nsw x22, 0(x21)\nlw x23, 0(x21)\nbne x22, x23, bad';
    halts(blockProgram(block, `${again}\n${again}\nlui x21, 0x10000\nlw x22, 0(x21)\nli x23, 2\nbne x22, x23, bad`));
  });

  it('are counted apart, without rows, system calls and spans', () => {
    const block = `${writeSequence(0x7a01, 'mark', 5)}\nli x20, 1000\nloop: addi x20, x20, -1\nbnez x20, loop`;
    const plain = run(blockProgram('', '', '', 'mark: .ascii "+span"'));
    const long = halts(blockProgram(block, '', '', 'mark: .ascii "+span"'));
    assert.equal(long.cycles, plain.cycles);
    // LEAVE, whose `li a0` is two instructions; then a span mark, a `li` and the loop.
    assert.equal(plain.unconstrainedCycles, 6);
    assert.equal(long.unconstrainedCycles, 6 + 7 + 1 + 2000);
    assert.deepEqual(long.spans, []);
    assert.deepEqual(long.warnings, []);
    assert.deepEqual(long.syscalls, { 'WRITE enter unconstrained': 1, COMMIT: 8, HALT: 1 });
  });

  it('keep their output', () => {
    const block = `${writeSequence(1, 'text', 3)}\n${writeSequence(2, 'text+1', 2)}`;
    const result = halts(blockProgram(block, writeSequence(1, 'text', 1), '', 'text: .ascii "abc"'));
    assert.equal(new TextDecoder().decode(result.stdout), 'abca');
    assert.equal(new TextDecoder().decode(result.stderr), 'bc');
  });

  it('read input that is unread again afterwards', () => {
    const both = `${read(4)}\n${expectWord(5)}\n${read(8)}\n${expectWord(6)}`;
    const input = [word(5), Uint8Array.of(6, 0, 0, 0, 1, 1, 1, 1)];
    halts(blockProgram(both, both), input);
  });

  it('pass results on as hints, which come before the remaining input', () => {
    const hint = (label: string): string => writeSequence(4, label, 4);
    const data = 'one: .word 1001\ntwo: .word 1002\nthree: .word 1003';
    const block = `${hint('one')}\n${read(4)}\n${expectWord(900)}\n${hint('two')}\n${read(4)}\n${expectWord(1001)}`;
    const after = `
      ${read(4)}
      ${expectWord(900)}
      ${read(4)}
      ${expectWord(1001)}
      ${hint('three')}
      ${read(4)}
      ${expectWord(1002)}
      ${read(4)}
      ${expectWord(1003)}
      ${read(4)}
      ${expectWord(5)}
      li t0, 0xf0
      ecall
      li x22, -1
      bne a0, x22, bad`;
    // A hint of 900 is there before the block, which reads it and finds its own first hint behind it.
    halts(blockProgram(block, after, writeSequence(4, 'zero', 4), `${data}\nzero: .word 900`), [word(5)]);
  });

  it('take empty hints and hints of any length', () => {
    const block = `${writeSequence(4, 'call', 0)}\n${writeSequence(4, 'text', 5)}`;
    const after = `${read(0)}\nli t0, 0xf0\necall\nli x22, 5\nbne a0, x22, bad\nli t0, 0xf1\nlui a0, 0x10000\nli a1, 8\necall\n${expectWord(0x64636261)}`;
    halts(blockProgram(block, after, '', 'text: .ascii "abcdefgh"'));
  });
});

describe('unconstrained blocks trap', () => {
  const misuse = 'unconstrained-misuse';
  it('on public values, COMMIT and HALT', () => {
    const sequence = writeSequence(13, 'call', 4).replace(/ecall$/, 'fault: ecall');
    assertTrap(blockProgram(sequence), misuse, /^an unconstrained block cannot write public values; a panic there/);
    assertTrap(blockProgram('li t0, 0x10\nli a0, 0\nfault: ecall'), misuse, /cannot commit a digest/);
    assertTrap(blockProgram('li t0, 0\nfault: ecall'), misuse, /cannot halt.*\(in an unconstrained block\)$/);
  });
  it('within another', () => {
    assertTrap(blockProgram(ENTER.replace(/ecall$/, 'fault: ecall')), misuse, /cannot begin another one/);
  });
  it('when they have not begun, or begin in a wrong way', () => {
    assertTrap(assemble(LEAVE.replace(/ecall$/, 'fault: ecall')), misuse, /^LEAVE_UNCONSTRAINED outside/);
    const enter = (length: number): string => writeSequence(0x7a02, 'call', length).replace(/ecall$/, 'fault: ecall');
    for (const length of [0, 4, 12]) {
      const source = `${enter(length)}\n.data\ncall: .word 0x200000, 0, 0`;
      assertTrap(assemble(source), misuse, new RegExp(`^ENTER_UNCONSTRAINED of ${length} bytes, expected 8`));
    }
    const unmapped = 'li t0, 2\nli a0, 0x7a02\nli a1, 0\nli a2, 8\nfault: ecall';
    assertTrap(assemble(unmapped), 'unmapped-memory', /^null pointer: WRITE at 0x00000000/);
  });
  it('when the function is no text', () => {
    const call = (pc: string): Assembled =>
      assemble(`${ENTER.replace(/ecall$/, 'enter: ecall')}\n.data\ncall: .word ${pc}, 0`);
    for (const [pc, cause] of [
      ['0x200002', 'misaligned-jump'],
      ['0x40000000', 'jump-out-of-range'],
      ['0x300000', 'pc-outside-text'],
      ['0', 'pc-outside-text'],
    ] as const) {
      const program = call(pc);
      const { outcome } = run(program);
      assert.equal(outcome.kind === 'trap' && outcome.cause, cause, pc);
      const expected = cause === 'pc-outside-text' ? Number(pc) : program.symbols.get('enter');
      assert.equal(outcome.kind === 'trap' && outcome.pc, expected);
    }
  });
  it('on faults inside, with the pc inside and the cycles outside', () => {
    const inside = /\(in an unconstrained block\)$/;
    assertTrap(blockProgram('nop\nnop\nfault: lw x5, 0(x0)'), 'unmapped-memory', inside);
    assertTrap(blockProgram('li x5, 2\nfault: sw x5, 0(x5)'), 'misaligned-store', inside);
    assertTrap(blockProgram('fault: .word 0'), 'illegal-instruction', inside);
    assertTrap(blockProgram('li t0, 7\nfault: ecall'), 'unknown-syscall', inside);
    assertTrap(blockProgram('li t0, 0xf1\nli a0, 0\nli a1, 0\nfault: ecall'), 'input-exhausted', inside);
    assertTrap(
      blockProgram('ret'),
      'pc-outside-text',
      /function returned that has no caller \(in an unconstrained block\)$/,
    );
  });
  it('on endless loops', () => {
    const program = blockProgram('fault: j fault');
    assertTrap(program, 'never-ends', /^the program repeats .* for ever .*\(in an unconstrained block\)$/);
    assert.equal(run(program).unconstrainedCycles, 2 ** 16);
    // A loop that counts is no such loop.
    const counting = blockProgram('fault: addi x20, x20, 1\nj fault');
    assertTrap(counting, 'unconstrained-limit', /^the cycle limit was reached.*\(in an unconstrained block\)$/);
    const { unconstrainedCycles } = run(counting, [], 5000);
    assert.equal(unconstrainedCycles, 5000);
  });
  it('when all blocks together are too long', () => {
    // Each block has 2 + 2 * 100 + 6 instructions.
    const program = blockProgram('li x20, 100\nloop: addi x20, x20, -1\nbnez x20, loop', `${ENTER}\n${ENTER}`);
    assert.equal(run(program).unconstrainedCycles, 3 * 207);
    assert.deepEqual(run(program, [], 3 * 207).outcome, HALTED);
    const { outcome, unconstrainedCycles } = run(program, [], 3 * 207 - 1);
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'unconstrained-limit');
    assert.equal(unconstrainedCycles, 3 * 207 - 1);
  });
  it('later than at the cycle limit when a record has its own', () => {
    const program = loadProgram(blockProgram('li x20, 100\nloop: addi x20, x20, -1\nbnez x20, loop').elf);
    const recorded = (unconstrainedLimit: number): Execution['outcome'] =>
      executeRecorded(program, [], { cycleLimit: 60, unconstrainedLimit }).execution.outcome;
    assert.deepEqual(recorded(207), HALTED);
    assert.equal(recorded(206).kind, 'trap');
  });
});

describe('hints', () => {
  it('have a limit', () => {
    // Each round queues 64 MiB from above the image and reads nothing: the fourth is too much, with its overhead.
    const size = HINT_LIMIT / 4;
    const source = `
      li t0, 2
      li a0, 4
      lui a1, 0x10000
      li a2, ${size}
      li x20, 3
      loop: ecall
      addi x20, x20, -1
      bnez x20, loop
      li a2, ${size - 4 * HINT_OVERHEAD}
      ecall
      li a2, 0
      fault: ecall`;
    const program = assemble(source);
    const { outcome } = execute(loadProgram(program.elf), []);
    assert.deepEqual(outcome, {
      kind: 'trap',
      cause: 'hints-too-large',
      pc: program.symbols.get('fault'),
      cycle: program.words.length - 1 + 2 * 3,
      detail: `the program's hints exceed ${HINT_LIMIT} bytes`,
    });
  });

  it('must lie in mapped memory below 2^30', () => {
    const at = (address: string): Assembled => assemble(`li t0, 2\nli a0, 4\n${address}\nli a2, 8\nfault: ecall`);
    assertTrap(at('li a1, 4'), 'unmapped-memory', /^null pointer/);
    assertTrap(at('li a1, 0x3ffffffc'), 'address-out-of-range', /reaches above 2\^30/);
  });

  it('are named in messages', () => {
    const program = assemble(
      `${writeSequence(4, 'd', 4)}\nli t0, 0xf1\nlui a0, 0x10000\nli a1, 8\nfault: ecall\n.data\nd: .word 1`,
    );
    assertTrap(program, 'input-length', /HINT_READ of 8 bytes, but hint 0 has 4/, [word(1)]);
  });
});

describe('the proof', () => {
  /** All tables of a record. */
  function tables(record: ExecutionRecord | undefined): unknown {
    assert.ok(record !== undefined);
    const { families, calls, accesses, quads, nodes, ...rest } = record;
    const words = Object.entries(families).map(([name, table]) => [name, [...table.words]]);
    const called = Array.from(calls, ([number, table]) => [number, [...table.words]]);
    const others = [accesses, quads, nodes].map((table) => [...table.words]);
    return { words, called, others, rest };
  }

  it('is the same whatever a block computes', () => {
    // The block does what the input tells it: so many rounds, with stores all over memory, calls and output.
    const block = `
      ${read(4)}
      lui x20, 0x10000
      lw x21, 0(x20)
      loop: beqz x21, done
      slli x22, x21, 16
      add x22, x22, x20
      sw x21, 0(x22)
      la x23, d
      sw x21, 0(x23)
      ${writeSequence(1, 'd', 4)}
      addi x21, x21, -1
      j loop
      done:`;
    const program = blockProgram(block, 'la x23, d\nlw x24, 0(x23)', 'lui x20, 0x10000\nsw x20, 0(x20)', 'd: .word 3');
    const runs = [0, 1, 50].map((rounds) => runRecording(program, [word(rounds)]));
    const lengths = runs.map(({ execution }) => execution.unconstrainedCycles);
    assert.equal(new Set(lengths).size, 3);
    for (const { record } of runs) assert.deepEqual(tables(record), tables(runs[0]?.record));
  });

  it('has the row of a WRITE where a block begins', () => {
    const { record } = runRecording(blockProgram('nop'));
    const words = record?.families.Ecall.words ?? new Uint32Array();
    assert.equal(words.length, 10 * RECORD_WORDS);
    const field = (name: keyof typeof FIELD): number | undefined => words[FIELD[name]];
    assert.deepEqual(
      [field('rs1'), field('rs2'), field('memoryOld'), field('rdOld'), field('result')],
      [2, blockProgram('nop').symbols.get('call'), 8, 0x7a02, 0x7a02],
    );
  });

  it('accepts any hint: a dishonest prover chooses it, and only a check of the guest refuses', () => {
    // The honest block doubles its input, 21. A dishonest prover runs it on another "input": then the hint is another.
    const block = `${read(4)}\nlw x20, 0(a0)\nadd x20, x20, x20\nsw x20, 0(a0)\nmv a1, a0\nli t0, 2\nli a0, 4\nli a2, 4\necall`;
    const unchecked = blockProgram(block, read(4));
    for (const value of [21, 1000]) {
      const { execution, record } = runRecording(unchecked, [word(value)]);
      assert.deepEqual(execution.outcome, HALTED);
      assert.ok(record !== undefined);
      const report = check(worldOfRecord(loadProgram(unchecked.elf), record));
      assert.ok(report.ok, JSON.stringify(report));
      assert.equal(record.accesses.words[ACCESS_FIELD.new], 2 * value);
    }
    const checked = blockProgram(block, `${read(4)}\n${expectWord(42)}`);
    assert.deepEqual(run(checked, [word(21)]).outcome, HALTED);
    const { outcome } = run(checked, [word(1000)]);
    assert.equal(outcome.kind === 'trap' && outcome.pc, checked.symbols.get('bad'));
  });
});
