/** Seeded random field elements with many edge values, for equivalence tests. The seed is printed, so a find can be repeated. */
import { P } from '../../prover/field/koalabear.ts';

export const EDGES = [
  0,
  1,
  2,
  P - 1,
  P - 2,
  (P - 1) / 2,
  (P + 1) / 2,
  2 ** 24,
  2 ** 24 - 1,
  2 ** 30,
  2 ** 16,
  0x7f000000,
];

export type Seeded = { readonly seed: number; word(): number; felt(): number; felts(count: number): Uint32Array };

/** A xorshift generator; a quarter of the elements are edge values. */
export function seeded(seed = Math.floor(Math.random() * 2 ** 31)): Seeded {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const word = (): number => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state;
  };
  const felt = (): number => (word() % 4 === 0 ? (EDGES[word() % EDGES.length] ?? 0) : word() % P);
  return { seed, word, felt, felts: (count) => Uint32Array.from({ length: count }, felt) };
}
