/** Branch: beq, bne, blt, bge, bltu, bgeu. The target is a word address of the text or the decoder made a trap of it. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import { gapHighs, instruction, readRegister, sum } from '../../shared/air.ts';
import { comparison } from '../../shared/compare.ts';
import { COLUMNS } from './columns.ts';

export const BRANCH = chip({
  name: 'Branch',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { pc, time, rs1, rs2, b, c, borrow, equal, witness, target } = row;
    const one = air.constant(1);
    const real = sum(row.isBeq, row.isBne, row.isBlt, row.isBge, row.isBltu, row.isBgeu);
    const less = borrow[1];
    air.bool(real, 'at most one operation');
    const operation = sum(
      row.isBeq.mul(OPERATIONS.BEQ),
      row.isBne.mul(OPERATIONS.BNE),
      row.isBlt.mul(OPERATIONS.BLT),
      row.isBge.mul(OPERATIONS.BGE),
      row.isBltu.mul(OPERATIONS.BLTU),
      row.isBgeu.mul(OPERATIONS.BGEU),
    );
    instruction(air, {
      real,
      pc,
      time,
      operation,
      rs1,
      rs2,
      extra: target,
      nextPc: row.nextPc,
    });
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const rs2High = readRegister(air, {
      name: 'rs2',
      register: rs2,
      value: c,
      order: row.rs2Order,
      at: time.add(1),
      real,
    });
    gapHighs(air, real, [rs1High, rs2High], 'rs1, rs2');
    comparison(air, { real, signed: row.isBlt.add(row.isBge), b, c, sign: row.sign, borrow });

    // Soundness: limb by limb; the difference of the recombined words could be a multiple of p.
    const differences = [b[0].sub(c[0]), b[1].sub(c[1])] as const;
    air.zero(equal.mul(differences[0]), 'equal: low limbs agree');
    air.zero(equal.mul(differences[1]), 'equal: high limbs agree');
    const product = differences[0].mul(witness[0]).add(differences[1].mul(witness[1]));
    air.zero(one.sub(equal).mul(one.sub(product)), 'not equal: a limb differs');

    const taken = sum(
      row.isBeq.mul(equal),
      row.isBne.mul(one.sub(equal)),
      row.isBlt.add(row.isBltu).mul(less),
      row.isBge.add(row.isBgeu).mul(one.sub(less)),
    );
    const fallThrough = pc.add(4);
    air.equal(row.nextPc, real.mul(fallThrough).add(taken.mul(target.sub(fallThrough))), 'next pc');
  },
});
