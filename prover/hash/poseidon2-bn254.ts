/**
 * Poseidon2 over the BN254 scalar field, width 8, x^5, 8 full and 57 partial rounds: the plain BigInt permutation and its
 * constants. Kernels elsewhere must agree with `permute`.
 *
 * External matrix circ(2*M4, M4) with M4 = circ(2, 3, 1, 1); internal matrix J + diag(mu). Round constants and mu come
 * from the Grain generator (the derivation of mu is in poseidon2-bn254-diagonal.ts and repeated by a test).
 *
 * Source: Grassi, Khovratovich, Schofnegger, "Poseidon2: A Faster Version of the Poseidon Hash Function", 2023.
 */
import { R } from '../field/bn254.ts';
import { drawRoundConstants, Grain, type GrainParameters, type RoundConstants } from './grain.ts';

export const WIDTH = 8;
export const FULL_ROUNDS = 8;
export const PARTIAL_ROUNDS = 57;
/** Lanes a sponge may overwrite; lane 7 is its capacity. */
export const RATE = 7;

export const POSEIDON2_BN_PARAMETERS: GrainParameters = {
  modulus: R,
  fieldBits: 254,
  width: WIDTH,
  fullRounds: FULL_ROUNDS,
  partialRounds: PARTIAL_ROUNDS,
};

/** mu: the seventh candidate the generator gives after the round constants. */
export const DIAGONAL: readonly bigint[] = [
  0x12180abd9f42ca2bcd0d4ef1f0aa802ed980f22023db921e3f1abb19f04452fan,
  0x2c6ccd298468819ce4a397e73f1175f579321054b837f51e12970f5e96a0f951n,
  0x1a9331b5aacc657f86808efeb512d53eb0ab5b571b6ec7a7ca829d2645517209n,
  0x1f1c9d4d321821806e8ea424e9e90a2a4c0f69a5f27f8cbbed298dc987adc7f5n,
  0x116af2e1c7b8c7dc7f9ba938072d4e1758c43a1d9405ab1b3cd51714931d5b2bn,
  0x2d1d7f8d67e931b548b663c27b403829cd20855a228f09fcab81e5d6e413ffb9n,
  0x03f4e8300799fb31fbb70c4a254256141f00cebac2baef6769a4dd2b69d28d11n,
  0x1acf086d9224627ee18a10e91492e9bd27ddf3d6fdc163c4348148b708d2401an,
];

/** Rows of M4: every square submatrix is invertible mod r (checked by a test). */
export const M4: readonly (readonly bigint[])[] = [
  [2n, 3n, 1n, 1n],
  [1n, 2n, 3n, 1n],
  [1n, 1n, 2n, 3n],
  [3n, 1n, 1n, 2n],
];

/** The external 8 x 8 matrix circ(2*M4, M4). */
export const EXTERNAL: readonly (readonly bigint[])[] = Array.from({ length: WIDTH }, (_, i) =>
  Array.from({ length: WIDTH }, (_, j) => {
    const entry = M4[i % 4]?.[j % 4] ?? 0n;
    return Math.floor(i / 4) === Math.floor(j / 4) ? 2n * entry : entry;
  }),
);

let constants: RoundConstants | undefined;

/** Round constants, derived on first use (it takes a moment). */
export function roundConstants(): RoundConstants {
  constants ??= drawRoundConstants(new Grain(POSEIDON2_BN_PARAMETERS), POSEIDON2_BN_PARAMETERS);
  return constants;
}

function sbox(x: bigint): bigint {
  const square = (x * x) % R;
  return (((square * square) % R) * x) % R;
}

/** Four lanes by circ(2, 3, 1, 1), unreduced: row i is sum + s_i + 2*s_(i+1). */
function mulM4(s: bigint[], at: number): void {
  const a = s[at] ?? 0n,
    b = s[at + 1] ?? 0n,
    c = s[at + 2] ?? 0n,
    d = s[at + 3] ?? 0n;
  const sum = a + b + c + d;
  s[at] = sum + a + 2n * b;
  s[at + 1] = sum + b + 2n * c;
  s[at + 2] = sum + c + 2n * d;
  s[at + 3] = sum + d + 2n * a;
}

function external(s: bigint[]): void {
  mulM4(s, 0);
  mulM4(s, 4);
  for (let i = 0; i < 4; i++) {
    const low = s[i] ?? 0n,
      high = s[i + 4] ?? 0n;
    s[i] = (2n * low + high) % R;
    s[i + 4] = (low + 2n * high) % R;
  }
}

function internal(s: bigint[]): void {
  let sum = 0n;
  for (const x of s) sum += x;
  for (let i = 0; i < WIDTH; i++) s[i] = (sum + (s[i] ?? 0n) * (DIAGONAL[i] ?? 0n)) % R;
}

/** The permutation of eight canonical scalars; returns a new state. */
export function permute(state: readonly bigint[]): bigint[] {
  if (state.length !== WIDTH) throw new RangeError(`"state" expected ${WIDTH} scalars, got ${state.length}`);
  const { first, partial, last } = roundConstants();
  const s = [...state];
  external(s);
  const full = (rc: readonly bigint[]): void => {
    for (let i = 0; i < WIDTH; i++) s[i] = sbox((s[i] ?? 0n) + (rc[i] ?? 0n));
    external(s);
  };
  for (const rc of first) full(rc);
  for (const rc of partial) {
    s[0] = sbox((s[0] ?? 0n) + rc);
    internal(s);
  }
  for (const rc of last) full(rc);
  return s;
}

/** Eight scalars to one: permute, add the input (feed-forward), keep lane 0. Shorter inputs are padded with zeros. */
export function compress(children: readonly bigint[]): bigint {
  if (children.length > WIDTH) throw new RangeError(`"children" expected at most ${WIDTH}, got ${children.length}`);
  const state = Array.from({ length: WIDTH }, (_, i) => children[i] ?? 0n);
  return ((permute(state)[0] ?? 0n) + (state[0] ?? 0n)) % R;
}
