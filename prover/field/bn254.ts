/** The scalar field of BN254 on canonical BigInts, and the two moduli of the curve. */

/** Order of the curve groups, the modulus of R1CS arithmetic and of Poseidon2-BN. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
/** Modulus of the base field of curve coordinates. */
export const Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
export const R_BITS = 254;

/** The canonical representative of any integer. */
export function mod(a: bigint): bigint {
  const remainder = a % R;
  return remainder < 0n ? remainder + R : remainder;
}

export function pow(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = (result * square) % R;
    square = (square * square) % R;
  }
  return result;
}

/** 1/a by the extended Euclidean algorithm; RangeError for a = 0. */
export function inverse(a: bigint): bigint {
  let r0 = R;
  let r1 = mod(a);
  if (r1 === 0n) throw new RangeError('"a" expected a non-zero element, got 0');
  let t0 = 0n;
  let t1 = 1n;
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return mod(t0);
}

/** Whether a value from outside is a canonical scalar. */
export function isCanonicalScalar(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value < R;
}
