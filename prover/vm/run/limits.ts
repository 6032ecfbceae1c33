/** What one shard has room for, as data: the machine and the tier decide, the recorder counts. */
import type { Family } from '../isa/operations.ts';

/**
 * What gives chips their rows: instructions of a family, touched quads, inner nodes above them, permutations that hash these,
 * calls of an extension by number, and words that they access.
 */
export type Counter = Family | 'quads' | 'nodes' | 'permutations' | `calls:${number}` | `accesses:${number}`;

/** A chip whose height depends on the execution. */
export type ShardChip = {
  readonly name: string;
  /** Columns that count as cells. */
  readonly columns: number;
  /** The height is a power of two, at least this one. */
  readonly minLogHeight: number;
  /** How many rows one of each counted thing takes. */
  readonly rows: readonly { readonly of: Counter; readonly each: number }[];
};

/** What a shard may hold: heights of chips, and cells of all chips, each at its height. */
export type ShardLimits = {
  readonly maxLogHeight: number;
  readonly maxCells: number;
  /** Cells of chips whose height the program or the machine fixes. */
  readonly fixedCells: number;
  readonly chips: readonly ShardChip[];
};

/** Without limits: what fits into the times of one shard. */
export const NO_LIMITS: ShardLimits = { maxLogHeight: 31, maxCells: Infinity, fixedCells: 0, chips: [] };
