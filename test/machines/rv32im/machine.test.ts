import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chipMessages, formatReport } from '../../../prover/air/checker.ts';
import { machineProblems } from '../../../prover/air/machine.ts';
import { PUBLIC_VALUE_NAMES } from '../../../prover/machines/rv32im/public-values.ts';
import { exitCodeOf } from '../../support/final-words.ts';
import { cellsOf, chipIndex, programTuples, probeOf, violations, withCells } from './oracle.ts';
import { CORE, CORNERS, EVERYTHING_INPUT, MACHINE, check, everything, worldOf } from './world.ts';

test('the machine is well formed and its buses are distinct', () => {
  assert.deepEqual(machineProblems(MACHINE), []);
  assert.equal(new Set(CORE.buses.map(({ id }) => id)).size, CORE.buses.length);
  assert.equal(PUBLIC_VALUE_NAMES.length, MACHINE.publicValueCount);
  const groups = MACHINE.chips.reduce((total, chip) => total + chip.groups.length, 0);
  assert.ok(groups <= 128, `${groups} groups need more than 7 bits of the GKR leaf index`);
});

test('every operation on all pairs of corner values satisfies all constraints and balances all buses', () => {
  const world = worldOf(everything(CORNERS), EVERYTHING_INPUT, 7);
  const report = check(world);
  assert.ok(report.ok, formatReport(report));
  assert.equal(exitCodeOf(world.record), 7);
  for (const chip of MACHINE.chips.slice(0, chipIndex('Boundary'))) {
    const { columns } = world.main[chipIndex(chip.name)] ?? { columns: [] };
    const messages = chipMessages(chip, columns);
    for (const { label } of chip.interactions) {
      assert.ok(
        messages.some((message) => message.label === label),
        `${chip.name}: no row uses "${label}"`,
      );
    }
  }
});

test('the smallest program, which touches no RAM', () => {
  const world = worldOf('_start: nop');
  const report = check(world);
  assert.ok(report.ok, formatReport(report));
  assert.equal(world.publicValues.at(-1), 4 * (world.record.cycles + 1));
});

test('the row oracle agrees with the checker of the whole machine', () => {
  const world = worldOf(everything([1, -5]), EVERYTHING_INPUT);
  const program = programTuples(world);
  const corruptions: [string, number, Record<string, number>][] = [
    ['AddImm', 3, { 'a[0]': 9 }],
    ['Branch', 1, { nextPc: 4 }],
    ['LoadWord', 0, { 'ramOrder[1]': 70000 }],
    ['Ecall', 0, { 'a0After[1]': 65536 }],
    ['Boundary', 0, { 'final[0]': 5 }],
    ['Merkle', 0, { index: 5 }],
    ['Poseidon2', 0, { 'partial[19]': 5 }],
  ];
  for (const [name, row, changes] of corruptions) {
    const before = cellsOf(world, name, row);
    const after = withCells(name, before, changes);
    const labels = violations(probeOf(name), program, probeOf(name).view(before), after);
    assert.notEqual(labels.length, 0, name);
    const main = world.main.map((trace, i) => {
      if (i !== chipIndex(name)) return trace;
      const columns = trace.columns.map((column, c) => {
        const copy = column.slice();
        copy[row] = after.main[c] ?? 0;
        return copy;
      });
      return { ...trace, columns };
    });
    const report = check(world, main);
    const reported = new Set([
      ...report.violations.map(({ label }) => label),
      ...report.imbalances.flatMap(({ entries }) => entries.filter((e) => e.chip === name).map((e) => e.label)),
    ]);
    for (const label of labels) assert.ok(reported.has(label), `${name}: checker does not report "${label}"`);
  }
});

test('public values are bound: any change leaves a bus unbalanced or an assertion false', () => {
  const world = worldOf('_start: nop', [], 5);
  for (const [i, name] of PUBLIC_VALUE_NAMES.entries()) {
    const publicValues = world.publicValues.map((value, j) => (i === j ? value + 1 : value));
    assert.equal(check({ ...world, publicValues }).ok, false, name);
  }
  // The key says where an execution begins, and no term does: whoever makes a statement of a whole execution compares.
  assert.deepEqual(world.publicValues.slice(0, 9), world.keyFelts);
  // Pitfall 21: the state before and the state after swapped.
  const states = [world.publicValues.slice(0, 9), world.publicValues.slice(9, 18)];
  const publicValues = [...states.toReversed().flat(), ...world.publicValues.slice(18)];
  assert.equal(check({ ...world, publicValues }).ok, false);
});

test('times of 2^24 and more, and times that are no multiple of 4, are refused by the boundary', () => {
  const world = worldOf('_start: nop');
  for (const endTime of [2 ** 24, 2 ** 24 + 4, 2 ** 23 + 2, 2 ** 23 + 1]) {
    const report = check({ ...world, publicValues: [...world.publicValues.slice(0, -1), endTime] });
    assert.ok(
      report.boundary.some((why) => why.includes('end time')),
      String(endTime),
    );
  }
});

test('shifts: every amount, kind and form, also amounts above 31 in a register', () => {
  const lines = ['_start:'];
  for (const word of [0x80000001 | 0, 0x7fedcba9, -1]) {
    for (let amount = 0; amount < 64; amount++) {
      lines.push(`li x6, ${word}`, `li x7, ${amount + 0x5a00}`);
      for (const kind of ['sll', 'srl', 'sra']) {
        lines.push(`${kind} x8, x6, x7`);
        if (amount < 32) lines.push(`${kind}i x9, x6, ${amount}`);
      }
    }
  }
  const report = check(worldOf(lines.join('\n')));
  assert.ok(report.ok, formatReport(report));
});
