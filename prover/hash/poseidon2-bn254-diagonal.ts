/**
 * Choice of the internal diagonal of Poseidon2-BN-8. Not needed to hash: `poseidon2-bn254.ts` carries the result, a test
 * derives it again.
 *
 * Source: Grassi, Khovratovich, Schofnegger, "Poseidon2", section 5.3: no subspace trails if the minimal polynomials of
 * M, M^2, ..., M^(2t) are irreducible of degree t.
 */
import { R, inverse, mod } from '../field/bn254.ts';
import { drawRoundConstants, Grain, type GrainParameters } from './grain.ts';

/** A polynomial over the scalar field, constant term first. */
type Poly = readonly bigint[];

function mulPoly(a: Poly, b: Poly): bigint[] {
  const out = new Array<bigint>(a.length + b.length - 1).fill(0n);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) out[i + j] = (out[i + j] ?? 0n) + x * y;
  return out.map(mod);
}

/** a mod f for monic f, as exactly deg f coefficients. */
function reducePoly(a: Poly, f: Poly): bigint[] {
  const degree = f.length - 1;
  const out = [...a];
  for (let top = out.length - 1; top >= degree; top--) {
    const lead = out[top] ?? 0n;
    if (lead === 0n) continue;
    for (const [i, c] of f.entries()) out[top - degree + i] = mod((out[top - degree + i] ?? 0n) - lead * c);
  }
  return Array.from({ length: degree }, (_, i) => out[i] ?? 0n);
}

function powPoly(base: Poly, exponent: bigint, f: Poly): bigint[] {
  let result: bigint[] = reducePoly([1n], f);
  for (const bit of exponent.toString(2)) {
    result = reducePoly(mulPoly(result, result), f);
    if (bit === '1') result = reducePoly(mulPoly(result, base), f);
  }
  return result;
}

/** h(g) mod f by Horner. */
function composePoly(h: Poly, g: Poly, f: Poly): bigint[] {
  let result: bigint[] = reducePoly([0n], f);
  for (let i = h.length - 1; i >= 0; i--) {
    const product = mulPoly(result, g);
    product[0] = mod((product[0] ?? 0n) + (h[i] ?? 0n));
    result = reducePoly(product, f);
  }
  return result;
}

function trim(a: Poly): bigint[] {
  const out = [...a];
  while (out.length > 0 && out[out.length - 1] === 0n) out.pop();
  return out;
}

function gcdDegree(a: Poly, b: Poly): number {
  let x = trim(a);
  let y = trim(b);
  while (y.length > 0) {
    const scale = inverse(y[y.length - 1] ?? 0n);
    const monic = y.map((c) => (c * scale) % R);
    [x, y] = [monic, y.length === 1 ? [] : trim(reducePoly(x, monic))];
  }
  return x.length - 1;
}

/** det(X - J - diag(mu)) = prod(X - mu_i) - sum_i prod_{j != i}(X - mu_j), by the matrix determinant lemma. */
export function characteristicPolynomial(diagonal: readonly bigint[]): bigint[] {
  const product = (skip: number): bigint[] =>
    diagonal.reduce<bigint[]>((acc, mu, i) => (i === skip ? acc : mulPoly(acc, [mod(-mu), 1n])), [1n]);
  const out = product(-1);
  for (let i = 0; i < diagonal.length; i++) for (const [k, c] of product(i).entries()) out[k] = mod((out[k] ?? 0n) - c);
  return out;
}

/**
 * Whether M, ..., M^(2t), M = J + diag(mu), have irreducible minimal polynomials of degree t (t a power of two).
 *
 * If the characteristic polynomial f is irreducible, F[M] is a field of degree t and the minimal polynomial of M^k is
 * irreducible; its degree is t iff M^k lies outside the largest proper subfield, that is (M^k)^(r^(t/2)) != M^k.
 */
export function isSecureDiagonal(diagonal: readonly bigint[]): boolean {
  const t = diagonal.length;
  const f = characteristicPolynomial(diagonal);
  const x = reducePoly([0n, 1n], f);
  let frobenius = powPoly(x, R, f); // X^r
  for (let k = 1; k < t / 2; k *= 2) frobenius = composePoly(frobenius, frobenius, f); // X^(r^(t/2))
  const half = frobenius;
  const full = composePoly(half, half, f);
  if (full.some((c, i) => c !== x[i])) return false;
  if (
    gcdDegree(
      f,
      half.map((c, i) => mod(c - (x[i] ?? 0n))),
    ) !== 0
  )
    return false;
  let power: bigint[] = x;
  for (let k = 1; k <= 2 * t; k++) {
    if (composePoly(power, half, f).every((c, i) => c === power[i])) return false;
    power = reducePoly(mulPoly(power, x), f);
  }
  return true;
}

/** Draws candidates after the round constants until one is accepted; returns it and the number of candidates seen. */
export function deriveDiagonal(parameters: GrainParameters): { diagonal: bigint[]; candidates: number } {
  const grain = new Grain(parameters);
  drawRoundConstants(grain, parameters);
  for (let candidates = 1; ; candidates++) {
    const diagonal = grain.elements(parameters.width);
    if (isSecureDiagonal(diagonal)) return { diagonal, candidates };
  }
}
