/** The recursion machine: five chips of constant heights, one write-once memory. Column counts are in docs/generated/recursion-map.md. */
import { recordChip } from '../../air/chip.ts';
import type { BoundaryTerm, Machine } from '../../air/machine.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { arithmeticChip } from './chips/arithmetic.ts';
import { bitChip } from './chips/bit.ts';
import { limbsChip } from './chips/limbs.ts';
import { packChip } from './chips/pack.ts';
import { permutationChip } from './chips/permutation.ts';
import { BLOCK_SPACE, DMEM, OUTPUT_BLOCKS, PUBLIC_VALUES, SPACE } from './memory.ts';

/** log2 of the rows of each chip; part of the machine, so all programs that share them share verifier and parameters. */
export type RecursionHeights = {
  readonly arithmetic: number;
  readonly bits: number;
  readonly packs: number;
  readonly limbs: number;
  readonly permutations: number;
};

/** Chips in the machine's order: positions in its traces. */
export const CHIP_ORDER = ['arithmetic', 'bits', 'packs', 'limbs', 'permutations'] as const;

/**
 * The machine with these heights. Its public values are the blocks 0..3 of DMEM, 32 felts; it has no key felts (the
 * program is the preprocessed trace). RangeError for a height outside 3..26.
 */
export function recursionMachine(heights: RecursionHeights): Machine {
  for (const name of CHIP_ORDER) {
    const height = heights[name];
    if (!Number.isInteger(height) || height < 3 || height > 26) {
      throw new RangeError(`"heights.${name}" expected 3..26, got ${height}`);
    }
  }
  return {
    name: 'recursion',
    chips: [
      arithmeticChip(heights.arithmetic),
      bitChip(heights.bits),
      packChip(heights.packs),
      limbsChip(heights.limbs),
      permutationChip(heights.permutations),
    ].map((definition) => recordChip(definition)),
    publicValueCount: PUBLIC_VALUES,
    publicValueNames: Array.from({ length: PUBLIC_VALUES }, (_, i) => `out[${i}]`),
    keyFeltNames: [],
    boundary: receiveOutputs,
  };
}

/** The verifier reads every output block exactly once. */
function receiveOutputs<W extends Wires>(on: Backend<W>, publicValues: readonly W['felt'][]): BoundaryTerm<W>[] {
  return Array.from({ length: OUTPUT_BLOCKS }, (_, block) => ({
    bus: DMEM,
    sign: -1,
    multiplicity: on.feltConst(1),
    message: [on.feltConst(SPACE * BLOCK_SPACE + block), ...publicValues.slice(8 * block, 8 * block + 8)],
  }));
}
