import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { bytes, fillStep, gap, limbs, newTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillShift: FillChip = (table, context) => {
  const { trace, column: c, height } = newTrace(COLUMNS, table.rows);
  const { lookups } = context;
  const { rom } = context.program;
  const words = table.words;
  for (let row = 0, w = 0; row < table.rows; row++, w += table.width) {
    const i = fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    const code = rom.operation[i]!;
    const isImmediate = code >= IMMEDIATE;
    const operation = isImmediate ? code - IMMEDIATE : code;
    const b = words[w + FIELD.rs1]!;
    const operand = isImmediate ? rom.immediate[i]! : words[w + FIELD.rs2]!;
    const amount = operand & 31;
    const k = amount & 7;
    let a: number;
    if (operation === OPERATIONS.SLL) {
      c.isSll[row] = 1;
      a = (b << amount) >>> 0;
    } else if (operation === OPERATIONS.SRL) {
      c.isSrl[row] = 1;
      a = b >>> amount;
    } else {
      c.isSra[row] = 1;
      a = (b >> amount) >>> 0;
    }
    c.rd[row] = rom.rd[i]!;
    c.rs1[row] = rom.rs1[i]!;
    if (isImmediate) {
      c.isImmediate[row] = 1;
      limbs(c.immediate, row, operand);
    } else {
      c.rs2[row] = rom.rs2[i]!;
    }
    bytes(c.b, row, b);
    lookups.bytes(b & 0xff, (b >>> 8) & 0xff);
    lookups.bytes((b >>> 16) & 0xff, b >>> 24);
    for (let j = 0; j < 8; j++) c.bits[j]![row] = (operand >>> j) & 1;
    const cByte1 = (operand >>> 8) & 0xff;
    c.cByte1[row] = cByte1;
    c.cHigh[row] = operand >>> 16;
    const multiplier = operation === OPERATIONS.SLL ? 1 << k : 256 >> k;
    c.power[row] = 1 << k;
    c.multiplier[row] = multiplier;
    c.bothByteBits[row] = (operand >>> 3) & (operand >>> 4) & 1;
    for (let j = 0; j < 4; j++) {
      const product = ((b >>> (8 * j)) & 0xff) * multiplier;
      c.low[j]![row] = product & 0xff;
      c.high[j]![row] = product >>> 8;
      lookups.bytes(product & 0xff, product >>> 8);
    }
    if (operation === OPERATIONS.SRA) {
      const fill = b >>> 31;
      c.fill[row] = fill;
      c.fillBits[row] = fill * (256 - multiplier);
      lookups.byteAnd(b >>> 24, 128);
    }
    limbs(c.a, row, a);
    limbs(c.rdBefore, row, words[w + FIELD.rdOld]!);
    const rs1High = gap(c.rs1Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const rs2High = gap(c.rs2Order, row, time + 1, words[w + FIELD.rs2PrevTime]!, lookups);
    lookups.bytes(rs1High, rs2High);
    lookups.bytes(gap(c.rdOrder, row, time + 3, words[w + FIELD.rdPrevTime]!, lookups), cByte1);
  }
  c.power.fill(1, table.rows, height);
  return trace;
};
