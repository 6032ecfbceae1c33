/** The BN254 hash suite: Poseidon2-BN-8 transcript and trees of arity 8, in plain TypeScript. */
import { isCanonicalScalar } from '../field/bn254.ts';
import { authenticationPathBn, buildTreeBn, pathLengthBn, rootFromPathBn } from '../hash/merkle-bn254.ts';
import { hashRow } from '../hash/sponge-bn254.ts';
import type { DigestValue, TreeShape } from './backend.ts';
import { DuplexBn254 } from './duplex-bn254.ts';
import type { CommittedRows, ProverHash } from './suite.ts';

export const suiteBn254: ProverHash = {
  id: 'bn',
  transcript: (domain, log) => new DuplexBn254(domain, log === undefined ? {} : { log }),
  isDigest: (value): value is DigestValue => isCanonicalScalar(value),
  digestsEqual: (a, b) => scalar(a) === scalar(b),
  pathLength: pathLengthBn,
  hashRow,
  rootOf: (leaf, index, logRows, path) => rootFromPathBn(scalar(leaf), index, logRows, path.map(scalar)),
  hashFelts: () => {
    throw new TypeError('"hashFelts" exists in the KoalaBear suite only');
  },
  commitRows,
};

/** Commits to a row-major matrix with the reference hash. */
function commitRows(shape: TreeShape, rows: Uint32Array): CommittedRows {
  const { logRows, width } = shape;
  const height = 2 ** logRows;
  if (rows.length !== height * width) {
    throw new RangeError(`"rows" expected ${height * width} elements, got ${rows.length}`);
  }
  const rowAt = (index: number): Uint32Array => rows.subarray(index * width, (index + 1) * width);
  const levels = buildTreeBn(Array.from({ length: height }, (_, i) => hashRow(rowAt(i))));
  return {
    root: levels[levels.length - 1]![0]!,
    shape,
    open: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= height) {
        throw new RangeError(`"index" expected 0..${height - 1}, got ${index}`);
      }
      return { row: Array.from(rowAt(index)), path: authenticationPathBn(levels, index) };
    },
  };
}

/** The scalar of a BN254 digest; TypeError for eight base elements. */
function scalar(digest: DigestValue): bigint {
  if (typeof digest !== 'bigint') throw new TypeError('"digest" expected a BN254 scalar, got eight base elements');
  return digest;
}
