/**
 * A recorded program of the recursion machine: the rows of each chip, without values. Two runs of one verifier over
 * proofs of one shape give equal programs; `programDigest` is how that is tested.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/** What a row does with one of its cells or blocks. */
export const UNUSED = 0;
/** Writes it; the multiplicity is the number of reads in the program. */
export const WRITE = 1;
/** Reads it: compares with what is there. */
export const READ = 2;

/** Column-wise rows of Arithmetic: out = s1*a*b + s2*c + s3. `mode` is WRITE or READ (an assertion). */
export type ArithmeticRows = {
  readonly a: number[];
  readonly b: number[];
  readonly c: number[];
  readonly out: number[];
  readonly mode: number[];
  readonly s1: number[];
  readonly s2: number[];
  readonly s3: number[];
};

/** Rows of Bit. The bit's own address is its row. */
export type BitRows = { readonly sum: number[]; readonly out: number[]; readonly mode: number[] };

/** Rows of Pack, eight cells each. */
export type PackRows = {
  readonly block: number[];
  readonly blockMode: number[];
  readonly cells: number[];
  readonly cellModes: number[];
};

/** Rows of Limbs: address of the first limb. The element's own address is the row. */
export type LimbsRows = { readonly first: number[] };

/** Rows of Permutation. `secondMode` READ is a sponge row, UNUSED a Merkle row. */
export type PermutationRows = {
  readonly input: number[];
  readonly bit: number[];
  readonly second: number[];
  readonly secondMode: number[];
  readonly out: number[];
  readonly outMode: number[];
};

export type Program = {
  readonly arithmetic: ArithmeticRows;
  readonly bits: BitRows;
  readonly packs: PackRows;
  readonly limbs: LimbsRows;
  readonly permutations: PermutationRows;
};

/** The values of one run: what the traces are filled from. */
export type Witness = {
  /** Five limbs a cell of the free space, by index. */
  readonly free: readonly number[];
  readonly bits: readonly number[];
  /** Five limbs a row of Limbs. */
  readonly limbs: readonly number[];
  /** Eight elements a block of the block space. */
  readonly blocks: readonly number[];
  /** Eight elements a row of Permutation: the capacities it writes. */
  readonly capacities: readonly number[];
  /** Eight elements a row of Permutation: the sibling of a Merkle row, zero otherwise. */
  readonly siblings: readonly number[];
};

/** Number of rows each chip needs. */
export type RowCounts = {
  readonly arithmetic: number;
  readonly bits: number;
  readonly packs: number;
  readonly limbs: number;
  readonly permutations: number;
};

export function rowCounts(program: Program): RowCounts {
  return {
    arithmetic: program.arithmetic.out.length,
    bits: program.bits.sum.length,
    packs: program.packs.block.length,
    limbs: program.limbs.first.length,
    permutations: program.permutations.input.length,
  };
}

/** sha256 over every row of every chip, as hex. */
export function programDigest(program: Program): string {
  const hash = sha256.create();
  for (const [chip, rows] of Object.entries(program)) {
    for (const [name, column] of Object.entries(rows as Record<string, number[]>)) {
      hash.update(new TextEncoder().encode(`${chip}.${name}:${column.length};`));
      hash.update(new Uint8Array(Uint32Array.from(column).buffer));
    }
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
