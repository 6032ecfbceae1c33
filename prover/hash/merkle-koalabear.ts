/** Binary Merkle trees over rows, Poseidon2-KB-16. Depth and row width are static, so leaves and nodes cannot be confused. */
import { DIGEST_LENGTH, compress, hashRow } from './sponge-koalabear.ts';

/** All levels of a tree, `levels[0]` the leaf digests, eight elements each; the last level is the root alone. */
export type MerkleTreeKb = { readonly levels: readonly Uint32Array[] };

/** Digest `index` of one level. */
export function digestAt(level: Uint32Array, index: number): number[] {
  return Array.from(level.subarray(DIGEST_LENGTH * index, DIGEST_LENGTH * (index + 1)));
}

/** Builds the tree over 2^logRows rows of `width` canonical elements, row-major. */
export function buildTree(logRows: number, width: number, rows: Uint32Array): MerkleTreeKb {
  const height = 2 ** logRows;
  if (rows.length !== height * width) {
    throw new RangeError(`"rows" expected ${height * width} elements, got ${rows.length}`);
  }
  let level = new Uint32Array(DIGEST_LENGTH * height);
  for (let i = 0; i < height; i++) {
    level.set(hashRow(rows.subarray(i * width, (i + 1) * width)), DIGEST_LENGTH * i);
  }
  const levels = [level];
  for (let count = height / 2; count >= 1; count /= 2) {
    const next = new Uint32Array(DIGEST_LENGTH * count);
    for (let i = 0; i < count; i++) {
      next.set(compress(digestAt(level, 2 * i), digestAt(level, 2 * i + 1)), DIGEST_LENGTH * i);
    }
    levels.push(next);
    level = next;
  }
  return { levels };
}

/** Siblings from leaf `index` up to below the root. */
export function authenticationPath(tree: MerkleTreeKb, index: number): number[][] {
  return tree.levels.slice(0, -1).map((level, depth) => digestAt(level, Math.floor(index / 2 ** depth) ^ 1));
}

/** Root reached from a leaf digest; bit k of `index` says on which side of its sibling the node at height k stands. */
export function rootFromPath(leaf: readonly number[], index: number, path: readonly (readonly number[])[]): number[] {
  let node = [...leaf];
  for (const [depth, sibling] of path.entries()) {
    const isRight = Math.floor(index / 2 ** depth) % 2 === 1;
    node = isRight ? compress(sibling, node) : compress(node, sibling);
  }
  return node;
}
