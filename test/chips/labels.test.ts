/**
 * No label is dead: for every constraint and interaction of every chip there is a one-cell corruption of a real row that
 * the label reports, and for most labels one that nothing else reports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkChip, chipMessages } from '../../prover/air/checker.ts';
import type { RecordedChip } from '../../prover/air/chip.ts';
import { P } from '../../prover/field/koalabear.ts';
import { cellsOf, chipIndex, programTuples, probeOf, violations, type Cells } from './oracle.ts';
import { randomSource, search } from './solver.ts';
import { EVERYTHING_INPUT, MACHINE, everything, worldOf } from './world.ts';

type Corruption = { readonly row: number; readonly cells: Cells; readonly others: readonly string[] };

const world = worldOf(everything([1, -0x7fff1234, 0]), EVERYTHING_INPUT);
const program = programTuples(world);

/** Up to three rows for every combination of boolean cells, and the last row. */
function sampleRows(chip: RecordedChip): number[] {
  const columns = world.main[chipIndex(chip.name)]?.columns ?? [];
  const height = columns[0]?.length ?? 0;
  const seen = new Map<string, number>();
  const rows: number[] = [];
  for (let row = 0; row < height; row++) {
    const flags = chip.columns.filter(({ kind }) => kind === 'bool').map(({ index }) => columns[index]?.[row]);
    const key = flags.join();
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    if (count < 3 && rows.length < 150) rows.push(row);
  }
  if (!rows.includes(height - 1)) rows.push(height - 1);
  return rows;
}

function candidates(value: number): number[] {
  const shifts = [1, -1, 2, 4, 128, 256, 65536, -65536, 2 ** 24];
  const absolute = [0, 1, 2, 3, P - 1, 65535, 65536, 2 ** 30, 123456789];
  const all = [...absolute, ...shifts.map((d) => (value + d + P) % P)];
  return all.filter((candidate) => candidate !== value);
}

function findCorruptions(chip: RecordedChip): Map<string, Corruption> {
  const best = new Map<string, Corruption>();
  const probe = probeOf(chip.name);
  for (const row of sampleRows(chip)) {
    const honest = cellsOf(world, chip.name, row);
    const before = probe.view(honest);
    assert.deepEqual(violations(probe, program, before, honest), [], `${chip.name} row ${row} is honest`);
    for (const source of ['main', 'pre'] as const) {
      for (const [index, value] of honest[source].entries()) {
        for (const candidate of candidates(value)) {
          const cells = { ...honest, [source]: honest[source].map((v, i) => (i === index ? candidate : v)) };
          const labels = violations(probe, program, before, cells);
          for (const label of labels) {
            const known = best.get(label);
            if (known !== undefined && known.others.length < labels.length) continue;
            best.set(label, { row, cells, others: labels.filter((other) => other !== label) });
          }
        }
      }
    }
  }
  return best;
}

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
    tries: 250,
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
 * another label in every row that was tried: a message that is received and sent on, a carry and the limb above it.
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
  const alone = coverage.reduce((total, entry) => total + entry.alone, 0);
  const labels = coverage.reduce((total, entry) => total + entry.labels, 0);
  t.diagnostic(`${alone} of ${labels} labels are reported alone`);
  for (const entry of coverage) t.diagnostic(`${entry.chip}: ${entry.alone} of ${entry.labels}`);
  assert.ok(alone >= MIN_ALONE * labels, `${alone} of ${labels}`);
});
