/**
 * The twin of `programs/aggregate`: the Merkle tree over statements whose root that program commits, and the paths with which
 * `AggregateVerifier` answers for each.
 *
 * leaf = keccak256(0x00, vkey, public digest), node = keccak256(0x01, left, right); a node without a neighbour moves up
 * unchanged, so its path has no sibling at that level.
 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../core/hex.ts';
import type { ProvedStatement } from '../vm/syscalls/chain.ts';

const LEAF = 0;
const NODE = 1;

/** What leads from a leaf to the root, from below: `AggregateVerifier.Path`. */
export type AggregatePath = {
  /** Bit i is 1 where sibling i is the left one. Paths have at most as many siblings as the count of statements has bits. */
  readonly sides: number;
  readonly siblings: readonly Hex[];
};

/** The tree over a list of statements, in their order. */
export type AggregateTree = { readonly root: Hex; readonly paths: readonly AggregatePath[] };

/** Root and paths over one or more statements. RangeError for none. */
export function aggregateTree(statements: readonly ProvedStatement[]): AggregateTree {
  if (statements.length === 0) throw new RangeError('"statements" expected one or more');
  let level = statements.map((statement) => leafOf(statement));
  // Where each leaf's ancestor stands in the level.
  const positions = statements.map((_, i) => i);
  const paths = statements.map(() => ({ sides: 0, siblings: [] as Hex[] }));
  while (level.length > 1) {
    for (const [leaf, path] of paths.entries()) {
      const position = positions[leaf] ?? 0;
      const sibling = level[position ^ 1];
      positions[leaf] = position >>> 1;
      if (sibling === undefined) continue;
      if (position % 2 === 1) path.sides += 2 ** path.siblings.length;
      path.siblings.push(sibling);
    }
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
      const [left, right] = level.slice(2 * i, 2 * i + 2) as [Hex, Hex?];
      return right === undefined ? left : hash(NODE, left, right);
    });
  }
  return { root: level[0] as Hex, paths };
}

/** The leaf of a statement. */
export function leafOf({ vkey, publicDigest }: ProvedStatement): Hex {
  return hash(LEAF, vkey, publicDigest);
}

/** The root to which a path leads from a statement. */
export function rootOfPath(statement: ProvedStatement, { sides, siblings }: AggregatePath): Hex {
  return siblings.reduce(
    (node, sibling, i) =>
      Math.floor(sides / 2 ** i) % 2 === 1 ? hash(NODE, sibling, node) : hash(NODE, node, sibling),
    leafOf(statement),
  );
}

/** The one input item of `programs/aggregate`. */
export function aggregateInput(statements: readonly ProvedStatement[]): Uint8Array {
  return concatBytes(...statements.flatMap(({ vkey, publicDigest }) => [bytes(vkey), bytes(publicDigest)]));
}

function hash(prefix: number, left: Hex, right: Hex): Hex {
  return `0x${bytesToHex(keccak_256(concatBytes(Uint8Array.of(prefix), bytes(left), bytes(right))))}`;
}

function bytes(hex: Hex): Uint8Array {
  return hexToBytes(hex.slice(2));
}
