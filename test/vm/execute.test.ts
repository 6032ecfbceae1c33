import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { execute, executeRecorded, traceSteps } from '../../prover/machines/execute.ts';
import { OUTPUT_LIMIT, PUBLIC_VALUES_LIMIT } from '../../prover/vm/syscalls/syscalls.ts';
import { RECORD_CYCLE_LIMIT } from '../../prover/vm/run/record.ts';
import type { TrapCause } from '../../prover/vm/outcome.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence, writeSequence } from '../support/guest.ts';
import { run } from './run.ts';

const HALT = haltSequence(0);

/** Asserts that the program traps with `cause` at the label `fault`. */
function assertTrap(source: string, cause: TrapCause, input: readonly Uint8Array[] = []): void {
  const program = assemble(source);
  const { outcome, cycles } = run(program, input);
  assert.equal(outcome.kind, 'trap', JSON.stringify(outcome));
  if (outcome.kind !== 'trap') return;
  assert.equal(outcome.cause, cause);
  assert.equal(outcome.cycle, cycles);
  const fault = program.symbols.get('fault');
  if (fault !== undefined) assert.equal(outcome.pc, fault);
  assert.match(outcome.detail, /^\S.*\S$/);
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('halting', () => {
  it('gives exit code, cycles and output', () => {
    const program = assemble(`
      ${writeSequence(1, 'hello', 5)}
      ${writeSequence(2, 'hello+1', 3)}
      ${writeSequence(13, 'hello', 4)}
      ${haltSequence(7, new TextEncoder().encode('hell'))}
    .data
    hello: .ascii "hello"
    `);
    const result = run(program);
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 7 });
    assert.equal(text(result.stdout), 'hello');
    assert.equal(text(result.stderr), 'ell');
    assert.equal(text(result.publicValues), 'hell');
    assert.equal(result.cycles, program.words.length);
    assert.equal(result.outputTruncated, false);
  });

  it('takes exit codes above 2^31', () => {
    assert.deepEqual(run(assemble(haltSequence(-1))).outcome, { kind: 'halt', exitCode: 0xffffffff });
  });

  it('gives no record unless the program halts', () => {
    const program = loadProgram(assemble('loop: j loop').elf);
    assert.equal(executeRecorded(program, [], { cycleLimit: 10 }).record, undefined);
  });
});

describe('cycle limit', () => {
  const program = assemble(HALT);
  const needed = program.words.length;
  it('is exact', () => {
    assert.deepEqual(run(program, [], needed).outcome, { kind: 'halt', exitCode: 0 });
    const stopped = run(program, [], needed - 1);
    assert.deepEqual(stopped.outcome, { kind: 'limit' });
    assert.equal(stopped.cycles, needed - 1);
    assert.equal(run(program, [], 0).cycles, 0);
  });

  it('comes before a trap of the next instruction', () => {
    const trap = assemble('nop\n.word 0');
    assert.deepEqual(run(trap, [], 1).outcome, { kind: 'limit' });
    assert.equal(run(trap, [], 2).outcome.kind, 'trap');
    const jump = assemble('j 0x200100');
    assert.deepEqual(run(jump, [], 1).outcome, { kind: 'limit' });
  });

  it('stops an endless loop', () => {
    assert.equal(run(assemble('loop: j loop'), [], 12345).cycles, 12345);
  });

  it('must be an integer, and small enough to be recorded', () => {
    const loaded = loadProgram(program.elf);
    for (const cycleLimit of [-1, 1.5, NaN, Infinity]) {
      assert.throws(() => execute(loaded, [], { cycleLimit }), RangeError);
      assert.throws(() => traceSteps(loaded, [], () => {}, { cycleLimit }), RangeError);
      assert.throws(() => executeRecorded(loaded, [], { cycleLimit }), RangeError);
    }
    assert.throws(() => executeRecorded(loaded, [], { cycleLimit: RECORD_CYCLE_LIMIT + 1 }), RangeError);
  });
});

