/** From a program and the values of one run to the main columns of the recursion machine. */
import type { MachineTrace } from '../../air/machine.ts';
import { WIDTH } from '../../hash/poseidon2-koalabear.ts';
import { fillRounds } from '../shared/poseidon2-fill.ts';
import { ARITHMETIC } from './chips/arithmetic.ts';
import { BIT } from './chips/bit.ts';
import { LIMBS } from './chips/limbs.ts';
import { PACK } from './chips/pack.ts';
import { PERMUTATION } from './chips/permutation.ts';
import { columnOffsets, listColumns, mapColumns, type Columns } from '../../air/columns.ts';
import { checkFits } from './preprocess.ts';
import { CHIP_ORDER, type RecursionHeights } from './machine.ts';
import { BIT_SPACE, BLOCK_SPACE, FREE_SPACE, SPACE } from './memory.ts';
import { READ, rowCounts, type Program, type Witness } from './program.ts';

/** Main traces per chip, in the machine's order. */
export function mainTraces(program: Program, witness: Witness, heights: RecursionHeights): MachineTrace {
  checkFits(program, heights);
  const fill = { arithmetic, bits, packs, limbs, permutations };
  const layouts = { arithmetic: ARITHMETIC, bits: BIT, packs: PACK, limbs: LIMBS, permutations: PERMUTATION };
  return CHIP_ORDER.map((name) => {
    const columns = emptyColumns(layouts[name], heights[name]);
    fill[name](program, witness, columns);
    return { logHeight: heights[name], columns };
  });
}

function emptyColumns(layout: Columns, logHeight: number): Uint32Array[] {
  return listColumns(layout).map(() => new Uint32Array(2 ** logHeight));
}

/** Limb `limb` of a cell. */
function cellLimb(witness: Witness, address: number, limb: number): number {
  const space = Math.floor(address / SPACE);
  const index = address % SPACE;
  if (space === FREE_SPACE) return witness.free[5 * index + limb]!;
  if (space === BIT_SPACE) return limb === 0 ? witness.bits[index]! : 0;
  return witness.limbs[5 * index + limb]!;
}

function blockElement(witness: Witness, address: number, i: number): number {
  const index = address % SPACE;
  const isBlock = Math.floor(address / SPACE) === BLOCK_SPACE;
  return (isBlock ? witness.blocks : witness.capacities)[8 * index + i]!;
}

function arithmetic({ arithmetic: rows }: Program, witness: Witness, columns: readonly Uint32Array[]): void {
  const offsets = columnOffsets(ARITHMETIC);
  for (const name of ['a', 'b', 'c'] as const) {
    for (let limb = 0; limb < 5; limb++) {
      const column = columns[offsets[name][limb]!]!;
      for (const [row, address] of rows[name].entries()) column[row] = cellLimb(witness, address, limb);
    }
  }
}

function bits({ bits: rows }: Program, witness: Witness, columns: readonly Uint32Array[]): void {
  const offsets = columnOffsets(BIT);
  for (const [row, address] of rows.sum.entries()) {
    columns[offsets.bit]![row] = witness.bits[row]!;
    columns[offsets.sum]![row] = cellLimb(witness, address, 0);
  }
}

function packs({ packs: rows }: Program, witness: Witness, columns: readonly Uint32Array[]): void {
  for (const [i, address] of rows.cells.entries()) columns[i % 8]![Math.floor(i / 8)] = cellLimb(witness, address, 0);
}

function limbs({ limbs: rows }: Program, witness: Witness, columns: readonly Uint32Array[]): void {
  for (let i = 0; i < 5 * rows.first.length; i++) columns[i % 5]![Math.floor(i / 5)] = witness.limbs[i]!;
}

function permutations(program: Program, witness: Witness, columns: readonly Uint32Array[]): void {
  const rows = program.permutations;
  const count = rowCounts(program).permutations;
  const state = new Array<number>(WIDTH).fill(0);
  const column = mapColumns(PERMUTATION, ({ index }) => columns[index]!);
  const height = column.bit.length;
  for (let row = 0; row < height; row++) {
    state.fill(0);
    let bit = 0;
    if (row < count) {
      bit = cellLimb(witness, rows.bit[row]!, 0);
      const isSponge = rows.secondMode[row] === READ;
      for (let i = 0; i < 8; i++) {
        const node = blockElement(witness, rows.input[row]!, i);
        const other = isSponge ? blockElement(witness, rows.second[row]!, i) : witness.siblings[8 * row + i]!;
        state[i] = bit === 1 ? other : node;
        state[8 + i] = bit === 1 ? node : other;
      }
    }
    if (row > count) {
      copyRow(columns, count, row);
      continue;
    }
    column.bit[row] = bit;
    fillRounds(state, column, row);
  }
}

function copyRow(columns: readonly Uint32Array[], from: number, to: number): void {
  for (const column of columns) column[to] = column[from]!;
}
