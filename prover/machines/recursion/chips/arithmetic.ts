/**
 * One multiply-add of F a row: out = s1*a*b + s2*c + s3 with preprocessed base elements s1, s2, s3. The result is an expression,
 * not a column: it is either written to a new cell (`outReads` = number of reads) or compared with an existing one
 * (`outReads` = -1), which is how assertions are made. Operands that a row does not need read a zero cell; a constant
 * is a row with nothing but s3.
 */
import { chip, type ChipDefinition } from '../../../air/chip.ts';
import type { Expr } from '../../../air/expression.ts';
import { RMEM } from '../memory.ts';

export const ARITHMETIC = { a: 'felt[5]', b: 'felt[5]', c: 'felt[5]' } as const;
export const ARITHMETIC_PRE = {
  aAddress: 'felt',
  bAddress: 'felt',
  cAddress: 'felt',
  outAddress: 'felt',
  outReads: 'felt',
  s1: 'felt',
  s2: 'felt',
  s3: 'felt',
} as const;

export function arithmeticChip(logHeight: number): ChipDefinition {
  return chip({
    name: 'Arithmetic',
    columns: ARITHMETIC,
    preprocessed: ARITHMETIC_PRE,
    closedForms: [],
    logHeight,
    eval: (air, { a, b, c }, pre) => {
      const product = extProduct(a, b);
      const out = product.map((limb, i) => pre.s1.mul(limb).add(pre.s2.mul(c[i]!)));
      out[0] = out[0]!.add(pre.s3);
      air.receive(RMEM, 1, [pre.aAddress, ...a], 'operand a');
      air.receive(RMEM, 1, [pre.bAddress, ...b], 'operand b');
      air.receive(RMEM, 1, [pre.cAddress, ...c], 'operand c');
      air.send(RMEM, pre.outReads, [pre.outAddress, ...out], 'result');
    },
  });
}

/** Limbs of a*b in F = F_p[X]/(X^5 + X^2 - 1): X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^3 + X^2 - 1. */
function extProduct(a: readonly Expr[], b: readonly Expr[]): Expr[] {
  const d: Expr[] = [];
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < 5; j++) {
      const term = a[i]!.mul(b[j]!);
      d[i + j] = d[i + j]?.add(term) ?? term;
    }
  }
  return [
    d[0]!.add(d[5]!).sub(d[8]!),
    d[1]!.add(d[6]!),
    d[2]!.add(d[7]!).sub(d[5]!).add(d[8]!),
    d[3]!.sub(d[6]!).add(d[8]!),
    d[4]!.sub(d[7]!),
  ];
}
