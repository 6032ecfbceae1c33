import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { systemWordAddress } from '../../prover/vm/address-map.ts';
import { OPERATIONS } from '../../prover/vm/isa/operations.ts';
import { CALL_FIELD, FIELD, QUAD_FIELD } from '../../prover/vm/execution-record.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { randomProgram } from '../support/random-program.ts';
import { assertHistory, rows } from '../support/records.ts';

describe('record', () => {
  it('of random programs is a consistent memory history', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const program = loadProgram(randomProgram(seed, 200, 'zkvm'));
      const { record } = executeRecorded(program, []);
      assert.ok(record !== undefined);
      assertHistory(program, [record]);
    }
  });

  it('of hints has a row for each call and for each word', () => {
    const source = `
      lui x20, 0x10000
      sw x20, 4(x20)
      li t0, 0xf1
      mv a0, x20
      li a1, 8
      ecall
      ${haltSequence(3)}`;
    const program = loadProgram(assemble(source).elf);
    const { record } = executeRecorded(program, [Uint8Array.of(1, 2, 3, 4, 5)]);
    assert.ok(record !== undefined);
    assertHistory(program, [record]);
    const address = 0x4000000;
    // The ecall is instruction 5, at t = 24; the store before it is instruction 1, its access at t = 8 + 2.
    assert.deepEqual(
      rows(record.accesses).map((row) => [...row]),
      [
        [address, 0, 0x04030201, 27, 0],
        [address + 1, 0x10000000, 5, 27, 10],
      ],
    );
    const [call, ...others] = [...record.calls].flatMap(([number, table]) =>
      rows(table).map((row) => ({ number, row })),
    );
    assert.deepEqual(others, []);
    assert.equal(call?.number, 0xf1);
    const get = (field: keyof typeof CALL_FIELD): number | undefined => call?.row[CALL_FIELD[field]];
    assert.deepEqual([get('time'), get('a0'), get('a1'), get('result')], [24, 4 * address, 8, 4 * address]);
    assert.deepEqual([get('firstAccess'), get('accesses')], [0, 2]);
    assert.equal(
      record.cycles,
      record.families.Ecall.rows + record.families.AddImm.rows + record.families.StoreWord.rows,
    );
    const ecall = rows(record.families.Ecall)[0];
    assert.equal(program.rom.operation[ecall?.[FIELD.romRow] ?? 0], OPERATIONS.ECALL);
    assert.equal(ecall?.[FIELD.rs1], 0xf1);
    assert.equal(ecall?.[FIELD.rs2], 8);
    assert.equal(ecall?.[FIELD.result], 0x10000000);
  });

  it('has the committed digest and the exit code in the system words', () => {
    const { record } = executeRecorded(loadProgram(assemble(haltSequence(5)).elf), []);
    const words = rows(record?.quads ?? assert.fail('no record')).filter(
      (row) => (row[QUAD_FIELD.index] ?? 0) >= systemWordAddress(0) / 4,
    );
    const final = words.flatMap((row) => [...row.subarray(QUAD_FIELD.final, QUAD_FIELD.final + 4)]);
    assert.deepEqual(
      words.map((row) => row[QUAD_FIELD.index]),
      [0, 4, 16].map((word) => systemWordAddress(word) / 4),
    );
    // sha256 of nothing, e3b0c442..., as little-endian words; then the exit code.
    assert.deepEqual([final[0], final[7], ...final.slice(8)], [0x42c4b0e3, 0x55b85278, 5, 0, 0, 0]);
  });
});
