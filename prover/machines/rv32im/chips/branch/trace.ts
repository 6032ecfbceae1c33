import { P, mul, neg } from '../../../../field/koalabear.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { FIELD } from '../../../../vm/execution-record.ts';
import { fillComparison } from '../../shared/compare.ts';
import { REGISTERS, fillStep, gap, limbs, startTrace, type FillChip } from '../../shared/fill.ts';
import { COLUMNS } from './columns.ts';

/** Inverses of 1..65535 by inv(i) = -(p div i) inv(p mod i); limb differences are at most that large. */
function inverseTable(): Uint32Array {
  const table = new Uint32Array(65536);
  table[1] = 1;
  for (let i = 2; i < table.length; i++) table[i] = neg(mul(Math.floor(P / i), table[P % i]!));
  return table;
}

export const fillBranch: FillChip = (table, context) => {
  const { trace, column: c, height, words, width, rows, lookups, rom } = startTrace(COLUMNS, table, context);
  const inverses = inverseTable();
  const flags = [c.isBeq, c.isBne, c.isBlt, c.isBge, c.isBltu, c.isBgeu];
  for (let row = 0, w = 0; row < rows; row++, w += width) {
    const i = fillStep(c, row, words, w, context);
    const time = words[w + FIELD.time]!;
    const pc = words[w + FIELD.pc]!;
    const b = words[w + FIELD.rs1]!;
    const operand = words[w + FIELD.rs2]!;
    const operation = rom.operation[i]!;
    flags[operation - OPERATIONS.BEQ]![row] = 1;
    c.rs1[row] = REGISTERS + rom.rs1[i]!;
    c.rs2[row] = REGISTERS + rom.rs2[i]!;
    c.target[row] = rom.extra[i]!;
    limbs(c.b, row, b);
    limbs(c.c, row, operand);
    const rs1High = gap(c.rs1Order, row, time, words[w + FIELD.rs1PrevTime]!, lookups);
    const rs2High = gap(c.rs2Order, row, time + 1, words[w + FIELD.rs2PrevTime]!, lookups);
    lookups.bytes(rs1High, rs2High);
    const signed = operation === OPERATIONS.BLT || operation === OPERATIONS.BGE;
    const less = fillComparison(c.sign, c.borrow, row, b, operand, signed, lookups) === 1;
    const equal = b === operand;
    if (equal) {
      c.equal[row] = 1;
    } else {
      const low = (b & 0xffff) - (operand & 0xffff);
      const limb = low === 0 ? 1 : 0;
      const difference = limb === 0 ? low : (b >>> 16) - (operand >>> 16);
      const inverse = inverses[Math.abs(difference)]!;
      c.witness[limb]![row] = difference < 0 ? neg(inverse) : inverse;
    }
    let taken = less;
    if (operation === OPERATIONS.BEQ || operation === OPERATIONS.BNE) taken = equal;
    if (operation === OPERATIONS.BNE || operation === OPERATIONS.BGE || operation === OPERATIONS.BGEU) taken = !taken;
    c.nextPc[row] = taken ? rom.extra[i]! : pc + 4;
  }
  c.equal.fill(1, rows, height);
  return trace;
};
