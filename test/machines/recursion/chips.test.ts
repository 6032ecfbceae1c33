import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkChip, chipMessages } from '../../../prover/air/checker.ts';
import type { RecordedChip } from '../../../prover/air/chip.ts';
import { closedColumns, reachableNodes } from '../../../prover/air/evaluate.ts';
import type { MachineTrace } from '../../../prover/air/machine.ts';
import { numberBackend, type NumberWires } from '../../../prover/air/number-backend.ts';
import * as ext from '../../../prover/field/extension.ts';
import { P, add, mul, sub } from '../../../prover/field/koalabear.ts';
import type { ExtValue } from '../../../prover/field/types.ts';
import { permute } from '../../../prover/hash/poseidon2-koalabear.ts';
import { RecursionBackend, type RecursionWires } from '../../../prover/recursion/backend.ts';
import { recursionMachine } from '../../../prover/machines/recursion/machine.ts';
import { OUTPUT_BLOCKS, SPACE } from '../../../prover/machines/recursion/memory.ts';
import { runRandomProgram } from '../../support/backend-program.ts';
import { Random } from '../../support/random.ts';
import { check, finish, lay, type Laid } from '../../support/recursion.ts';

function sample(): Laid {
  const on = new RecursionBackend({ strict: true });
  const { felts } = runRandomProgram<RecursionWires>(on, 7, 7, 150);
  return lay(finish(on, felts.slice(-32)));
}

const laid = sample();
const machine = recursionMachine(laid.heights);

function corrupted(chip: number, column: number, row: number, value: number): MachineTrace {
  return laid.main.map((trace, c) => {
    if (c !== chip) return trace;
    const columns = trace.columns.map((values, i) => (i === column ? values.slice() : values));
    columns[column]![row] = value;
    return { ...trace, columns };
  });
}

/** Main columns that a list of nodes reads. */
function mainColumnsOf(chip: RecordedChip, nodes: readonly number[]): number[] {
  return reachableNodes(chip.graph, nodes).flatMap((id) => {
    const node = chip.graph.nodes[id];
    return node?.op === 'column' && node.source === 'main' ? [node.index] : [];
  });
}

test('the machine: widths and groups', () => {
  const shape = machine.chips.map((chip) => [
    chip.name,
    chip.columns.length,
    chip.preprocessed.length,
    chip.constraints.length,
    chip.groups.length,
  ]);
  assert.deepEqual(shape, [
    ['Arithmetic', 15, 8, 0, 2],
    ['Bit', 2, 4, 1, 1],
    ['Pack', 8, 18, 0, 3],
    ['Limbs', 5, 2, 0, 2],
    ['Permutation', 149, 7, 132, 4],
  ]);
});

test('label coverage: every constraint is tripped by a corrupted cell', () => {
  for (const [c, chip] of machine.chips.entries()) {
    const trace = laid.main[c]!;
    assert.deepEqual(checkChip(chip, trace.columns, laid.pre[c]!), []);
    for (const { label, node } of chip.constraints) {
      const tripped = mainColumnsOf(chip, [node]).some((column) => {
        const columns = trace.columns.map((values, i) => (i === column ? values.slice() : values));
        columns[column]![0] = add(columns[column]![0]!, 2);
        return checkChip(chip, columns, laid.pre[c]!).some((v) => v.label === label && v.row === 0);
      });
      assert.ok(tripped, `${chip.name}: "${label}"`);
    }
  }
});

test('label coverage: every interaction is unbalanced by a corrupted cell', () => {
  for (const [c, chip] of machine.chips.entries()) {
    const active = chipMessages(chip, laid.main[c]!.columns, laid.pre[c]!);
    for (const interaction of chip.interactions) {
      const message = active.find((m) => m.label === interaction.label);
      assert.ok(message !== undefined, `${chip.name}: "${interaction.label}" occurs`);
      const tripped = mainColumnsOf(chip, interaction.message).some((column) => {
        const old = laid.main[c]!.columns[column]![message.row]!;
        const report = check(laid, corrupted(c, column, message.row, add(old, 1)));
        return report.imbalances.some(({ entries }) =>
          entries.some((e) => e.chip === chip.name && e.label === interaction.label && e.row === message.row),
        );
      });
      assert.ok(tripped, `${chip.name}: "${interaction.label}"`);
    }
  }
});

