import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { bytes, limbs, rTypeFiller, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillBitwise: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const fillShared = rTypeFiller(c, words, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillShared(row, w);
    const code = rom.operation[i]!;
    const isImmediate = code >= IMMEDIATE;
    const operation = isImmediate ? code - IMMEDIATE : code;
    const b = words[w + FIELD.rs1]!;
    const operand = isImmediate ? rom.immediate[i]! : words[w + FIELD.rs2]!;
    const and = (b & operand) >>> 0;
    let a = and;
    if (operation === OPERATIONS.AND) {
      c.isAnd[row] = 1;
    } else if (operation === OPERATIONS.OR) {
      c.isOr[row] = 1;
      a = (b | operand) >>> 0;
    } else {
      c.isXor[row] = 1;
      a = (b ^ operand) >>> 0;
    }
    if (isImmediate) {
      c.isImmediate[row] = 1;
      limbs(c.immediate, row, operand);
    }
    bytes(c.b, row, b);
    bytes(c.c, row, operand);
    bytes(c.and, row, and);
    for (let shift = 0; shift < 32; shift += 8) lookups.byteAnd((b >>> shift) & 0xff, (operand >>> shift) & 0xff);
    limbs(c.a, row, a);
  }
  return trace;
};
