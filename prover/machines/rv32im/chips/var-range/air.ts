/**
 * VarRange: all pairs (value, bits), bits <= 16, value < 2^bits, in 2^16 rows. Row 2^b + v holds (v, b) for b <= 15
 * (row 0 repeats (0, 0)), and row v holds (v, 16). Both tuples are closed forms of the row index; the two sets are
 * disjoint.
 */
import { chip, type ClosedForm } from '../../../../air/chip.ts';
import type { Backend, Wires } from '../../../../verifier/backend.ts';
import { RANGE } from '../../buses.ts';
import { COLUMNS } from './columns.ts';

const LOG_HEIGHT = 16;

/** T_b = x_b prod_{j>b} (1 - x_j): 1 where b is the highest set bit of the row. */
function topBits<W extends Wires>(on: Backend<W>, point: readonly W['ext'][]): W['ext'][] {
  const tops: W['ext'][] = [];
  let above: W['ext'] = on.extConst([1, 0, 0, 0, 0]);
  for (let b = point.length - 1; b >= 0; b--) {
    const top = on.extMul(point[b] as W['ext'], above);
    tops[b] = top;
    above = on.extSub(above, top);
  }
  return tops;
}

/** sum_j 2^j x_j over the bits given. */
export function weightedBits<W extends Wires>(on: Backend<W>, bits: readonly W['ext'][]): W['ext'] {
  return bits.reduce<W['ext']>(
    (sum, bit, j) => on.extAdd(sum, on.extMulConst(bit, 2 ** j)),
    on.extConst([0, 0, 0, 0, 0]),
  );
}

const highestBit = (row: number): number => (row === 0 ? 0 : 31 - Math.clz32(row));

/** v = sum_b T_b sum_{j<b} 2^j x_j. */
const VALUE: ClosedForm = {
  name: 'value',
  at: (row) => (row === 0 ? 0 : row - 2 ** highestBit(row)),
  mle: (on, point) => {
    let sum: ReturnType<typeof on.extConst> = on.extConst([0, 0, 0, 0, 0]);
    const below = point.map((bit, b) => {
      const before = sum;
      sum = on.extAdd(sum, on.extMulConst(bit, 2 ** b));
      return before;
    });
    return on.extDot(topBits(on, point), below);
  },
};

/** b = sum_b b T_b. */
const BITS: ClosedForm = {
  name: 'bits',
  at: highestBit,
  mle: (on, point) =>
    topBits(on, point).reduce((sum, top, b) => on.extAdd(sum, on.extMulConst(top, b)), on.extConst([0, 0, 0, 0, 0])),
};

/** The row index. */
const ROW: ClosedForm = { name: 'row', at: (row) => row, mle: (on, point) => weightedBits(on, point) };

export const VAR_RANGE = chip({
  name: 'VarRange',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [VALUE, BITS, ROW],
  logHeight: LOG_HEIGHT,
  eval: (air, row, _pre, closed) => {
    const [value, bits, index] = closed;
    if (value === undefined || bits === undefined || index === undefined) throw new RangeError('three closed forms');
    air.receive(RANGE, row.short, [value, bits], 'range: up to 15 bits');
    air.receive(RANGE, row.limb, [index, 16], 'range: 16 bits');
  },
});
