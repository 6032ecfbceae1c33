/** Products of integers and of elements of F = F_p[X]/(X^5 + X^2 - 1) as integer polynomials, without reduction. */
import {
  type Int,
  BoundError,
  INT_LIMIT,
  ZERO_INT,
  addInt,
  addScaled,
  bitsOf,
  isConst,
  isZero,
  productBounds,
  scaleInt,
  subInt,
  sumInts,
} from './linear.ts';
import { type ConstraintSystem, wireInt } from './system.ts';

/** Whether the product of two integers stays within the exact range. */
export function productFits(a: Int, b: Int): boolean {
  const { lo, hi } = productBounds(a, b);
  return lo > -INT_LIMIT && hi < INT_LIMIT;
}

/** a*b, one constraint unless one of them is constant. */
export function mulInt(system: ConstraintSystem, a: Int, b: Int, why: string): Int {
  if (isConst(a)) return scaleInt(b, a.constant);
  if (isConst(b)) return scaleInt(a, b.constant);
  const value = a.value * b.value;
  const { lo, hi } = productBounds(a, b);
  if (!productFits(a, b))
    throw new BoundError(`${why}: a product of ${bitsOf({ lo, hi })} bits, at most 252 are exact`);
  const product = wireInt(system.allocateFrom(value, a, b), value, lo, hi);
  // The shorter factor stands on the B side, whose wires cost a G2 multiplication each.
  const [left, right] = a.wires.length >= b.wires.length ? [a, b] : [b, a];
  system.enforce(left, right, product, why);
  return product;
}

/** Points at which a product polynomial is compared; with "infinity" (the leading coefficient) nine suffice for degree 8. */
const POINTS = [0n, 1n, -1n, 2n, -2n, 3n, -3n, 4n];

function degreeOf(limbs: readonly Int[]): number {
  let degree = limbs.length - 1;
  while (degree >= 0 && isZero(limbs[degree]!)) degree--;
  return degree;
}

function evaluate(
  limbs: readonly Int[],
  x: bigint,
): { wires: number[]; coeffs: bigint[]; constant: bigint; value: bigint } {
  // A plain linear combination: evaluations may exceed the exact range, the identity is one of field elements.
  const collected = new Map<number, bigint>();
  let constant = 0n;
  let value = 0n;
  let power = 1n;
  for (const limb of limbs) {
    if (power !== 0n) {
      for (let i = 0; i < limb.wires.length; i++) {
        const wire = limb.wires[i]!;
        collected.set(wire, (collected.get(wire) ?? 0n) + power * limb.coeffs[i]!);
      }
      constant += power * limb.constant;
      value += power * limb.value;
    }
    power *= x;
  }
  return { wires: [...collected.keys()], coeffs: [...collected.values()], constant, value };
}

/**
 * Coefficients of the product polynomial of two limb vectors (up to 5 each): deg a + deg b + 1 wires and constraints.
 *
 * Soundness: the claimed polynomial agrees with a(x)*b(x) at deg + 1 points of the scalar field, hence coefficient by
 * coefficient; each coefficient is an integer below r/2, so the field value is the integer.
 */
export function mulPolynomials(system: ConstraintSystem, a: readonly Int[], b: readonly Int[], why: string): Int[] {
  const da = degreeOf(a);
  const db = degreeOf(b);
  if (da < 0 || db < 0) return [];
  const constantA = a.every(isConst);
  if (constantA || b.every(isConst)) {
    const [k, x] = constantA ? [a, b] : [b, a];
    return Array.from({ length: da + db + 1 }, (_, i) =>
      x.reduce((sum, limb, j) => (k[i - j] === undefined ? sum : addScaled(sum, limb, k[i - j]!.constant)), ZERO_INT),
    );
  }
  if (da === 0 || db === 0) {
    const [scalar, x] = da === 0 ? [a[0]!, b] : [b[0]!, a];
    return x.slice(0, da + db + 1).map((limb) => mulInt(system, limb, scalar, why));
  }
  const coefficients: Int[] = [];
  for (let k = 0; k <= da + db; k++) {
    let lo = 0n;
    let hi = 0n;
    let value = 0n;
    for (let i = Math.max(0, k - db); i <= Math.min(k, da); i++) {
      const bounds = productBounds(a[i]!, b[k - i]!);
      lo += bounds.lo;
      hi += bounds.hi;
      value += a[i]!.value * b[k - i]!.value;
    }
    if (lo <= -INT_LIMIT || hi >= INT_LIMIT) {
      throw new BoundError(`${why}: a product of ${bitsOf({ lo, hi })} bits, at most 252 are exact`);
    }
    coefficients.push(wireInt(system.allocateFrom(value, ...a, ...b), value, lo, hi));
  }
  for (let i = 0; i < da + db; i++) {
    const x = POINTS[i]!;
    system.enforce(evaluate(a, x), evaluate(b, x), evaluate(coefficients, x), why);
  }
  system.enforce(a[da]!, b[db]!, coefficients[da + db]!, why);
  return coefficients;
}

/** X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^3 + X^2 - 1. */
export function reducePolynomial(d: readonly Int[]): Int[] {
  const at = (i: number): Int => d[i] ?? ZERO_INT;
  return [
    subInt(addInt(at(0), at(5)), at(8)),
    addInt(at(1), at(6)),
    subInt(sumInts([at(2), at(7), at(8)]), at(5)),
    subInt(addInt(at(3), at(8)), at(6)),
    subInt(at(4), at(7)),
  ];
}
