/**
 * The rounds of Poseidon2-KB-16 as constraints, one permutation a row: 16 inputs, the S-box outputs of the first seven full
 * rounds (7*16) and of the partial rounds (20). The last full round is part of the outputs (degree 3), so it needs no
 * columns. Every chip that permutes states its rounds with this.
 */
import type { AirBuilder } from '../../air/chip.ts';
import type { Row } from '../../air/columns.ts';
import type { Expr } from '../../air/expression.ts';
import {
  FIRST_CONSTANTS,
  INTERNAL_DIAGONAL,
  LAST_CONSTANTS,
  PARTIAL_CONSTANTS,
  WIDTH,
} from '../../hash/poseidon2-koalabear.ts';

/** Columns of one permutation. */
export const ROUND_COLUMNS = { input: 'felt[16]', first: 'felt[64]', partial: 'felt[20]', last: 'felt[48]' } as const;

/**
 * States the rounds and returns the 16 outputs, polynomials of degree 3.
 *
 * Soundness: every S-box output is the cube of a linear form in the columns before it, so the inputs of a row determine all
 * its columns and outputs; a row, padding included, cannot hold anything but a permutation.
 */
export function permutationRounds(air: AirBuilder, row: Row<typeof ROUND_COLUMNS, Expr>): Expr[] {
  let state = externalLayer(row.input);
  const sbox = (x: Expr, column: Expr, label: string): Expr => {
    air.equal(x.mul(x).mul(x), column, label);
    return column;
  };
  for (const [r, constants] of FIRST_CONSTANTS.entries()) {
    state = externalLayer(
      state.map((x, i) => sbox(x.add(constants[i]!), row.first[WIDTH * r + i]!, `round ${r}, lane ${i}`)),
    );
  }
  for (const [r, constant] of PARTIAL_CONSTANTS.entries()) {
    state = internalLayer([sbox(state[0]!.add(constant), row.partial[r]!, `partial round ${r}`), ...state.slice(1)]);
  }
  const finalRound = LAST_CONSTANTS.length - 1;
  for (const [r, constants] of LAST_CONSTANTS.entries()) {
    state = externalLayer(
      state.map((x, i) => {
        const y = x.add(constants[i]!);
        if (r === finalRound) return y.mul(y).mul(y);
        return sbox(y, row.last[WIDTH * r + i]!, `round ${FIRST_CONSTANTS.length + r}, lane ${i}`);
      }),
    );
  }
  return state;
}

/** circ(2*M4, M4, M4, M4) with M4 = circ(2, 3, 1, 1). */
function externalLayer(state: readonly Expr[]): Expr[] {
  const quarters: Expr[][] = [];
  for (let i = 0; i < WIDTH; i += 4) quarters.push(quarterLayer(state.slice(i, i + 4)));
  const [q0, q1, q2, q3] = quarters as [Expr[], Expr[], Expr[], Expr[]];
  const sums = q0.map((x, k) => x.add(q1[k]!).add(q2[k]!).add(q3[k]!));
  return quarters.flatMap((quarter) => quarter.map((x, k) => x.add(sums[k]!)));
}

/** M4 on four lanes, (2a+3b+c+d, a+2b+3c+d, a+b+2c+3d, 3a+b+c+2d), in nine additions. */
function quarterLayer([a, b, c, d]: readonly Expr[]): Expr[] {
  const ab = a!.add(b!);
  const cd = c!.add(d!);
  const sum = ab.add(cd);
  const sumB = sum.add(b!);
  const sumD = sum.add(d!);
  return [sumB.add(ab), sumB.add(c!.mul(2)), sumD.add(cd), sumD.add(a!.mul(2))];
}

/** J + diag(INTERNAL_DIAGONAL). */
function internalLayer(state: readonly Expr[]): Expr[] {
  const sum = state.reduce((total, lane) => total.add(lane));
  return state.map((lane, i) => sum.add(lane.mul(INTERNAL_DIAGONAL[i]!)));
}
