import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { bytes, limbRanges, limbs, rTypeFiller, startTrace, type FillChip } from '../../shared/fill.ts';
import { byteProductSum } from '../../shared/product.ts';
import { COLUMNS } from './columns.ts';

export const fillMul: FillChip = (table, context) => {
  const { trace, column: col, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const fillShared = rTypeFiller(col, words, context);
  const flags = [col.isMul, col.isMulh, col.isMulhsu, col.isMulhu];
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillShared(row, w);
    const operation = rom.operation[i]!;
    const b = words[w + FIELD.rs1]!;
    const c = words[w + FIELD.rs2]!;
    flags[operation - OPERATIONS.MUL]![row] = 1;
    bytes(col.b, row, b);
    bytes(col.c, row, c);
    lookups.bytes(b & 0xff, (b >>> 8) & 0xff);
    lookups.bytes((b >>> 16) & 0xff, b >>> 24);
    lookups.bytes(c & 0xff, (c >>> 8) & 0xff);
    lookups.bytes((c >>> 16) & 0xff, c >>> 24);
    let carry = 0;
    for (let j = 0; j < 4; j++) {
      const total = byteProductSum(b, c, 2 * j) + 256 * byteProductSum(b, c, 2 * j + 1) + carry;
      const limb = total & 0xffff;
      carry = total >>> 16;
      col.product[j]![row] = limb;
      lookups.range16(limb);
      if (j < 3) {
        col.carry[j]![row] = carry;
        lookups.range(carry, 12);
      }
    }
    let a = (col.product[0][row]! | (col.product[1][row]! << 16)) >>> 0;
    if (operation !== OPERATIONS.MUL) {
      let signB = 0;
      let signC = 0;
      if (operation !== OPERATIONS.MULHU) {
        signB = b >>> 31;
        lookups.range((b >>> 16) & 0x7fff, 15);
      }
      if (operation === OPERATIONS.MULH) {
        signC = c >>> 31;
        lookups.range((c >>> 16) & 0x7fff, 15);
      }
      col.sign[0][row] = signB;
      col.sign[1][row] = signC;
      const low = col.product[2][row]! - signB * (c & 0xffff) - signC * (b & 0xffff);
      const borrowLow = -(low >> 16);
      const high = col.product[3][row]! - signB * (c >>> 16) - signC * (b >>> 16) - borrowLow;
      col.borrow[0][row] = borrowLow;
      col.borrow[1][row] = -(high >> 16);
      a = ((low & 0xffff) | ((high & 0xffff) << 16)) >>> 0;
    }
    limbs(col.a, row, a);
    limbRanges(lookups, a);
  }
  return trace;
};
