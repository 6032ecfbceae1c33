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
 * Commits to a vector of extension elements on a domain of 2^logDomain points, 2^logFold values per leaf: leaf j holds
 * f(w^(j + u * 2^(logDomain - logFold))), u = 0 .. 2^logFold - 1, five base elements each.
 */
export function commitOracle(hash: ProverHash, values: ExtVector, logDomain: number, logFold: number): CommittedRows {
  const leaves = 2 ** (logDomain - logFold);
  const width = 5 * 2 ** logFold;
  const rows = new Uint32Array(leaves * width);
  for (let limb = 0; limb < 5; limb++) {
    const coefficients = Uint32Array.from({ length: values.length / 5 }, (_, i) => values[5 * i + limb]!);
    const encoded = evaluateOnDomain(coefficients, logDomain);
    for (let at = 0; at < encoded.length; at++) {
      const leaf = at % leaves;
      const u = (at - leaf) / leaves;
      rows[leaf * width + 5 * u + limb] = encoded[at]!;
    }
  }
  return hash.commitRows({ logRows: logDomain - logFold, width }, rows);
}
