/** What the records of shards must be, from the rules of the protocol document rather than from the recorder. */
import assert from 'node:assert/strict';
import { HALTED_PC, ROOT_LEVEL, registerAddress, systemWordAddress } from '../../prover/vm/address-map.ts';
import {
  ACCESS_FIELD,
  ECALL_FIELD,
  FIELD,
  NODE_FIELD,
  QUAD_FIELD,
  RECORD_WORDS,
  type ExecutionRecord,
  type RecordTable,
} from '../../prover/vm/execution-record.ts';
import { MemoryTree } from '../../prover/vm/memory-tree.ts';
import { imageWord, type Program } from '../../prover/vm/program.ts';

type Access = { cell: number; old: number; value: number; prevTime: number; time: number };

/** The rows of a table, copied. */
export function rows(table: RecordTable): Uint32Array[] {
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

/** Every access continues from the previous one of its cell, and the quads begin and end every chain. Changes `memory`. */
function assertConsistent(
  program: Program,
  record: ExecutionRecord,
  memory: Map<number, number>,
  tree: MemoryTree,
): void {
  const cells = new Map<number, { value: number; time: number }>();
  const initial = (cell: number): number => memory.get(cell) ?? imageWord(program.image, cell) ?? 0;
  for (const access of accesses(program, record)) {
    const before = cells.get(access.cell) ?? { value: initial(access.cell), time: 0 };
    assert.equal(access.old, before.value, `${access.cell}`);
    assert.equal(access.prevTime, before.time, `${access.cell}`);
    assert.ok(access.time > before.time && access.time < 4 * (record.cycles + 1));
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
      memory.set(cell, value);
    }
    assert.ok(touched > 0, 'only touched quads are listed');
  }
  assert.equal(cells.size, 0, 'all touched quads are listed');
  assert.deepEqual(record.start.root, tree.root());
  assert.deepEqual(tree.update(record.quads).words, record.nodes.words);
  assert.deepEqual(record.end.root, tree.root());
  assert.deepEqual(rows(record.nodes).at(-1)?.subarray(0, NODE_FIELD.touchedLeft), Uint32Array.of(ROOT_LEVEL, 0));
}

/** Instructions in order of time form one chain from the start to the end. */
function assertChained(record: ExecutionRecord): void {
  const steps = Object.values(record.families).flatMap((table) => rows(table));
  steps.sort((a, b) => (a[FIELD.time] ?? 0) - (b[FIELD.time] ?? 0));
  assert.equal(steps.length, record.cycles);
  let { pc } = record.start;
  for (const [k, row] of steps.entries()) {
    assert.equal(row.length, RECORD_WORDS);
    assert.equal(row[FIELD.time], 4 * (k + 1));
    assert.equal(row[FIELD.pc], pc);
    pc = row[FIELD.nextPc] ?? 0;
  }
  assert.equal(pc, record.end.pc);
}

/**
 * Asserts that records, one after another, are a history of instructions and memory from the program's entry to HALT. Gives
 * memory at the end: the words of all touched quads.
 */
export function assertHistory(program: Program, records: readonly ExecutionRecord[]): ReadonlyMap<number, number> {
  const memory = new Map<number, number>();
  const tree = MemoryTree.of(program.image);
  let pc = program.entry;
  for (const record of records) {
    assert.equal(record.start.pc, pc);
    assertConsistent(program, record, memory, tree);
    assertChained(record);
    pc = record.end.pc;
  }
  assert.equal(pc, HALTED_PC);
  return memory;
}
