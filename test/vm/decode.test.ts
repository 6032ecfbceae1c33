import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode } from '../../prover/vm/isa/decode.ts';
import { IMMEDIATE, OPERATIONS } from '../../prover/vm/isa/operations.ts';
import { assemble } from '../support/asm.ts';

const PC = 0x200000;

function decodeLine(line: string): ReturnType<typeof decode> {
  return decode(assemble(line).words[0] ?? 0, PC);
}

function row(name: keyof typeof OPERATIONS, fields: Partial<ReturnType<typeof decode>> = {}): object {
  const zero = { rd: 0, rs1: 0, rs2: 0, write: 0, immediate: 0, extra: 0 };
  return { operation: OPERATIONS[name], ...zero, ...fields };
}

describe('decode', () => {
  const next = PC + 4;
  const expected: readonly (readonly [string, object])[] = [
    ['addi x1, x2, -1', row('ADD_IMM', { rd: 1, rs1: 2, write: 1, immediate: 0xffffffff, extra: next })],
    ['lui x1, 0xfffff', row('ADD_IMM', { rd: 1, write: 1, immediate: 0xfffff000, extra: next })],
    ['auipc x1, 0xfffff', row('ADD_IMM', { rd: 1, write: 1, immediate: PC - 0x1000, extra: next })],
    ['jal x1, 0x200100', row('ADD_IMM', { rd: 1, write: 1, immediate: next, extra: 0x200100 })],
    ['jal x0, 0x1ffffc', row('ADD_IMM', { extra: 0x1ffffc })],
    ['addi x0, x5, 7', row('ADD_IMM', { extra: next })],
    ['mul x0, x5, x6', row('ADD_IMM', { extra: next })],
    ['slli x0, x5, 6', row('ADD_IMM', { extra: next })],
    ['lui x0, 6', row('ADD_IMM', { extra: next })],
    ['fence', row('ADD_IMM', { extra: next })],
    ['lw x0, 8(x3)', row('LW', { rs1: 3, immediate: 8 })],
    ['lbu x4, -8(x3)', row('LBU', { rd: 4, rs1: 3, write: 1, immediate: 0xfffffff8 })],
    ['sh x4, -2048(x3)', row('SH', { rs1: 3, rs2: 4, immediate: 0xfffff800 })],
    ['jalr x0, 4(x1)', row('JALR', { rs1: 1, immediate: 4, extra: next })],
    ['jalr x1, 4(x1)', row('JALR', { rd: 1, rs1: 1, write: 1, immediate: 4, extra: next })],
    ['bltu x1, x2, 0x1ff000', row('BLTU', { rs1: 1, rs2: 2, extra: 0x1ff000 })],
    [
      'srai x1, x2, 31',
      { ...row('SRA', { rd: 1, rs1: 2, write: 1, immediate: 31 }), operation: OPERATIONS.SRA + IMMEDIATE },
    ],
    [
      'sltiu x1, x2, -1',
      { ...row('SLTU', { rd: 1, rs1: 2, write: 1, immediate: 0xffffffff }), operation: OPERATIONS.SLTU + IMMEDIATE },
    ],
    ['sub x1, x2, x3', row('SUB', { rd: 1, rs1: 2, rs2: 3, write: 1 })],
    ['remu x1, x2, x3', row('REMU', { rd: 1, rs1: 2, rs2: 3, write: 1 })],
    ['ecall', row('ECALL')],
    // Policy: no row for what cannot be executed.
    ['ebreak', row('TRAP')],
    ['jal x1, 0x200002', row('TRAP')],
    ['beq x1, x2, 0x200002', row('TRAP')],
    ['.word 0', row('TRAP')],
    ['.word 0xffffffff', row('TRAP')],
    ['.word 0x00000001', row('TRAP')], // compressed nop
    ['.word 0xc0001073', row('TRAP')], // csrrw, what Rust calls unimp
    ['.word 0x0000100f', row('TRAP')], // fence.i
    ['.word 0x00200073', row('TRAP')], // uret
    ['.word 0x00001067', row('TRAP')], // jalr with funct3 = 1
    ['.word 0x00002063', row('TRAP')], // branch with funct3 = 2
    ['.word 0x00003003', row('TRAP')], // ld
    ['.word 0x00003023', row('TRAP')], // sd
    ['.word 0x02001093', row('TRAP')], // slli with bit 25
    ['.word 0x40001093', row('TRAP')], // slli with bit 30
    ['.word 0x400010b3', row('TRAP')], // sll with bit 30
    ['.word 0x04000033', row('TRAP')], // add with funct7 = 2
  ];
  for (const [line, want] of expected) {
    it(line, () => assert.deepEqual(decodeLine(line), want));
  }

  it('refuses jumps and branches out of the address range', () => {
    const jump = assemble('jal x1, 0x1fff00').words[0] ?? 0;
    assert.equal(decode(jump, 0x40).operation, OPERATIONS.TRAP);
    assert.equal(decode(jump, 0x400).operation, OPERATIONS.ADD_IMM);
    const forward = assemble('beq x1, x2, 0x200100').words[0] ?? 0;
    assert.equal(decode(forward, 0x3fffff80).operation, OPERATIONS.TRAP);
    assert.equal(decode(forward, 0x3ffffe00).operation, OPERATIONS.BEQ);
  });

  it('keeps registers below 32, write a bit, and rd written only when it is not x0', () => {
    let word = 0x12345678;
    for (let i = 0; i < 200_000; i++) {
      word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
      const one = decode((word & ~3) | 3, PC);
      assert.ok(one.rd < 32 && one.rs1 < 32 && one.rs2 < 32);
      assert.ok(one.write === 0 || (one.write === 1 && one.rd !== 0));
      assert.ok(one.immediate >= 0 && one.immediate < 2 ** 32 && one.extra >= 0 && one.extra < 2 ** 30);
    }
  });
});
