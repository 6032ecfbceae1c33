/**
 * The upper levels of a Merkle tree whose root is a constant of the circuit. Its nodes on one level are constants as well,
 * so a path may end there: choosing one of 2^k constants costs about 2 * 2^(k/2) constraints, a level of the path 378.
 */
import { compress } from '../../hash/poseidon2-bn254.ts';
import { levelBits, pathLengthBn, rootFromPathBn } from '../../hash/merkle-bn254.ts';
import { hashRow } from '../../hash/sponge-bn254.ts';
import type { CommittedRows } from '../../verifier/suite.ts';

/** All 2^logNodes nodes of one level below `root`. */
export type ConstantCap = { readonly root: bigint; readonly logNodes: number; readonly nodes: readonly bigint[] };

/** Most nodes of a cap unless given: each costs a term in every path, and 2^12 of them 120 constraints. */
const MAX_LOG_NODES = 12;

/** Refuses a cap that does not hash to its root: the circuit's statement would be another one. RangeError. */
export function assertCap({ root, logNodes, nodes }: ConstantCap): void {
  if (nodes.length !== 2 ** logNodes) throw new RangeError(`"nodes" expected ${2 ** logNodes}, got ${nodes.length}`);
  let level = nodes;
  for (const bits of levelBits(logNodes)) {
    const arity = 2 ** bits;
    const below = level;
    level = Array.from({ length: below.length / arity }, (_, i) => compress(below.slice(i * arity, (i + 1) * arity)));
  }
  if (level[0] !== root) throw new RangeError('"nodes" expected nodes that hash to the root');
}

/**
 * The lowest level with at most 2^maxLogNodes nodes of a committed tree, read through its openings. Undefined for trees too
 * small to need one.
 */
export function capOf(tree: CommittedRows, maxLogNodes: number = MAX_LOG_NODES): ConstantCap | undefined {
  const { root, shape } = tree;
  if (typeof root !== 'bigint') throw new TypeError('"tree" expected a BN254 root');
  let below = 0;
  while (shape.logRows - below > maxLogNodes) below += 3;
  const logNodes = shape.logRows - below;
  if (below === 0 || logNodes < 3) return undefined;
  const nodes = new Array<bigint>(2 ** logNodes);
  // One opening gives eight neighbouring nodes: the seven siblings on the level, and the one that the path computes.
  for (let group = 0; group < nodes.length; group += 8) {
    const index = group * 2 ** below;
    const { row, path } = tree.open(index);
    const scalars = path.map((digest): bigint => {
      if (typeof digest !== 'bigint') throw new TypeError('"tree" expected BN254 digests');
      return digest;
    });
    const own = rootFromPathBn(hashRow(row), index, below, scalars.slice(0, pathLengthBn(below)));
    const siblings = scalars.slice(pathLengthBn(below), pathLengthBn(below) + 7);
    for (const [i, node] of [own, ...siblings].entries()) nodes[group + i] = node;
  }
  const cap = { root, logNodes, nodes };
  assertCap(cap);
  return cap;
}
