import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { bytes, limbRanges, limbs, rTypeFiller, startTrace, type FillChip } from '../../shared/fill.ts';
import { byteProductSum } from '../../shared/product.ts';
import { COLUMNS } from './columns.ts';

export const fillDivRem: FillChip = (table, context) => {
  const { trace, column: col, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const fillShared = rTypeFiller(col, words, context);
  const flags = [col.isDiv, col.isDivu, col.isRem, col.isRemu];
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillShared(row, w);
    const operation = rom.operation[i]!;
    const b = words[w + FIELD.rs1]!;
    const c = words[w + FIELD.rs2]!;
    flags[operation - OPERATIONS.DIV]![row] = 1;
    limbs(col.b, row, b);
    limbs(col.c, row, c);
    let signB = 0;
    let signC = 0;
    if (operation === OPERATIONS.DIV || operation === OPERATIONS.REM) {
      signB = b >>> 31;
      signC = c >>> 31;
      lookups.range((b >>> 16) & 0x7fff, 15);
      lookups.range((c >>> 16) & 0x7fff, 15);
    }
    const bMagnitude = signB === 1 ? -b >>> 0 : b;
    const cMagnitude = signC === 1 ? -c >>> 0 : c;
    const isZero = c === 0;
    const quotientMagnitude = isZero ? 0 : Math.floor(bMagnitude / cMagnitude);
    const remainderMagnitude = isZero ? bMagnitude : bMagnitude % cMagnitude;
    const negate = !isZero && signB !== signC;
    let quotient = negate ? -quotientMagnitude >>> 0 : quotientMagnitude;
    if (isZero) quotient = 0xffffffff;
    const remainder = signB === 1 ? -remainderMagnitude >>> 0 : remainderMagnitude;
    col.sign[0][row] = signB;
    col.sign[1][row] = signC;
    limbs(col.bMagnitude, row, bMagnitude);
    bytes(col.cMagnitude, row, cMagnitude);
    bytes(col.quotientMagnitude, row, quotientMagnitude);
    limbs(col.remainderMagnitude, row, remainderMagnitude);
    limbs(col.quotient, row, quotient);
    limbs(col.remainder, row, remainder);
    for (const word of [cMagnitude, quotientMagnitude]) {
      lookups.bytes(word & 0xff, (word >>> 8) & 0xff);
      lookups.bytes((word >>> 16) & 0xff, word >>> 24);
    }
    limbRanges(lookups, bMagnitude);
    limbRanges(lookups, remainderMagnitude);
    limbRanges(lookups, quotient);
    limbRanges(lookups, remainder);
    const low =
      byteProductSum(quotientMagnitude, cMagnitude, 0) +
      256 * byteProductSum(quotientMagnitude, cMagnitude, 1) +
      (remainderMagnitude & 0xffff);
    const carry = low >>> 16;
    col.carry[row] = carry;
    lookups.range(carry, 12);
    if (isZero) {
      col.divisorIsZero[row] = 1;
    } else {
      const difference = (cMagnitude & 0xffff) - (remainderMagnitude & 0xffff) - 1;
      const borrow = difference < 0 ? 1 : 0;
      col.borrow[row] = borrow;
      lookups.range16(difference + borrow * 65536);
      lookups.range16((cMagnitude >>> 16) - (remainderMagnitude >>> 16) - borrow);
    }
    col.negate[row] = negate ? 1 : 0;
    const isQuotient = operation === OPERATIONS.DIV || operation === OPERATIONS.DIVU;
    limbs(col.a, row, isQuotient ? quotient : remainder);
  }
  return trace;
};
