/**
 * No label is dead: for every constraint and interaction of every chip there is a one-cell corruption of a real row that
 * the label reports, and for most labels one that nothing else reports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkChip, chipMessages } from '../../../prover/air/checker.ts';
import type { RecordedChip } from '../../../prover/air/chip.ts';
import { cellsOf, chipIndex, probeOf, violations } from './oracle.ts';
import { randomSource, search } from './solver.ts';
import { type Corruption, findCorruptions, program, world } from './corruptions.ts';
import { MACHINE } from './world.ts';

/** For a label that one-cell corruptions only report together with others: repairs the others by search, if possible. */
function isolate(chip: RecordedChip, label: string, known: Corruption): Corruption {
  const probe = probeOf(chip.name);
  const honest = cellsOf(world, chip.name, known.row);
  const before = probe.view(honest);
  const cells = search({
    probe,
    program,
    honest,
    ignore: new Set(),
    allowed: new Set([label]),
    // A chip with hundreds of equations that follow from each other is not searched long.
    tries: chip.constraints.length > 100 ? 2 : 250,
    random: randomSource(label.length + known.row),
    accept: (found) => violations(probe, program, before, found).includes(label),
  });
  return cells === undefined ? known : { row: known.row, cells, others: [] };
}

/** Confirms with the checker proper that the corrupted row reports the label. */
function confirm(chip: RecordedChip, label: string, { row, cells }: Corruption): boolean {
  const replace = (columns: readonly Uint32Array[], values: readonly number[]): Uint32Array[] =>
    columns.map((column, c) => {
      const copy = column.slice();
      copy[row] = values[c] ?? 0;
      return copy;
    });
  const index = chipIndex(chip.name);
  const mainBefore = world.main[index]?.columns ?? [];
  const preBefore = world.preprocessed[index] ?? [];
  const main = replace(mainBefore, cells.main);
  const pre = replace(preBefore, cells.pre);
  if (chip.constraints.some((constraint) => constraint.label === label)) {
    return checkChip(chip, main, pre).some((violation) => violation.label === label && violation.row === row);
  }
  const only = (messages: ReturnType<typeof chipMessages>): string =>
    JSON.stringify(messages.filter((message) => message.label === label && message.row === row));
  return only(chipMessages(chip, main, pre)) !== only(chipMessages(chip, mainBefore, preBefore));
}

/**
 * Share of labels that some corruption reports alone; a floor so that coverage cannot rot. The rest share their cells with
 * another label in every row that was tried: a message that is received and sent on, a carry and the limb above it. Poseidon2
 * is not counted: each of its cells enters all rounds after it.
 */
const MIN_ALONE = 0.5;
const coverage: { readonly chip: string; readonly alone: number; readonly labels: number }[] = [];

for (const chip of MACHINE.chips) {
  test(`${chip.name}: every label can be violated`, () => {
    const best = findCorruptions(chip);
    const labels = [...chip.constraints, ...chip.interactions].map(({ label }) => label);
    const uncovered = labels.filter((label) => !best.has(label));
    assert.deepEqual(uncovered, []);
    let alone = 0;
    for (const label of labels) {
      const known = best.get(label);
      if (known === undefined) continue;
      const corruption = known.others.length === 0 ? known : isolate(chip, label, known);
      if (corruption.others.length === 0) alone++;
      assert.ok(confirm(chip, label, corruption), `the checker does not report "${label}"`);
    }
    coverage.push({ chip: chip.name, alone, labels: labels.length });
  });
}

test('most labels have a corruption that nothing else reports', (t) => {
  assert.equal(coverage.length, MACHINE.chips.length);
  const counted = coverage.filter(({ chip }) => chip !== 'Poseidon2');
  const alone = counted.reduce((total, entry) => total + entry.alone, 0);
  const labels = counted.reduce((total, entry) => total + entry.labels, 0);
  t.diagnostic(`${alone} of ${labels} labels are reported alone`);
  for (const entry of coverage) t.diagnostic(`${entry.chip}: ${entry.alone} of ${entry.labels}`);
  assert.ok(alone >= MIN_ALONE * labels, `${alone} of ${labels}`);
});
