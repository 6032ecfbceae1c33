/**
 * Merkle trees of arity 8 over BN254 scalars. A level consumes three index bits; if the depth is not a multiple of three, the
 * top level has two or four children and the constant 0 in the other places. Depth is static.
 */
import { compress } from './poseidon2-bn254.ts';

const ARITY_BITS = 3;

/** Index bits of each level, lowest first: 3, 3, ..., and the rest at the top. */
export function levelBits(logRows: number): number[] {
  const levels = new Array<number>(Math.floor(logRows / ARITY_BITS)).fill(ARITY_BITS);
  if (logRows % ARITY_BITS !== 0) levels.push(logRows % ARITY_BITS);
  return levels;
}

/** Digests of an authentication path: all siblings of every level. */
export function pathLengthBn(logRows: number): number {
  return levelBits(logRows).reduce((sum, bits) => sum + 2 ** bits - 1, 0);
}

/** All levels, `levels[0]` the leaf digests; the last one is the root alone. */
export function buildTreeBn(leaves: readonly bigint[], hash: typeof compress = compress): bigint[][] {
  const logRows = Math.log2(leaves.length);
  if (!Number.isInteger(logRows)) throw new RangeError(`"leaves" expected a power of two, got ${leaves.length}`);
  const levels = [[...leaves]];
  for (const bits of levelBits(logRows)) {
    const below = levels[levels.length - 1] ?? [];
    const arity = 2 ** bits;
    levels.push(Array.from({ length: below.length / arity }, (_, i) => hash(below.slice(i * arity, (i + 1) * arity))));
  }
  return levels;
}

/** Siblings of leaf `index`, lowest level first, in position order with the node itself left out. */
export function authenticationPathBn(levels: readonly (readonly bigint[])[], index: number): bigint[] {
  const logRows = Math.log2(levels[0]?.length ?? 0);
  const path: bigint[] = [];
  let at = index;
  for (const [depth, bits] of levelBits(logRows).entries()) {
    const arity = 2 ** bits;
    const position = at % arity;
    at = Math.floor(at / arity);
    const children = levels[depth]?.slice(at * arity, (at + 1) * arity) ?? [];
    path.push(...children.filter((_, i) => i !== position));
  }
  return path;
}

/** Root reached from a leaf digest. `path` has `pathLengthBn(logRows)` entries. */
export function rootFromPathBn(leaf: bigint, index: number, logRows: number, path: readonly bigint[]): bigint {
  let node = leaf;
  let at = index;
  let from = 0;
  for (const bits of levelBits(logRows)) {
    const arity = 2 ** bits;
    const children = path.slice(from, from + arity - 1);
    children.splice(at % arity, 0, node);
    node = compress(children);
    at = Math.floor(at / arity);
    from += arity - 1;
  }
  return node;
}
