/** Corruptions of real rows: for every label of a chip, one changed cell that violates it. */
import assert from 'node:assert/strict';
import type { RecordedChip } from '../../../prover/air/chip.ts';
import { P } from '../../../prover/field/koalabear.ts';
import { cellsOf, chipIndex, programTuples, probeOf, violations, type Cells } from './oracle.ts';
import { EVERYTHING_INPUT, everything, worldOf, type World } from './world.ts';

/** One changed cell of one row, and what else it makes the checker report. */
export type Corruption = { readonly row: number; readonly cells: Cells; readonly others: readonly string[] };

/** A run of a program that uses every chip. */
export const world = worldOf(everything([1, -0x7fff1234, 0]), EVERYTHING_INPUT);
export const program = programTuples(world);

/** Up to three rows for every combination of boolean cells, and the last row. */
function sampleRows(world: World, chip: RecordedChip): number[] {
  const columns = world.main[chipIndex(chip.name, world.core.machine)]?.columns ?? [];
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

/** For every label that some single changed cell violates, the corruption with the fewest other reports. */
export function findCorruptions(chip: RecordedChip, of: World = world): Map<string, Corruption> {
  const best = new Map<string, Corruption>();
  const probe = probeOf(chip.name, of.core.machine);
  const tuples = of === world ? program : programTuples(of);
  for (const row of sampleRows(of, chip)) {
    const honest = cellsOf(of, chip.name, row);
    const before = probe.view(honest);
    assert.deepEqual(violations(probe, tuples, before, honest), [], `${chip.name} row ${row} is honest`);
    for (const source of ['main', 'pre'] as const) {
      for (const [index, value] of honest[source].entries()) {
        for (const candidate of candidates(value)) {
          const cells = { ...honest, [source]: honest[source].map((v, i) => (i === index ? candidate : v)) };
          const labels = violations(probe, tuples, before, cells);
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
