import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { limbRanges, limbs, rTypeFiller, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillAddSub: FillChip = (table, context) => {
  const { trace, column: c, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const fillShared = rTypeFiller(c, words, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillShared(row, w);
    const b = words[w + FIELD.rs1]!;
    const operand = words[w + FIELD.rs2]!;
    const isSub = rom.operation[i] === OPERATIONS.SUB;
    const a = (isSub ? b - operand : b + operand) >>> 0;
    c.isReal[row] = 1;
    c.isSub[row] = isSub ? 1 : 0;
    limbs(c.b, row, b);
    limbs(c.c, row, operand);
    limbs(c.a, row, a);
    limbRanges(lookups, a);
  }
  return trace;
};