describe('traps', () => {
  const cases: readonly (readonly [string, TrapCause, string])[] = [
    ['illegal word', 'illegal-instruction', 'fault: .word 0'],
    ['ebreak', 'illegal-instruction', 'fault: ebreak'],
    ['branch to a misaligned target, not taken', 'illegal-instruction', 'li x1, 1\nfault: beq x0, x1, fault+6'],
    ['running off the text', 'pc-outside-text', 'nop'],
    ['jump outside the text', 'pc-outside-text', 'j 0x200100'],
    ['branch outside the text', 'pc-outside-text', 'beqz x0, 0x200100'],
    ['call of a null pointer', 'pc-outside-text', 'jalr 0(x0)'.replace('0(x0)', 'x0')],
    ['jump into data', 'pc-outside-text', 'la x1, d\njr x1\n.data\nd: .word 0x13'],
    ['misaligned jump', 'misaligned-jump', 'li x1, 0x200002\nfault: jr x1'],
    ['jump above 2^30', 'jump-out-of-range', 'li x1, 0x40000000\nfault: jr x1'],
    ['jump above 2^31', 'jump-out-of-range', 'li x1, -4\nfault: jr x1'],
    ['misaligned lw', 'misaligned-load', 'la x1, d\nfault: lw x2, 2(x1)\n.data\nd: .word 0, 0'],
    ['misaligned lw to x0', 'misaligned-load', 'la x1, d\nfault: lw x0, 1(x1)\n.data\nd: .word 0, 0'],
    ['misaligned lh', 'misaligned-load', 'la x1, d\nfault: lh x2, 1(x1)\n.data\nd: .word 0'],
    ['misaligned lhu', 'misaligned-load', 'la x1, d\nfault: lhu x2, 3(x1)\n.data\nd: .word 0'],
    ['misaligned sw', 'misaligned-store', 'la x1, d\nfault: sw x2, 2(x1)\n.data\nd: .word 0, 0'],
    ['misaligned sh', 'misaligned-store', 'la x1, d\nfault: sh x2, 3(x1)\n.data\nd: .word 0'],
    ['load above 2^30', 'address-out-of-range', 'lui x1, 0x40000\nfault: lw x2, 0(x1)'],
    ['misaligned load above 2^30', 'address-out-of-range', 'lui x1, 0x40000\nfault: lw x2, 1(x1)'],
    ['store below 0', 'address-out-of-range', 'fault: sw x2, -4(x0)'],
    ['byte load at 2^32 - 1', 'address-out-of-range', 'fault: lb x2, -1(x0)'],
    ['null load', 'unmapped-memory', 'fault: lw x2, 0(x0)'],
    ['null store', 'unmapped-memory', 'fault: sb x2, 1(x0)'],
    ['load from the page below', 'unmapped-memory', 'lui x1, 0x200\nfault: lb x2, -1(x1)'],
    ['unknown system call', 'unknown-syscall', 'li t0, 1\nfault: ecall'],
    ['system call above 16 bits', 'unknown-syscall', 'lui t0, 0x10\nfault: ecall'],
  ];
  for (const [name, cause, source] of cases) it(name, () => assertTrap(source, cause));

  it('names the pc of a jump that leaves the text', () => {
    for (const source of ['j 0x200100', 'beqz x0, 0x200100', 'li x1, 0x200100\njr x1']) {
      const { outcome } = run(assemble(source));
      assert.equal(outcome.kind === 'trap' && outcome.pc, 0x200100);
    }
  });

  it('do not come from a page that a segment has a part of: what nothing backs is 0', () => {
    const source = `la x1, d\nlb x2, -1(x1)\nbnez x2, bad\nlw x2, 0x100(x1)\nbnez x2, bad\nsw x1, 0x104(x1)\nlw x3, 0x104(x1)\nbne x3, x1, bad\n${HALT}\nbad: .word 0\n.data\nd: .word 7`;
    for (const dataAddress of [0x201010, 0x200ffc]) {
      assert.deepEqual(run(assemble(source, { dataAddress })).outcome, { kind: 'halt', exitCode: 0 });
    }
  });

  it('leave no trace of the faulting instruction', () => {
    const source = `li x1, 0x200002\nli x5, 2\nfault: jalr x5, 0(x1)`;
    const { outcome, cycles } = run(assemble(source));
    assert.equal(outcome.kind, 'trap');
    assert.equal(cycles, 3);
  });

  it('do not come from memory above the image', () => {
    const source = `lui x1, 0x3ffff\nlw x2, 0(x1)\nsw x1, 4(x1)\nlb x3, 7(x1)\nli x4, 0x3f\nbne x3, x4, bad\n${HALT}\nbad: .word 0`;
    assert.deepEqual(run(assemble(source)).outcome, { kind: 'halt', exitCode: 0 });
  });
});

describe('text', () => {
  it('cannot be changed by stores, but reads back what was stored', () => {
    const source = `
      la x1, target
      sw x0, 0(x1)
      lw x2, 0(x1)
      bnez x2, target
    target: nop
      ${HALT}`;
    assert.deepEqual(run(assemble(source)).outcome, { kind: 'halt', exitCode: 0 });
  });
});

