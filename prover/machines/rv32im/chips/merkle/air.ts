/**
 * Merkle: the memory tree between its root and the touched quads, before and after the shard at once. A row receives a node
 * and sends those of its children that are touched; the others are the same before and after.
 *
 * Soundness: the tree bus is a permutation bus. The only tuple of level 27 that is sent is the verifier's: a row that sends
 * level 27 receives level 28, whose sender receives level 29, and so on through p levels, more than there are rows. So by
 * induction downwards each (level, index) is received at most once, by a row here or, at level 0 alone, by Boundary, and its
 * digests are bound by those of the root, or a collision of the compression is known. Then the digests of quads before lie in
 * the root before, the digests after in the root after, with the same siblings, and what has no row is equal in both.
 *
 * **What was before and after travels in one tuple.** A row at level 0 or below ends in sides that are untouched, as nothing
 * receives a negative level but rows like it; so it claims that nothing changed, and forgeries that reach below a leaf, where
 * indices collide 31 levels down (CVE-2026-62333), change nothing. With one tuple for each of the two there would have to be
 * range checks of level and index here.
 *
 * A row per node and version with the permutation inside would save a bus, and 857 rows of its recursive verifier; but it
 * needs the range check of the level, and the version in the tuple (else X -> Y and Y -> X cancel).
 */
import { chip } from '../../../../air/chip.ts';
import { HASH, MERKLE } from '../../buses.ts';
import { COLUMNS } from './columns.ts';

export const MERKLE_CHIP = chip({
  name: 'Merkle',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, level, index, outInit, outFinal } = row;
    const sides = [
      { name: 'left', touched: row.touchedLeft, init: row.leftInit, final: row.leftFinal, child: index.mul(2) },
      {
        name: 'right',
        touched: row.touchedRight,
        init: row.rightInit,
        final: row.rightFinal,
        child: index.mul(2).add(1),
      },
    ] as const;
    air.receive(MERKLE, real, [level, index, ...outInit, ...outFinal], 'merkle: this node');
    for (const { name, touched, init, final, child } of sides) {
      // Soundness: a padding row that sent a child would give the tree a second root.
      air.zero(touched.mul(air.constant(1).sub(real)), `${name} child is touched only on real rows`);
      for (const [i, before] of init.entries()) {
        air.zero(real.sub(touched).mul(before.sub(final[i]!)), `${name} child is untouched: lane ${i} is kept`);
      }
      air.send(MERKLE, touched, [level.sub(1), child, ...init, ...final], `merkle: ${name} child`);
    }
    air.send(HASH, real, [...row.leftInit, ...row.rightInit, ...outInit], 'hash: before');
    air.send(HASH, real, [...row.leftFinal, ...row.rightFinal, ...outFinal], 'hash: after');
  },
});
