/**
 * Poseidon2 over KoalaBear: width 16, S-box x^3, 8 full and 20 partial rounds, on canonical numbers. The readable twin of
 * the SIMD kernel, and what the native verifier hashes with.
 *
 * Source: ePrint 2023/323. Round constants from the Grain generator; M4 = circ(2, 3, 1, 1) and the internal diagonal are
 * those of Plonky3, so that its known answers apply.
 */
import { P, add, inverse, mul, neg, pow } from '../field/koalabear.ts';
import { Grain, drawRoundConstants, type GrainParameters } from './grain.ts';

export const WIDTH = 16;
export const FULL_ROUNDS = 8;
export const PARTIAL_ROUNDS = 20;

export const GRAIN_PARAMETERS: GrainParameters = {
  modulus: BigInt(P),
  fieldBits: 31,
  width: WIDTH,
  fullRounds: FULL_ROUNDS,
  partialRounds: PARTIAL_ROUNDS,
};

const drawn = drawRoundConstants(new Grain(GRAIN_PARAMETERS), GRAIN_PARAMETERS);
const toNumbers = (rows: readonly (readonly bigint[])[]): number[][] => rows.map((row) => row.map(Number));

/** Round constants of the first four full rounds, 16 each. */
export const FIRST_CONSTANTS: readonly (readonly number[])[] = toNumbers(drawn.first);
/** Round constants of the partial rounds, one each (lane 0). */
export const PARTIAL_CONSTANTS: readonly number[] = drawn.partial.map(Number);
/** Round constants of the last four full rounds, 16 each. */
export const LAST_CONSTANTS: readonly (readonly number[])[] = toNumbers(drawn.last);

/** 2^-k mod p. */
const half = (k: number): number => inverse(pow(2, k));

/** Internal matrix J + diag(INTERNAL_DIAGONAL), J all ones. */
export const INTERNAL_DIAGONAL: readonly number[] = [
  neg(2),
  1,
  2,
  half(1),
  3,
  4,
  neg(half(1)),
  neg(3),
  neg(4),
  half(8),
  half(3),
  half(24),
  neg(half(8)),
  neg(half(3)),
  neg(half(4)),
  neg(half(24)),
];

/** Applies the permutation in place to 16 canonical elements. */
export function permute(state: number[]): void {
  externalLayer(state);
  for (const constants of FIRST_CONSTANTS) fullRound(state, constants);
  for (const constant of PARTIAL_CONSTANTS) partialRound(state, constant);
  for (const constants of LAST_CONSTANTS) fullRound(state, constants);
}

function fullRound(state: number[], constants: readonly number[]): void {
  for (let i = 0; i < WIDTH; i++) state[i] = cube(add(state[i]!, constants[i]!));
  externalLayer(state);
}

function partialRound(state: number[], constant: number): void {
  state[0] = cube(add(state[0]!, constant));
  let sum = 0;
  for (let i = 0; i < WIDTH; i++) sum += state[i]!;
  sum %= P;
  for (let i = 0; i < WIDTH; i++) state[i] = add(sum, mul(state[i]!, INTERNAL_DIAGONAL[i]!));
}

function cube(x: number): number {
  return mul(mul(x, x), x);
}

/** circ(2*M4, M4, M4, M4): M4 on each quarter, then the sum of the quarters is added to each. Sums stay below 2^38. */
function externalLayer(state: number[]): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < WIDTH; i += 4) {
    const a = state[i]!;
    const b = state[i + 1]!;
    const c = state[i + 2]!;
    const d = state[i + 3]!;
    const sum = a + b + c + d;
    state[i] = sum + a + 2 * b;
    state[i + 1] = sum + b + 2 * c;
    state[i + 2] = sum + c + 2 * d;
    state[i + 3] = sum + d + 2 * a;
    s0 += state[i]!;
    s1 += state[i + 1]!;
    s2 += state[i + 2]!;
    s3 += state[i + 3]!;
  }
  for (let i = 0; i < WIDTH; i += 4) {
    state[i] = (state[i]! + s0) % P;
    state[i + 1] = (state[i + 1]! + s1) % P;
    state[i + 2] = (state[i + 2]! + s2) % P;
    state[i + 3] = (state[i + 3]! + s3) % P;
  }
}
