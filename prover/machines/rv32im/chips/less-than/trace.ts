import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { fillComparison } from '../../shared/compare.ts';
import { fillStep, gap, limbs, newTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillLessThan: FillChip = (table, context) => {
  const { trace, column: c } = newTrace(COLUMNS, table.rows);
  const { lookups } = context;
  const { rom } = context.program;
  const words = table.words;
  for (let row = 0, w = 0; row < table.rows; row++, w += table.width) {
    const i = fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    const code = rom.operation[i]!;
    const isImmediate = code >= IMMEDIATE;
    const signed = (isImmediate ? code - IMMEDIATE : code) === OPERATIONS.SLT;
    const b = words[w + FIELD.rs1]!;
    const operand = isImmediate ? rom.immediate[i]! : words[w + FIELD.rs2]!;
    if (signed) c.isSlt[row] = 1;
    else c.isSltu[row] = 1;
    c.rd[row] = rom.rd[i]!;
    c.rs1[row] = rom.rs1[i]!;
    if (isImmediate) {
      c.isImmediate[row] = 1;
      limbs(c.immediate, row, operand);
    } else {
      c.rs2[row] = rom.rs2[i]!;
    }
    limbs(c.b, row, b);
    limbs(c.c, row, operand);
    fillComparison(c.sign, c.borrow, row, b, operand, signed, lookups);
    limbs(c.rdBefore, row, words[w + FIELD.rdOld]!);
    const rs1High = gap(c.rs1Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const rs2High = gap(c.rs2Order, row, time + 1, words[w + FIELD.rs2PrevTime]!, lookups);
    lookups.bytes(rs1High, rs2High);
    lookups.bytes(gap(c.rdOrder, row, time + 3, words[w + FIELD.rdPrevTime]!, lookups), 0);
  }
  return trace;
};