describe('public values', () => {
  const digestCall = (index: number): string => `li t0, 0x10\nli a0, ${index}\nli a1, 0`;
  it('must be committed before HALT', () => {
    assertTrap('li t0, 0\nli a0, 0\nfault: ecall', 'commit-missing');
  });
  it('have digest words 0 to 7, and the chain 8 to 15', () => {
    assertTrap(`${digestCall(16)}\nfault: ecall`, 'commit-index');
    assertTrap(`${digestCall(-1)}\nfault: ecall`, 'commit-index');
    for (const index of [8, 15]) {
      assert.deepEqual(run(assemble(`${digestCall(index)}\necall\n${HALT}`)).outcome, { kind: 'halt', exitCode: 0 });
      // Committed anew with each statement, and of no statement the chain is zeros.
      const twice = run(assemble(`${digestCall(index)}\necall\n${digestCall(index)}\necall\n${HALT}`));
      assert.deepEqual(twice.outcome, { kind: 'halt', exitCode: 0 });
      const other = run(assemble(`${digestCall(index).replace('li a1, 0', 'li a1, 1')}\necall\n${HALT}`));
      assert.equal(other.outcome.kind === 'trap' && other.outcome.cause, 'chain-mismatch');
    }
  });
  it('are committed only when all eight words are', () => {
    const seven = HALT.replace('li a0, 3\n', 'li a0, 11\n');
    assert.notEqual(seven, HALT);
    const { outcome } = run(assemble(seven));
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'commit-missing');
  });
  it('have each digest word once', () => {
    assertTrap(`${digestCall(3)}\necall\nfault: ecall`, 'commit-twice');
  });
  it('must hash to the committed digest', () => {
    assertTrap(`${writeSequence(13, 'd', 1)}\n${HALT}\n.data\nd: .byte 1`, 'commit-mismatch');
    assertTrap(HALT.replace('li a1, ', 'li a1, 1'), 'commit-mismatch');
  });
  it('must not be written after the digest', () => {
    const source = HALT.replace(/li t0, 0\n/, `${writeSequence(13, 'd', 1)}\nli t0, 0\n`);
    assertTrap(`${source}\n.data\nd: .byte 1`, 'commit-mismatch');
  });
  it('have a size limit', () => {
    const write = (length: number): string => `li t0, 2\nli a0, 13\nlui a1, 0x10000\nli a2, ${length}`;
    assertTrap(`${write(PUBLIC_VALUES_LIMIT)}\necall\n${write(1)}\nfault: ecall`, 'public-values-too-large');
  });
});

describe('WRITE', () => {
  it('truncates output beyond the limit and says so', () => {
    const source = `li t0, 2\nli a0, 1\nlui a1, 0x10000\nli a2, ${OUTPUT_LIMIT + 1}\necall\necall\n${HALT}`;
    const result = run(assemble(source));
    assert.deepEqual(result.outcome, { kind: 'halt', exitCode: 0 });
    assert.equal(result.stdout.length, OUTPUT_LIMIT);
    assert.equal(result.outputTruncated, true);
  });
  it('refuses other descriptors', () => assertTrap('li t0, 2\nli a0, 3\nfault: ecall', 'unknown-descriptor'));
  it('refuses memory above 2^30', () => {
    assertTrap('li t0, 2\nli a0, 1\nlui a1, 0x3ffff\nlui a2, 0xfffff\nfault: ecall', 'address-out-of-range');
  });
  it('refuses unmapped memory', () => {
    assertTrap('li t0, 2\nli a0, 1\nli a1, 0\nli a2, 1\nfault: ecall', 'unmapped-memory');
  });
});

