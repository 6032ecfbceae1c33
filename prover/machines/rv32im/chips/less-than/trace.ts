import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { fillComparison } from '../../shared/compare.ts';
import { limbs, rTypeFiller, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillLessThan: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const fillShared = rTypeFiller(c, words, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillShared(row, w);
    const code = rom.operation[i]!;
    const isImmediate = code >= IMMEDIATE;
    const signed = (isImmediate ? code - IMMEDIATE : code) === OPERATIONS.SLT;
    const b = words[w + FIELD.rs1]!;
    const operand = isImmediate ? rom.immediate[i]! : words[w + FIELD.rs2]!;
    if (signed) c.isSlt[row] = 1;
    else c.isSltu[row] = 1;
    if (isImmediate) {
      c.isImmediate[row] = 1;
      limbs(c.immediate, row, operand);
    }
    limbs(c.b, row, b);
    limbs(c.c, row, operand);
    fillComparison(c.sign, c.borrow, row, b, operand, signed, lookups);
  }
  return trace;
};
