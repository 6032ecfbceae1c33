/** Forged rows of a world, written down by column names. */
import assert from 'node:assert/strict';
import { cellsOf, chipIndex, columnOf, programTuples, probeOf, violations, withCells, type Cells } from './oracle.ts';
import type { World } from './world.ts';

export type Forger = {
  readonly heightOf: (chip: string) => number;
  readonly cell: (chip: string, cells: Cells, name: string) => number;
  /** Rows of a chip on which the named columns have the given values. */
  readonly rowsWhere: (chip: string, wanted: Readonly<Record<string, number>>) => number[];
  /** The first of them; it fails if there is none. */
  readonly rowWhere: (chip: string, wanted: Readonly<Record<string, number>>) => Cells;
  /** Labels violated when `changes` are made to an honest row. */
  readonly forge: (chip: string, honest: Cells, changes: Readonly<Record<string, number>>) => string[];
};

/** The rows of one world. */
export function forgerOf(world: World): Forger {
  const { machine } = world.core;
  const program = programTuples(world);
  const columnsOf = (chip: string): readonly Uint32Array[] => world.main[chipIndex(chip, machine)]?.columns ?? [];
  const heightOf = (chip: string): number => columnsOf(chip)[0]?.length ?? 0;
  const rowsWhere = (chip: string, wanted: Readonly<Record<string, number>>): number[] =>
    Array.from({ length: heightOf(chip) }, (_, row) => row).filter((row) =>
      Object.entries(wanted).every(([name, value]) => columnsOf(chip)[columnOf(chip, name, machine)]?.[row] === value),
    );
  return {
    heightOf,
    rowsWhere,
    cell: (chip, cells, name) => cells.main[columnOf(chip, name, machine)] ?? 0,
    rowWhere: (chip, wanted) => {
      const row = rowsWhere(chip, wanted)[0];
      assert.notEqual(row, undefined, `${chip}: no row with ${JSON.stringify(wanted)}`);
      return cellsOf(world, chip, row ?? 0);
    },
    forge: (chip, honest, changes) => {
      const probe = probeOf(chip, machine);
      return violations(probe, program, probe.view(honest), withCells(chip, honest, changes, machine));
    },
  };
}
