/** Inner products of columns with eq weights on parts of their rows: what the rounds over columns are made of. */
import { fromMontgomery } from '../../field/montgomery.ts';
import type { ExtValue } from '../../field/types.ts';
import { at } from '../../core/lists.ts';
import type { BasePtr, ExtBuffer, ExtVectors } from '../../poly/ext-vectors.ts';

/** Rows from `offset` on, 2^logHeight (at least 4), a multiple of which `offset` is. */
export type Segment = { readonly logHeight: number; readonly offset: number };

/** Elements that the first fold of one round of columns may take. */
const ROUND_ELEMENTS = 2 ** 20;
/** Columns of a round are a multiple of this, so that vectors of one element a column are whole lanes. */
const LANES = 4;

/**
 * For every segment, and for every column of 2^logRows words in Montgomery form, the sum over the segment's rows of the column
 * times eq(point[0 .. logHeight), row).
 *
 * All of them are entries of the column with its lowest 2, 3, ... variables bound to `point`, so it is one pass over the
 * columns, whatever the number of segments.
 */
export function segmentDots(
  vectors: ExtVectors,
  columns: readonly BasePtr[],
  logRows: number,
  point: readonly ExtValue[],
  segments: readonly Segment[],
): ExtValue[][] {
  const dots = segments.map((): ExtValue[] => []);
  if (segments.length === 0) return dots;
  const each = 2 ** (logRows - 2);
  const perRound = LANES * Math.max(1, Math.floor(ROUND_ELEMENTS / (LANES * each)));
  const highest = Math.max(...segments.map(({ logHeight }) => logHeight));
  for (let first = 0; first < columns.length; first += perRound) {
    const round = columns.slice(first, first + perRound);
    vectors.pool.arena.scope(() => {
      const whole = Math.ceil(round.length / LANES) * LANES;
      const filled = Array.from({ length: whole }, (_, c) => round[c] ?? at(round, 0));
      let bound = vectors.alloc(whole * each);
      vectors.foldTwoBase(filled, bound, each, [at(point, 0), at(point, 1)]);
      for (let h = 2; ; h++) {
        const read = reader(vectors, bound);
        const length = 2 ** (logRows - h);
        for (const [s, segment] of segments.entries()) {
          if (segment.logHeight !== h) continue;
          for (const c of round.keys()) at(dots, s).push(read(c * length + segment.offset / 2 ** h));
        }
        if (h === highest) break;
        const next = vectors.alloc(bound.length / 2);
        vectors.fold(bound, next, at(point, h), 'lowest');
        bound = next;
      }
    });
  }
  return dots;
}

/** Reads elements through one view. */
function reader({ pool }: ExtVectors, { ptr, length, plane }: ExtBuffer): (i: number) => ExtValue {
  const words = pool.arena.u32(ptr, plane + length);
  const limb = (i: number, k: number): number => fromMontgomery(words[(plane / 4) * k + i] ?? 0);
  return (i) => [limb(i, 0), limb(i, 1), limb(i, 2), limb(i, 3), limb(i, 4)];
}
