import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { OPERATIONS } from '../../prover/vm/isa/operations.ts';
import type { Program } from '../../prover/vm/program.ts';
import {
  ACCESS_FIELD,
  CALL_FIELD,
  FIELD,
  FINAL_FIELD,
  RECORD_WORDS,
  SPACE,
  type ExecutionRecord,
  type RecordTable,
} from '../../prover/vm/execution-record.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { randomProgram } from '../support/random-program.ts';

type Access = { cell: string; old: number; value: number; prevTime: number; time: number };

function rows(table: RecordTable): Uint32Array[] {
  return Array.from({ length: table.rows }, (_, i) => table.words.slice(i * table.width, (i + 1) * table.width));
}

/** All memory accesses that a record claims, from the rules of the protocol document rather than from the recorder. */
function accesses(program: Program, record: ExecutionRecord): Access[] {
  const { rom } = program;
  const list: Access[] = [];
  const add = (space: number, address: number, old: number, value: number, prevTime: number, time: number): void => {
    list.push({ cell: `${space}:${address}`, old, value, prevTime, time });
  };
  const REGISTER = SPACE.REGISTER;
  for (const [family, table] of Object.entries(record.families)) {
    for (const row of rows(table)) {
      const get = (field: keyof typeof FIELD): number => row[FIELD[field]] ?? 0;
      const at = get('romRow');
      const time = get('time');
      assert.equal(rom.pc[at], get('pc'));
      if (family === 'Ecall') {
        add(REGISTER, 5, get('rs1'), get('rs1'), get('rs1PrevTime'), time);
        add(REGISTER, 11, get('rs2'), get('rs2'), get('rs2PrevTime'), time + 1);
        add(REGISTER, 12, get('memoryOld'), get('memoryNew'), get('memoryPrevTime'), time + 2);
        add(REGISTER, 10, get('rdOld'), get('result'), get('rdPrevTime'), time + 3);
        continue;
      }
      add(REGISTER, rom.rs1[at] ?? 0, get('rs1'), get('rs1'), get('rs1PrevTime'), time);
      const isTwoOperand = /^(AddSub|Branch|StoreWord|StoreNarrow|Mul|DivRem)$/.test(family);
      if (isTwoOperand || (/^(Bitwise|Shift|LessThan)$/.test(family) && (rom.operation[at] ?? 0) < 64)) {
        add(REGISTER, rom.rs2[at] ?? 0, get('rs2'), get('rs2'), get('rs2PrevTime'), time + 1);
      }
      if (/^(Load|Store)/.test(family)) {
        assert.equal(get('memoryAddress'), get('byteAddress') >>> 2);
        add(SPACE.RAM, get('memoryAddress'), get('memoryOld'), get('memoryNew'), get('memoryPrevTime'), time + 2);
      }
      if (rom.write[at] === 1) {
        add(REGISTER, rom.rd[at] ?? 0, get('rdOld'), get('result'), get('rdPrevTime'), time + 3);
      }
    }
  }
  for (const row of rows(record.accesses)) {
    const get = (field: keyof typeof ACCESS_FIELD): number => row[ACCESS_FIELD[field]] ?? 0;
    add(SPACE.RAM, get('address'), get('old'), get('new'), get('prevTime'), get('time'));
  }
  return list.sort((a, b) => a.time - b.time);
}

/** Every access continues from the previous one of its cell, and the final tables end every chain. */
function assertConsistent(program: Program, record: ExecutionRecord): void {
  const cells = new Map<string, { value: number; time: number }>();
  const { image } = program;
  for (let row = 0; row < image.rows; row++) {
    cells.set(`${image.space[row]}:${image.address[row]}`, { value: image.value[row] ?? 0, time: 0 });
  }
  for (const access of accesses(program, record)) {
    const before = cells.get(access.cell) ?? { value: 0, time: 0 };
    assert.equal(access.old, before.value, access.cell);
    assert.equal(access.prevTime, before.time, access.cell);
    assert.ok(access.time > before.time);
    cells.set(access.cell, { value: access.value, time: access.time });
  }
  const final = [...rows(record.imageFinal), ...rows(record.zeroFinal)];
  assert.equal(final.length, cells.size);
  let last = image.zeroStart - 1;
  for (const [i, row] of final.entries()) {
    const cell = `${row[FINAL_FIELD.space]}:${row[FINAL_FIELD.address]}`;
    assert.deepEqual({ value: row[FINAL_FIELD.value], time: row[FINAL_FIELD.time] }, cells.get(cell), cell);
    if (i < image.rows) {
      assert.equal(row[FINAL_FIELD.address], image.address[i]);
    } else {
      assert.ok((row[FINAL_FIELD.address] ?? 0) > last);
      last = row[FINAL_FIELD.address] ?? 0;
    }
  }
  assert.ok(last < image.zeroEnd);
}

/** Instructions in order of time form one chain from the entry to pc 0. */
function assertChained(program: Program, record: ExecutionRecord): void {
  const steps = Object.values(record.families).flatMap((table) => rows(table));
  steps.sort((a, b) => (a[FIELD.time] ?? 0) - (b[FIELD.time] ?? 0));
  assert.equal(steps.length, record.cycles);
  let pc = program.entry;
  for (const [k, row] of steps.entries()) {
    assert.equal(row.length, RECORD_WORDS);
    assert.equal(row[FIELD.time], 4 * (k + 1));
    assert.equal(row[FIELD.pc], pc);
    pc = row[FIELD.nextPc] ?? 0;
  }
  assert.equal(pc, 0);
}

describe('record', () => {
  it('of random programs is a consistent memory history', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const program = loadProgram(randomProgram(seed, 200, 'zkvm'));
      const { record } = executeRecorded(program, []);
      assert.ok(record !== undefined);
      assertConsistent(program, record);
      assertChained(program, record);
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
    assertConsistent(program, record);
    assertChained(program, record);
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
    assert.equal(record.exitCode, 3);
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

  it('holds the committed digest', () => {
    const { record } = executeRecorded(loadProgram(assemble(haltSequence(0)).elf), []);
    // sha256 of nothing, e3b0c442..., as little-endian words.
    assert.equal(record?.committedDigest[0], 0x42c4b0e3);
    assert.equal(record?.committedDigest[7], 0x55b85278);
  });
});
