/** Byte: row x + 256 y holds the bytes x, y and x AND y, closed forms of the row index. */
import { chip, type ClosedForm } from '../../../../air/chip.ts';
import { BYTE_AND, BYTE_PAIR } from '../../buses.ts';
import { weightedBits } from '../var-range/air.ts';
import { COLUMNS } from './columns.ts';

const X: ClosedForm = {
  name: 'x',
  at: (row) => row & 0xff,
  mle: (on, point) => weightedBits(on, point.slice(0, 8)),
};

const Y: ClosedForm = {
  name: 'y',
  at: (row) => row >>> 8,
  mle: (on, point) => weightedBits(on, point.slice(8)),
};

/** x AND y = sum_i 2^i x_i y_i. */
const AND: ClosedForm = {
  name: 'x and y',
  at: (row) => row & (row >>> 8) & 0xff,
  mle: (on, point) =>
    on.extDot(
      point.slice(0, 8).map((bit, i) => on.extMulConst(bit, 2 ** i)),
      point.slice(8),
    ),
};

export const BYTE = chip({
  name: 'Byte',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [X, Y, AND],
  logHeight: 16,
  eval: (air, row, _pre, closed) => {
    const [x, y, and] = closed;
    if (x === undefined || y === undefined || and === undefined) throw new RangeError('three closed forms');
    air.receive(BYTE_PAIR, row.pair, [x, y], 'byte pair: row');
    air.receive(BYTE_AND, row.and, [x, y, and], 'byte and: row');
  },
});
