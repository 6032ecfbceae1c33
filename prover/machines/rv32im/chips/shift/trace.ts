import { IMMEDIATE, OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { bytes, limbs, rTypeFiller, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

export const fillShift: FillChip = (table, context) => {
  const { trace, column: c, height, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const fillShared = rTypeFiller(c, words, context);
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = words[w + FIELD.romRow]!;
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
    if (isImmediate) {
      c.isImmediate[row] = 1;
      limbs(c.immediate, row, operand);
    }
    bytes(c.b, row, b);
    lookups.bytes(b & 0xff, (b >>> 8) & 0xff);
    lookups.bytes((b >>> 16) & 0xff, b >>> 24);
    for (let j = 0; j < 8; j++) c.bits[j]![row] = (operand >>> j) & 1;
    const cByte1 = (operand >>> 8) & 0xff;
    c.cByte1[row] = cByte1;
    fillShared(row, w, cByte1);
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
  }
  c.power.fill(1, rows, height);
  return trace;
};
