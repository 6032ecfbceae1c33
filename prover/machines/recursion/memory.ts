/**
 * The write-once memory of the recursion machine: two buses, and how addresses are spelled.
 *
 * A cell is written by exactly one interaction, whose multiplicity is the number of its reads; every read has
 * multiplicity -1. Addresses and multiplicities are preprocessed or closed forms, so both facts are properties of the
 * verifying key: the compiler asserts them and a test re-derives them from the preprocessed traces.
 *
 * Soundness: with one writer of multiplicity k and k reads at an address, a balanced bus (k < p) forces every read to
 * return the written value. There is no order of time, but the recorder only reads cells that exist already, so the
 * program is acyclic and every cell that is not a hint is a function of the hints.
 */
import type { Backend, Wires } from '../../verifier/backend.ts';
import type { Bus, ClosedForm } from '../../air/chip.ts';

/** RMEM(address, five limbs): elements of F. A base element has four zero limbs. */
export const RMEM: Bus = { name: 'RMEM', id: 1, length: 6 };
/** DMEM(address, eight base elements): digests, hash blocks, program outputs. */
export const DMEM: Bus = { name: 'DMEM', id: 2, length: 9 };

/** Rows of one chip and cells of one space: fewer than 2^26, so that the spaces below do not meet and stay below p. */
export const SPACE = 2 ** 26;

/** Space of RMEM that Arithmetic, Pack and the sums of Bit write; the address is a preprocessed column. */
export const FREE_SPACE = 0;
/** In these two the address is SPACE * space + row of the chip that writes the cell. */
export const BIT_SPACE = 1;
export const LIMBS_SPACE = 2;

/** Spaces of DMEM: blocks with preprocessed addresses, and the capacities that Permutation writes, one per row. */
export const BLOCK_SPACE = 0;
export const CAPACITY_SPACE = 1;

/** Blocks 0..3 are the program's outputs, received by the verifier: eight public values each. */
export const OUTPUT_BLOCKS = 4;
/** A block of eight zeros, written by row 0 of Pack: what unused permutations and empty sponges read. */
export const ZERO_BLOCK = OUTPUT_BLOCKS;
/** Felts of the public-value vector of every recursion program. */
export const PUBLIC_VALUES = 8 * OUTPUT_BLOCKS;

/** Free cells 0..4 hold zero, 5 holds one (rows 0..5 of Arithmetic): what unused operands read. */
export const ZERO_CELL = 0;
export const ZERO_CELLS = 5;
export const ONE_CELL = 5;

/** The column offset + row: addresses that cost no commitment. */
export function rowIndexForm(name: string, offset: number): ClosedForm {
  return {
    name,
    at: (row) => offset + row,
    mle: <W extends Wires>(on: Backend<W>, point: readonly W['ext'][]): W['ext'] =>
      point.reduce<W['ext']>(
        (sum, x, j) => on.extAdd(on.extMulConst(x, 2 ** j), sum),
        on.extConst([offset, 0, 0, 0, 0]),
      ),
  };
}
