import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkChip, checkMachine, chipMessages, formatReport, type CheckInput } from '../../prover/air/checker.ts';
import { BlockEvaluator, chipRoots, evaluateGraph, evaluateRow, mulModP } from '../../prover/air/evaluate.ts';
import { numberBackend } from '../../prover/air/number-backend.ts';
import * as ext from '../../prover/field/extension.ts';
import { P } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { toyMachine, toyWitness } from '../support/toy-machine.ts';

const machine = toyMachine();

function input(change?: (witness: ReturnType<typeof toyWitness>) => void): CheckInput {
  const witness = toyWitness(5, 3, 3, 3);
  change?.(witness);
  return { machine, ...witness };
}

function set(witness: ReturnType<typeof toyWitness>, chip: number, column: number, row: number, value: number): void {
  const cells = witness.trace[chip]?.columns[column];
  assert.ok(cells);
  cells[row] = value;
}

test('an honest witness passes', () => {
  const report = checkMachine(input());
  assert.equal(formatReport(report), 'all constraints hold and all buses balance');
  assert.equal(report.ok, true);
});

test('a violated constraint is reported with chip, row, label and columns, all of them', () => {
  const report = checkMachine(input((w) => set(w, 1, 3, 2, 1)));
  assert.equal(report.ok, false);
  assert.deepEqual(
    report.violations.map((v) => [v.chip, v.row, v.label]),
    [
      ['Cube', 2, 'cube'],
      ['Cube', 2, 'cube from square'],
    ],
  );
  assert.equal(report.violations[1]?.columns['cube'], 1);
  assert.equal(report.violationCount, 2);
});

test('an unbalanced tuple is reported with every contributor', () => {
  const report = checkMachine(input((w) => set(w, 2, 0, 3, 9)));
  assert.equal(report.violationCount, 0);
  assert.equal(report.imbalances.length, 1);
  const [imbalance] = report.imbalances;
  assert.deepEqual([imbalance?.bus, imbalance?.tuple, imbalance?.net], ['RANGE', [3], -8]);
  assert.deepEqual(
    imbalance?.entries.map((e) => [e.chip, e.row, e.label]),
    [
      ['Step', 0, 'increment is small'],
      ['Range', 3, 'table row'],
    ],
  );
});

test('a wrong public value leaves the boundary tuple open', () => {
  const honest = input();
  const report = checkMachine({ ...honest, publicValues: [7, 8, 5] });
  assert.equal(report.imbalances.length, 2);
  assert.ok(report.imbalances.some((i) => i.entries.some((e) => e.chip === 'boundary')));
});

test('pitfall 10: multiplicities 1, 2 and -1 in padding rows are found', () => {
  for (const value of [1, 2, P - 1]) {
    assert.equal(checkMachine(input((w) => set(w, 0, 0, 6, value))).ok, false);
    assert.equal(checkMachine(input((w) => set(w, 1, 0, 6, value))).ok, false);
    assert.equal(checkMachine(input((w) => set(w, 3, 0, 7, value))).ok, false);
  }
});

test('pitfall 8: equal payloads on two buses do not cancel', () => {
  const messages = chipMessages(machine.chips[0]!, input().trace[0]!.columns);
  assert.equal(messages.filter((m) => m.bus === 'STATE').length, 10);
  const report = checkMachine(input((w) => set(w, 2, 0, 0, 1)));
  assert.deepEqual(report.imbalances[0]?.tuple, [0]);
});

test('wrong shapes and non-canonical cells are named, not thrown', () => {
  assert.match(checkMachine(input((w) => set(w, 0, 2, 1, P))).shape.join(), /column x row 1 is not canonical/);
  const honest = input();
  assert.equal(checkMachine({ ...honest, trace: honest.trace.slice(1) }).ok, false);
  assert.equal(checkMachine({ ...honest, publicValues: [1] }).ok, false);
  assert.match(checkMachine({ ...honest, preprocessed: [[], [], [], []] }).shape.join(), /preprocessed columns/);
});

test('maxPerLabel limits the list, not the count', () => {
  const broken = input((w) => w.trace[1]?.columns[2]?.fill(5));
  const report = checkMachine({ ...broken, maxPerLabel: 1 });
  assert.equal(report.violations.length, 2);
  assert.equal(report.violationCount, 13);
  assert.equal(checkChip(machine.chips[1]!, broken.trace[1]!.columns).length, 13);
});

test('mulModP equals the bigint product on edges and random operands', () => {
  const edges = [0, 1, 2, P - 1, P - 2, 65535, 65536, 2 ** 24, 2 ** 30, (P - 1) / 2, (P + 1) / 2];
  let seed = 12345;
  const random = (): number => (seed = Number((BigInt(seed) * 48271n) % 2147483647n)) % P;
  const operands = [...edges, ...Array.from({ length: 300 }, random)];
  for (const a of operands) {
    for (const b of operands) assert.equal(mulModP(a, b), Number((BigInt(a) * BigInt(b)) % BigInt(P)));
  }
});

test('blocks, single rows and the backend evaluation agree', () => {
  const witness = toyWitness(5, 3, 3, 3);
  const on = numberBackend((why) => assert.fail(why));
  for (const [i, chip] of machine.chips.entries()) {
    const main = witness.trace[i]!.columns;
    const pre = witness.preprocessed[i]!;
    const height = main[0]!.length;
    const closed = chip.closedForms.map((f) => Uint32Array.from({ length: height }, (_, row) => f.at(row)));
    const roots = chipRoots(chip);
    const blocks = new BlockEvaluator(chip.graph, roots, 4);
    for (let start = 0; start < height; start += 4) {
      blocks.run({ main, pre, closed }, start, 4);
      for (let row = start; row < start + 4; row++) {
        const at = (columns: readonly Uint32Array[]): number[] => columns.map((c) => c[row]!);
        const numbers = { main: at(main), pre: at(pre), closed: at(closed) };
        const lift = (values: number[]): ExtValue[] => values.map(ext.fromBase);
        const wires = evaluateGraph(on, chip.graph, roots, {
          main: lift(numbers.main),
          pre: lift(numbers.pre),
          closed: lift(numbers.closed),
        });
        const single = evaluateRow(chip.graph, roots, numbers);
        for (const [r, root] of roots.entries()) {
          assert.equal(blocks.at(root)[row - start], single[r]);
          assert.deepEqual(wires(root), ext.fromBase(single[r]!));
        }
      }
    }
  }
});