test('pitfall 10: a bit column that is not boolean, in a used and in a padding row', () => {
  const bit = machine.chips.findIndex(({ name }) => name === 'Bit');
  const height = laid.main[bit]!.columns[0]!.length;
  for (const row of [0, height - 1]) {
    for (const value of [2, P - 1, 12345]) {
      const report = check(laid, corrupted(bit, 0, row, value));
      assert.ok(report.violations.some((v) => v.label === 'bit is boolean' && v.row === row));
    }
  }
});

test('cells of random rows: any change is noticed, unless nothing reads the cell', () => {
  // Free by construction: an untrusted value whose only interaction has multiplicity 0, and unread operands of none.
  const random = new Random(99);
  let noticed = 0;
  let tried = 0;
  for (const [c, chip] of machine.chips.entries()) {
    for (let i = 0; i < 40; i++) {
      const column = random.below(chip.columns.length);
      const row = random.below(laid.main[c]!.columns[0]!.length);
      const old = laid.main[c]!.columns[column]![row]!;
      const report = check(laid, corrupted(c, column, row, add(old, 1 + random.below(P - 1))));
      tried++;
      if (!report.ok) noticed++;
      else assert.ok(isFree(c, column, row), `${chip.name} row ${row}, column ${chip.columns[column]!.name}`);
    }
  }
  assert.ok(noticed > tried / 2);
});

/** Whether no active interaction and no constraint of the row reads the column. */
function isFree(c: number, column: number, row: number): boolean {
  const chip = machine.chips[c]!;
  const active = new Set(
    chipMessages(chip, laid.main[c]!.columns, laid.pre[c]!)
      .filter((m) => m.row === row)
      .map((m) => m.label),
  );
  const readers = chip.interactions.filter((i) => mainColumnsOf(chip, i.message).includes(column));
  const constrained = chip.constraints.some((x) => mainColumnsOf(chip, [x.node]).includes(column));
  return !constrained && readers.every((i) => !active.has(i.label));
}

test('write-once: over the preprocessed traces every address has one writer and as many reads as its multiplicity', () => {
  const writers = new Map<string, number>();
  const balance = new Map<string, number>();
  for (const [c, chip] of machine.chips.entries()) {
    for (const { bus, tuple, multiplicity } of chipMessages(chip, laid.main[c]!.columns, laid.pre[c]!)) {
      const key = `${bus}:${tuple[0]}`;
      const signed = multiplicity > P / 2 ? multiplicity - P : multiplicity;
      assert.ok(signed >= -1 && signed < 2 ** 30, `${key}: multiplicity ${signed}`);
      if (signed > 0) writers.set(key, (writers.get(key) ?? 0) + 1);
      balance.set(key, (balance.get(key) ?? 0) + signed);
    }
  }
  for (let block = 0; block < OUTPUT_BLOCKS; block++) {
    balance.set(`DMEM:${block}`, (balance.get(`DMEM:${block}`) ?? 0) - 1);
  }
  for (const [key, count] of writers) assert.equal(count, 1, key);
  for (const [key, net] of balance) {
    assert.equal(net, 0, key);
    assert.ok(writers.has(key), key);
  }
});

test('addresses and multiplicities depend on preprocessed and closed-form columns only', () => {
  for (const chip of machine.chips) {
    for (const { label, multiplicity, message } of chip.interactions) {
      assert.deepEqual(mainColumnsOf(chip, [multiplicity, message[0]!]), [], `${chip.name}: "${label}"`);
    }
  }
});

