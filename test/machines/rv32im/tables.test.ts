import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberBackend } from '../../../prover/air/number-backend.ts';
import { WRITES } from '../../../prover/machines/rv32im/shared/air.ts';
import { BYTE } from '../../../prover/machines/rv32im/chips/byte/air.ts';
import { VAR_RANGE } from '../../../prover/machines/rv32im/chips/var-range/air.ts';
import * as ext from '../../../prover/field/extension.ts';
import { P } from '../../../prover/field/koalabear.ts';
import type { ExtValue } from '../../../prover/field/types.ts';
import { FAMILIES, IMMEDIATE, OPERATIONS, familyOf } from '../../../prover/vm/isa/operations.ts';
import { cellsOf, chipIndex, columnOf, probeOf } from './oracle.ts';
import { randomSource } from './solver.ts';
import { EVERYTHING_INPUT, MACHINE, everything, worldOf } from './world.ts';

/** eq(row, point) for all rows, lowest bit first. */
function eqTable(point: readonly ExtValue[]): ExtValue[] {
  let table: ExtValue[] = [ext.ONE];
  for (const x of point) {
    const low = table.map((value) => ext.mul(value, ext.sub(ext.ONE, x)));
    table = [...low, ...table.map((value) => ext.mul(value, x))];
  }
  return table;
}

for (const definition of [VAR_RANGE, BYTE]) {
  test(`closed forms of ${definition.name}: the extension at a random point is the naive sum`, () => {
    const random = randomSource(5);
    const element = (): ExtValue => [random(P), random(P), random(P), random(P), random(P)];
    const point = Array.from({ length: 16 }, element);
    const eq = eqTable(point);
    const on = numberBackend((why) => assert.fail(why));
    for (const form of definition.closedForms) {
      const naive = eq.reduce((sum, weight, row) => ext.add(sum, ext.scale(weight, form.at(row))), ext.ZERO);
      assert.deepEqual([...form.mle(on, point)], [...naive], form.name);
    }
  });
}

test('VarRange holds exactly the pairs (v, b) with v < 2^b, b <= 16', () => {
  const [value, bits] = VAR_RANGE.closedForms;
  const found = new Set<string>();
  for (let row = 0; row < 2 ** 16; row++) found.add(`${value?.at(row)},${bits?.at(row)}`);
  for (let b = 0; b <= 15; b++) {
    for (const v of [0, 1, 2 ** b - 1]) assert.equal(found.has(`${v},${b}`), v < 2 ** b);
    assert.equal(found.has(`${2 ** b},${b}`), false);
  }
  // Row 0 repeats (0, 0).
  assert.equal(found.size, 2 ** 16 - 1);
});

test('Byte holds every pair of bytes once, with its and', () => {
  const [x, y, and] = BYTE.closedForms;
  const found = new Set<number>();
  for (let row = 0; row < 2 ** 16; row++) {
    const a = x?.at(row) ?? -1;
    const b = y?.at(row) ?? -1;
    assert.equal(and?.at(row), a & b);
    found.add(a + 256 * b);
  }
  assert.equal(found.size, 2 ** 16);
});

test('operation codes: legal flag vectors of all chips claim distinct codes, each of the right family', () => {
  const owner = new Map<number, string>();
  for (const chip of MACHINE.chips.slice(0, FAMILIES.length)) {
    const probe = probeOf(chip.name);
    const flags = chip.columns.filter(({ name, kind }) => kind === 'bool' && name.startsWith('is'));
    const labels = [
      'at most one operation',
      'at most one call',
      'immediate form only on real rows',
      'sub only on real rows',
    ];
    for (let mask = 0; mask < 2 ** flags.length; mask++) {
      const main = chip.columns.map(() => 0);
      for (const [i, { index }] of flags.entries()) main[index] = (mask >> i) & 1;
      const view = probe.view({ main, pre: [], closed: [] });
      if (view.violated.some((label) => labels.includes(label))) continue;
      const message = view.messages.find(({ bus }) => bus === 'program');
      assert.ok(message !== undefined, chip.name);
      if (message.multiplicity === 0) continue;
      assert.equal(message.multiplicity, 1, `${chip.name}: multiplicity of legal flags`);
      const code = (message.tuple[1] ?? -1) % WRITES;
      assert.ok((message.tuple[1] ?? -1) < 2 * WRITES, `${chip.name}: writes or not`);
      assert.equal(familyOf(code), chip.name, `code ${code}`);
      // The system calls share one code: the number is read from t0.
      if (chip.name !== 'Ecall') assert.equal(owner.get(code), undefined, `code ${code} of ${chip.name}`);
      owner.set(code, chip.name);
    }
  }
  assert.ok(Math.max(...owner.keys()) < WRITES, 'operation + 256 write determines both');
  const formed = ['Bitwise', 'Shift', 'LessThan'];
  const legal = Object.values(OPERATIONS).filter((code) => familyOf(code) !== undefined);
  const immediate = legal.filter((code) => formed.includes(familyOf(code) ?? '')).map((code) => code + IMMEDIATE);
  assert.deepEqual(
    [...owner.keys()].sort((a, b) => a - b),
    [...legal, ...immediate].sort((a, b) => a - b),
  );
});

test('padding rows send and receive nothing', () => {
  const world = worldOf(everything([1, -2]), EVERYTHING_INPUT);
  for (const chip of MACHINE.chips) {
    const height = world.main[chipIndex(chip.name)]?.columns[0]?.length ?? 0;
    const flags = chip.columns.filter(({ name, kind }) => kind === 'bool' && name.startsWith('is'));
    if (flags.length === 0) continue;
    let padding = 0;
    for (let row = 0; row < height; row++) {
      const cells = cellsOf(world, chip.name, row);
      if (flags.some(({ name }) => cells.main[columnOf(chip.name, name)] === 1)) continue;
      padding++;
      const view = probeOf(chip.name).view(cells);
      assert.deepEqual(view.violated, []);
      for (const message of view.messages) assert.equal(message.multiplicity, 0, `${chip.name}: ${message.label}`);
      if (padding === 3) break;
    }
  }
});
