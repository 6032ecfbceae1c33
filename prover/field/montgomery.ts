/**
 * Montgomery form of KoalaBear elements: x is stored as x*2^32 mod p. Kernels work in this form; whatever is printed,
 * serialised or compared with a verifier is canonical.
 */
import { P, inverse, mul } from './koalabear.ts';

/** 2^32 mod p, the Montgomery form of 1. */
export const MONT_ONE = 2 ** 32 % P;
const MONT_INVERSE = inverse(MONT_ONE);

/** p^-1 mod 2^32: p = 1 + 127*2^24, so p^-1 = 1 - 127*2^24 modulo 2^32. */
export const P_INVERSE = (1 - 127 * 2 ** 24) >>> 0;

export function toMontgomery(canonical: number): number {
  return mul(canonical, MONT_ONE);
}

export function fromMontgomery(form: number): number {
  return mul(form, MONT_INVERSE);
}
