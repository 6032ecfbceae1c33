/** The KoalaBear hash suite: Poseidon2-KB-16 transcript and binary trees, in plain TypeScript. */
import { isCanonical } from '../field/koalabear.ts';
import { authenticationPath, buildTree, digestAt, rootFromPath } from '../hash/merkle-koalabear.ts';
import { DIGEST_LENGTH, hashFelts, hashRow } from '../hash/sponge-koalabear.ts';
import type { DigestValue, TreeShape } from './backend.ts';
import { DuplexKoalaBear } from './duplex-koalabear.ts';
import type { CommittedRows, ProverHash } from './suite.ts';

export const suiteKoalaBear: ProverHash = {
  id: 'kb',
  transcript: (domain, log) => new DuplexKoalaBear(domain, log === undefined ? {} : { log }),
  isDigest: (value): value is DigestValue =>
    Array.isArray(value) && value.length === DIGEST_LENGTH && value.every((x) => isCanonical(x)),
  digestsEqual: (a, b) => elements(a).every((x, i) => x === elements(b)[i]),
  pathLength: (logRows) => logRows,
  hashRow,
  rootOf: (leaf, index, _logRows, path) => rootFromPath(elements(leaf), index, path.map(elements)),
  hashFelts,
  commitRows,
};

/** Commits to a row-major matrix with the reference hash. */
function commitRows(shape: TreeShape, rows: Uint32Array): CommittedRows {
  const { logRows, width } = shape;
  const tree = buildTree(logRows, width, rows);
  const root = digestAt(tree.levels[logRows]!, 0);
  return {
    root,
    shape,
    open: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= 2 ** logRows) {
        throw new RangeError(`"index" expected 0..${2 ** logRows - 1}, got ${index}`);
      }
      return {
        row: Array.from(rows.subarray(index * width, (index + 1) * width)),
        path: authenticationPath(tree, index),
      };
    },
  };
}

/** The eight elements of a KoalaBear digest; TypeError for a BN254 scalar. */
function elements(digest: DigestValue): readonly number[] {
  if (typeof digest === 'bigint') throw new TypeError('"digest" expected eight base elements, got a BN254 scalar');
  return digest;
}
