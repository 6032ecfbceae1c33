import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { HALTED_PC, ROOT_LEVEL, registerAddress, systemWordAddress } from '../../prover/vm/address-map.ts';
import { MemoryTree } from '../../prover/vm/memory-tree.ts';
import { imageWord } from '../../prover/vm/program.ts';
import { OPERATIONS } from '../../prover/vm/isa/operations.ts';
import type { Program } from '../../prover/vm/program.ts';
import {
  ACCESS_FIELD,
  CALL_FIELD,
  FIELD,
  ECALL_FIELD,
  NODE_FIELD,
  QUAD_FIELD,
  RECORD_WORDS,
  type ExecutionRecord,
  type RecordTable,
} from '../../prover/vm/execution-record.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { randomProgram } from '../support/random-program.ts';

type Access = { cell: number; old: number; value: number; prevTime: number; time: number };

function rows(table: RecordTable): Uint32Array[] {
  return Array.from({ length: table.rows }, (_, i) => table.words.slice(i * table.width, (i + 1) * table.width));
}

/** All memory accesses that a record claims, from the rules of the protocol document rather than from the recorder. */
function accesses(program: Program, record: ExecutionRecord): Access[] {
  const { rom } = program;
  const list: Access[] = [];
  const add = (cell: number, old: number, value: number, prevTime: number, time: number): void => {
    list.push({ cell, old, value, prevTime, time });
  };
  for (const [family, table] of Object.entries(record.families)) {
    for (const row of rows(table)) {
      const get = (field: keyof typeof FIELD): number => row[FIELD[field]] ?? 0;
      const at = get('romRow');
      const time = get('time');
      assert.equal(rom.pc[at], get('pc'));
      if (family === 'Ecall') {
        add(registerAddress(5), get('rs1'), get('rs1'), get('rs1PrevTime'), time);
        add(registerAddress(11), get('rs2'), get('rs2'), get('rs2PrevTime'), time + 1);
        add(registerAddress(12), get('memoryOld'), get('memoryOld'), get('memoryPrevTime'), time + 2);
        add(registerAddress(10), get('rdOld'), get('result'), get('rdPrevTime'), time + 3);
        // HALT writes its code to system word 16, COMMIT a1 to system word a0.
        const isHalt = get('rs1') === 0;
        const address = isHalt ? systemWordAddress(16) : get('rs1') === 0x10 ? systemWordAddress(get('rdOld')) : 0;
        assert.equal(row[ECALL_FIELD.systemAddress], address);
        if (address !== 0) {
          const [old = 0, prevTime = 0] = [row[ECALL_FIELD.systemOld], row[ECALL_FIELD.systemPrevTime]];
          add(address, old, isHalt ? get('rdOld') : get('rs2'), prevTime, time + 3);
        }
        continue;
      }
      add(registerAddress(rom.rs1[at] ?? 0), get('rs1'), get('rs1'), get('rs1PrevTime'), time);
      const isTwoOperand = /^(AddSub|Branch|StoreWord|StoreNarrow|Mul|DivRem)$/.test(family);
      if (isTwoOperand || (/^(Bitwise|Shift|LessThan)$/.test(family) && (rom.operation[at] ?? 0) < 64)) {
        add(registerAddress(rom.rs2[at] ?? 0), get('rs2'), get('rs2'), get('rs2PrevTime'), time + 1);
      }
      if (/^(Load|Store)/.test(family)) {
        assert.equal(get('memoryAddress'), get('byteAddress') >>> 2);
        add(get('memoryAddress'), get('memoryOld'), get('memoryNew'), get('memoryPrevTime'), time + 2);
      }
      if (rom.write[at] === 1) {
        add(registerAddress(rom.rd[at] ?? 0), get('rdOld'), get('result'), get('rdPrevTime'), time + 3);
      }
    }
  }
  for (const row of rows(record.accesses)) {
    const get = (field: keyof typeof ACCESS_FIELD): number => row[ACCESS_FIELD[field]] ?? 0;
    add(get('address'), get('old'), get('new'), get('prevTime'), get('time'));
  }
  return list.sort((a, b) => a.time - b.time);
}

/** Every access continues from the previous one of its cell, and the quads begin and end every chain. */
function assertConsistent(program: Program, record: ExecutionRecord): void {
  const cells = new Map<number, { value: number; time: number }>();
  const initial = (cell: number): number => imageWord(program.image, cell) ?? 0;
  for (const access of accesses(program, record)) {
    const before = cells.get(access.cell) ?? { value: initial(access.cell), time: 0 };
    assert.equal(access.old, before.value, `${access.cell}`);
    assert.equal(access.prevTime, before.time, `${access.cell}`);
    assert.ok(access.time > before.time);
    cells.set(access.cell, { value: access.value, time: access.time });
  }
  let last = -1;
  for (const row of rows(record.quads)) {
    const index = row[QUAD_FIELD.index] ?? 0;
    assert.ok(index > last);
    last = index;
    let touched = 0;
    for (let i = 0; i < 4; i++) {
      const cell = 4 * index + i;
      assert.equal(row[QUAD_FIELD.init + i], initial(cell));
      const { value, time } = cells.get(cell) ?? { value: initial(cell), time: 0 };
      assert.deepEqual([row[QUAD_FIELD.final + i], row[QUAD_FIELD.times + i]], [value, time]);
      touched += Number(time > 0);
      cells.delete(cell);
    }
    assert.ok(touched > 0, 'only touched quads are listed');
  }
  assert.equal(cells.size, 0, 'all touched quads are listed');
  const tree = MemoryTree.of(program.image);
  assert.deepEqual(record.start, { pc: program.entry, root: tree.root() });
  assert.deepEqual(tree.update(record.quads).words, record.nodes.words);
  assert.deepEqual(record.end, { pc: HALTED_PC, root: tree.root() });
  assert.deepEqual(rows(record.nodes).at(-1)?.subarray(0, NODE_FIELD.touchedLeft), Uint32Array.of(ROOT_LEVEL, 0));
}

/** Instructions in order of time form one chain from the entry to the halted pc. */
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
  assert.equal(pc, HALTED_PC);
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
