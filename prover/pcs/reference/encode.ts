/**
 * Reed-Solomon encoding for oracles and columns: hypercube values are the coefficients. Plain TypeScript, the reference of
 * the NTT kernels.
 */
import { add, mul, rootOfUnity, sub } from '../../field/koalabear.ts';
import type { ExtVector } from './plain-vector.ts';
import type { CommittedRows, ProverHash } from '../../verifier/suite.ts';

/** Values of the polynomial with these 2^m coefficients (m <= logSize) at w^0, w^1, ..., w of order 2^logSize. */
export function evaluateOnDomain(coefficients: ArrayLike<number>, logSize: number): Uint32Array {
  const size = 2 ** logSize;
  if (coefficients.length > size) throw new RangeError(`"logSize" too small for ${coefficients.length} coefficients`);
  const values = new Uint32Array(size);
  // Decimation in time: bit-reversed input, natural output.
  for (let i = 0; i < coefficients.length; i++) values[reverseBits(i, logSize)] = coefficients[i]!;
  for (let log = 1; log <= logSize; log++) {
    const half = 2 ** (log - 1);
    const twiddles = powers(rootOfUnity(log), half);
    for (let at = 0; at < size; at += 2 * half) {
      for (let i = at; i < at + half; i++) {
        const low = values[i]!;
        const high = mul(values[i + half]!, twiddles[i - at]!);
        values[i] = add(low, high);
        values[i + half] = sub(low, high);
      }
    }
  }
  return values;
}

function powers(base: number, count: number): Uint32Array {
  const result = new Uint32Array(count);
  let value = 1;
  for (let i = 0; i < count; i++) {
    result[i] = value;
    value = mul(value, base);
  }
  return result;
}

function reverseBits(value: number, bits: number): number {
  let result = 0;
  for (let i = 0; i < bits; i++) result = result * 2 + (Math.floor(value / 2 ** i) % 2);
  return result;
}

/**
 * Commits to columns of 2^logRows canonical elements at rate 2^-logInverseRate: row j of the tree holds every column's value
 * at w^j.
 */
export function commitColumns(
  hash: ProverHash,
  logRows: number,
  logInverseRate: number,
  columns: readonly Uint32Array[],
): CommittedRows {
  const width = columns.length;
  const logDomain = logRows + logInverseRate;
  const rows = new Uint32Array(width * 2 ** logDomain);
  for (const [c, column] of columns.entries()) {
    if (column.length !== 2 ** logRows) {
      throw new RangeError(`"columns" expected height ${2 ** logRows}, got ${column.length}`);
    }
    const values = evaluateOnDomain(column, logDomain);
    for (let j = 0; j < values.length; j++) rows[j * width + c] = values[j]!;
  }
  return hash.commitRows({ logRows: logDomain, width }, rows);
}

/**
 * Commits to a vector of extension elements at the points of a domain of 2^(logDomain - logFold), 2^logFold values per leaf: with
 * f_u the entries whose index is u mod 2^logFold, leaf j holds f_u(w^j), u = 0 .. 2^logFold - 1, five base elements each.
 */
export function commitOracle(hash: ProverHash, values: ExtVector, logDomain: number, logFold: number): CommittedRows {
  const leaves = 2 ** (logDomain - logFold);
  const width = 5 * 2 ** logFold;
  const rows = new Uint32Array(leaves * width);
  for (let u = 0; u < 2 ** logFold; u++) {
    for (let limb = 0; limb < 5; limb++) {
      const count = values.length / (5 * 2 ** logFold);
      const own = Uint32Array.from({ length: count }, (_, b) => values[5 * (u + 2 ** logFold * b) + limb]!);
      const encoded = evaluateOnDomain(own, logDomain - logFold);
      for (let leaf = 0; leaf < leaves; leaf++) rows[leaf * width + 5 * u + limb] = encoded[leaf]!;
    }
  }
  return hash.commitRows({ logRows: logDomain - logFold, width }, rows);
}