test('closed forms: the multilinear extension is the sum of eq times the rows', () => {
  const on = numberBackend((why) => assert.fail(why));
  const random = new Random(5);
  for (const chip of machine.chips) {
    const logHeight = 5;
    const columns = closedColumns(chip, 2 ** logHeight);
    const point = random.exts(logHeight);
    for (const [f, form] of chip.closedForms.entries()) {
      let sum = ext.ZERO;
      for (const [row, value] of columns[f]!.entries()) {
        let weight: ExtValue = ext.ONE;
        for (const [j, x] of point.entries()) {
          weight = ext.mul(weight, Math.floor(row / 2 ** j) % 2 === 1 ? x : ext.sub(ext.ONE, x));
        }
        sum = ext.add(sum, ext.scale(weight, value));
      }
      assert.deepEqual(form.mle<NumberWires>(on, point), sum, form.name);
      assert.ok(form.at(0) >= SPACE);
    }
  }
});

test('Permutation computes Poseidon2: sponge and Merkle rows against the plain permutation, both directions', () => {
  const c = machine.chips.findIndex(({ name }) => name === 'Permutation');
  const chip = machine.chips[c]!;
  const { columns } = laid.main[c]!;
  const messages = chipMessages(chip, columns, laid.pre[c]!);
  const seen = new Set<string>();
  for (const { row, tuple } of messages.filter((m) => m.label === 'output block')) {
    const own = messages.filter((m) => m.row === row);
    const bit = own.find((m) => m.label === 'direction bit')!.tuple[1]!;
    const isSponge = own.some((m) => m.label === 'capacity in');
    const input = columns.slice(1, 17).map((column) => column[row]!);
    const state = [...input];
    permute(state);
    const expected = state.slice(0, 8).map((x, i) => (isSponge ? x : add(x, input[i]!)));
    assert.deepEqual(tuple.slice(1), expected);
    const node = own.find((m) => m.label === 'input block')!.tuple.slice(1);
    assert.deepEqual(node, bit === 1 ? input.slice(8) : input.slice(0, 8));
    seen.add(`${isSponge ? 'sponge' : 'node'} ${bit}`);
  }
  assert.deepEqual([...seen].sort(), ['node 0', 'node 1', 'sponge 0']);
});

test('Arithmetic: the result is s1*a*b + s2*c + s3', () => {
  const chip = machine.chips[0]!;
  const random = new Random(3);
  const main = Array.from({ length: 15 }, () => random.column(3));
  const pre = Array.from({ length: 8 }, () => random.column(3));
  const at = (from: number, row: number): ExtValue =>
    [0, 1, 2, 3, 4].map((i) => main[from + i]![row]!) as unknown as ExtValue;
  for (const { row, label, tuple } of chipMessages({ ...chip, logHeight: 3 }, main, pre)) {
    if (label !== 'result') continue;
    const product = ext.scale(ext.mul(at(0, row), at(5, row)), pre[5]![row]!);
    const sum = ext.add(product, ext.scale(at(10, row), pre[6]![row]!));
    assert.deepEqual(tuple.slice(1), ext.add(sum, ext.fromBase(pre[7]![row]!)));
  }
});

test('exhaustive: one Bit row over all small sums has exactly the two outcomes 2*sum and 2*sum + 1', () => {
  const chip = { ...machine.chips[1]!, logHeight: 3 };
  const pre = [0, 0, 1, 1].map((x) => new Uint32Array(8).fill(x));
  for (const sum of [0, 1, 2, 63, P - 1, (P - 1) / 2]) {
    const results = new Set<number>();
    for (let bit = 0; bit < 5; bit++) {
      const main = [new Uint32Array(8).fill(bit), new Uint32Array(8).fill(sum)];
      if (checkChip(chip, main, pre).length > 0) continue;
      for (const m of chipMessages(chip, main, pre)) if (m.label === 'next sum') results.add(m.tuple[1]!);
    }
    assert.deepEqual(
      [...results].sort((a, b) => a - b),
      [mul(2, sum), sub(add(mul(2, sum), 1), 0)].sort((a, b) => a - b),
    );
  }
});
