import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { runFast } from '../../prover/vm/run/fast.ts';
import { interpret } from '../../prover/vm/run/interpreter.ts';
import { runRecorded } from '../../prover/vm/run/record.ts';
import { STANDARD_SYSCALLS } from '../../prover/machines/standard.ts';
import { INSTRUCTION_SUITE, SUITE_MNEMONICS, suiteProgram } from '../support/instruction-suite.ts';

const DRIVERS = { interpreter: interpret, recorder: runRecorded, 'fast path': runFast };

describe('instruction suite', () => {
  it('covers every instruction of RV32IM', () => {
    const expected =
      'add addi and andi auipc beq bge bgeu blt bltu bne div divu fence jal jalr lb lbu lh lhu lui lw mul mulh mulhsu mulhu nop or ori rem remu sb sh sll slli slt slti sltiu sltu sra srai srl srli sub sw xor xori';
    assert.deepEqual([...SUITE_MNEMONICS].sort(), expected.split(' '));
  });

  for (const [driver, run] of Object.entries(DRIVERS)) {
    for (const mnemonic of SUITE_MNEMONICS) {
      it(`${mnemonic} on the ${driver}`, () => {
        const cases = INSTRUCTION_SUITE.filter((one) => one.mnemonic === mnemonic);
        const { outcome } = run(loadProgram(suiteProgram(cases).elf), [], STANDARD_SYSCALLS, 1_000_000);
        const failed = outcome.kind === 'halt' && outcome.exitCode > 0 ? cases[outcome.exitCode - 1]?.name : undefined;
        assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, failed);
      });
    }
  }

  it('reports the first wrong case', () => {
    const cases = INSTRUCTION_SUITE.slice(0, 3).map((one, i) => (i === 1 ? { ...one, expected: 12345 } : one));
    const { outcome } = runFast(loadProgram(suiteProgram(cases).elf), [], STANDARD_SYSCALLS, 10_000);
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 2 });
  });
});