describe('input', () => {
  const read = (length: number): string => `li t0, 0xf1\nlui a0, 0x10000\nli a1, ${length}`;
  const items = [Uint8Array.of(1, 2, 3, 4, 5), new Uint8Array()];

  it('is served item by item, padded with zeros', () => {
    const source = `
      lui x20, 0x10000
      li x21, -1
      sw x21, 4(x20)
      sw x21, 8(x20)
      li t0, 0xf0
      ecall
      li x22, 5
      bne a0, x22, bad
      ${read(8)}
      ecall
      bne a0, x20, bad
      lw x23, 0(x20)
      li x24, 0x04030201
      bne x23, x24, bad
      lw x23, 4(x20)
      bne x23, x22, bad
      lw x23, 8(x20)
      bne x23, x21, bad
      li t0, 0xf0
      ecall
      bnez a0, bad
      ${read(0)}
      ecall
      li t0, 0xf0
      ecall
      bne a0, x21, bad
      ${HALT}
    bad: .word 0`;
    assert.deepEqual(run(assemble(source), items).outcome, { kind: 'halt', exitCode: 0 });
  });

  it('ends', () => assertTrap(`${read(0)}\nfault: ecall`, 'input-exhausted'));
  it('is not read beyond its end, nor by reads of nothing', () => {
    assertTrap(`${read(12)}\nfault: ecall`, 'input-length', items);
    assertTrap(`${read(0)}\nfault: ecall`, 'input-length', items);
    assertTrap(`${read(4)}\necall\n${read(8)}\nfault: ecall`, 'input-length', items);
    assertTrap(`${read(4)}\nfault: ecall`, 'input-length', [new Uint8Array()]);
  });
  it('may be read in pieces, whose rest HINT_LEN tells', () => {
    const source = `
      ${read(4)}
      ecall
      lw x23, 0(a0)
      li x24, 0x04030201
      bne x23, x24, bad
      li t0, 0xf0
      ecall
      li x22, 1
      bne a0, x22, bad
      ${read(4)}
      ecall
      lw x23, 0(a0)
      li x24, 5
      bne x23, x24, bad
      li t0, 0xf0
      ecall
      bnez a0, bad
      ${HALT}
    bad: .word 0`;
    assert.deepEqual(run(assemble(source), items).outcome, { kind: 'halt', exitCode: 0 });
  });
  it('must be read to aligned memory in words', () => {
    assertTrap(`${read(5)}\nfault: ecall`, 'misaligned-hint', items);
    assertTrap(`${read(8)}\naddi a0, a0, 2\nfault: ecall`, 'misaligned-hint', items);
  });
  it('must stay in memory', () => {
    assertTrap(`li t0, 0xf1\nlui a0, 0x40000\naddi a0, a0, -4\nli a1, 8\nfault: ecall`, 'address-out-of-range', items);
    assertTrap(`li t0, 0xf1\nli a0, -4\nli a1, 4\nfault: ecall`, 'address-out-of-range', [Uint8Array.of(1)]);
    assertTrap(`li t0, 0xf1\nli a0, 0\nli a1, 8\nfault: ecall`, 'unmapped-memory', items);
  });
  it('may be large, and is read by 2^12 words at a time', () => {
    const bytes = Uint8Array.from({ length: 40_001 }, (_, i) => i * 7);
    const piece = (length: number, at: number): string =>
      `li t0, 0xf1\nli a0, ${0x10000000 + at}\nli a1, ${length}\necall`;
    const pieces = [piece(16384, 0), piece(16384, 16384), piece(40_004 - 32768, 32768)].join('\n');
    const source = `${pieces}\nli x1, ${0x10000000 + 40_000}\nlw x3, 0(x1)\nli x4, ${(40_000 * 7) & 255}\nbne x3, x4, bad\n${HALT}\nbad: .word 0`;
    assert.deepEqual(run(assemble(source), [bytes]).outcome, { kind: 'halt', exitCode: 0 });
    assertTrap(`${read(16388)}\nfault: ecall`, 'hint-too-long', [bytes]);
    assertTrap(`${read(40_008)}\nfault: ecall`, 'input-length', [bytes]);
  });
});

describe('traceSteps', () => {
  it('tells every instruction with its result', () => {
    const program = assemble(
      'li a0, 5\nla sp, d\nsw a0, 4(sp)\nlw a1, 4(sp)\nbnez a1, end\nnop\nend: ebreak\n.data\nd: .word 1, 2',
    );
    const lines: string[] = [];
    const { outcome } = traceSteps(loadProgram(program.elf), [], (step) => lines.push(step.text));
    assert.deepEqual(lines, [
      'step 0: 0x00200000 addi a0, zero, 5 -> 0x00000005',
      'step 1: 0x00200004 lui sp, 0x200 -> 0x00200000',
      'step 2: 0x00200008 addi sp, sp, 32 -> 0x00200020',
      'step 3: 0x0020000c sw a0, 4(sp)',
      'step 4: 0x00200010 lw a1, 4(sp) -> 0x00000005',
      'step 5: 0x00200014 bne a1, zero, 0x20001c',
    ]);
    assert.match(
      outcome.kind === 'trap' ? outcome.detail : '',
      /^0x00100073 at 0x0020001c is not an executable RV32IM instruction: compilers put it where a program aborts/,
    );
  });
});
