/** LoadNarrow: lb, lbu, lh, lhu. A half at an odd address has no proof. */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS } from '../../../../vm/isa/operations.ts';
import {
  access,
  addition,
  bytePair,
  gapHighs,
  instruction,
  join,
  range,
  readRegister,
  signBit,
  sum,
  wordAddress,
  writeRd,
} from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const LOAD_NARROW = chip({
  name: 'LoadNarrow',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { pc, time, rs1, rd, write, immediate, b, address, offset, word, half, byte, sign } = row;
    const isByte = row.isLb.add(row.isLbu);
    const isHalf = row.isLh.add(row.isLhu);
    const real = isByte.add(isHalf);
    air.bool(real, 'at most one operation');
    air.zero(write.mul(air.constant(1).sub(real)), 'rd is written only on real rows');
    const operation = sum(
      row.isLb.mul(OPERATIONS.LB),
      row.isLbu.mul(OPERATIONS.LBU),
      row.isLh.mul(OPERATIONS.LH),
      row.isLhu.mul(OPERATIONS.LHU),
    );
    instruction(air, {
      real,
      pc,
      time,
      operation,
      rd,
      rs1,
      write,
      immediate,
    });
    addition(air, b, immediate, address, 'address = b + imm');
    const aligned = address[0].sub(offset[0]).sub(offset[1].mul(2));
    const rs1High = readRegister(air, { name: 'rs1', register: rs1, value: b, order: row.rs1Order, at: time, real });
    const ramHigh = access(air, {
      name: 'RAM',
      address: wordAddress(air, real, aligned, address[1], 'address'),
      before: word,
      after: word,
      order: row.ramOrder,
      at: time.add(2),
      active: real,
      real,
    });
    const value = [row.aLow, sign.mul(0xffff)] as const;
    const rdHigh = writeRd(air, { rd, before: row.rdBefore, value, order: row.rdOrder, time, active: write, real });
    gapHighs(air, real, [rs1High, ramHigh], 'rs1, RAM');
    gapHighs(air, real, [rdHigh, 0], 'rd');

    air.zero(isHalf.mul(offset[0]), 'halves are aligned');
    const selected = join(half[0], half[1]);
    air.equal(selected, word[0].add(offset[1].mul(word[1].sub(word[0]))), 'selected half');
    bytePair(air, real, half[0], half[1], 'selected half');
    air.equal(byte, half[0].add(offset[0].mul(half[1].sub(half[0]))), 'selected byte');
    air.zero(sign.mul(air.constant(1).sub(row.isLb).sub(row.isLh)), 'sign only in signed loads');
    range(air, row.isLb, byte.sub(sign.mul(128)), 7, 'sign of the byte');
    signBit(air, row.isLh, selected, sign, 'sign of the half');
    const extended = byte.add(sign.mul(0xff00));
    air.equal(row.aLow, isByte.mul(extended).add(isHalf.mul(selected)), 'a low');
  },
});
