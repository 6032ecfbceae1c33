/**
 * Ecall: system calls, number in t0, arguments in a0..a2, result in a0. HALT, WRITE and COMMIT are flags; the row of any
 * other call sends it to the extension that has its number, and without such an extension there is no proof.
 *
 * Soundness: t0 has no columns of its own. The row reads (number, 0) from register t0, the number being a linear form in
 * the one-hot flags and the column `number`, which is 0 unless the call is an extension's: so each flag stands for exactly
 * one value of t0, and what is sent is t0. A call with a number of a flag would be sent and has no receiver.
 */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS, SYSCALLS } from '../../../../vm/isa/operations.ts';
import { SPACE } from '../../../../vm/execution-record.ts';
import { COMMIT, HALT, SYSCALL } from '../../buses.ts';
import { access, gapHighs, instruction, range, readRegister, sum, type Limbs } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

/** Registers of the calling convention. */
const REGISTER = { t0: 5, a0: 10, a1: 11, a2: 12 } as const;

export const ECALL = chip({
  name: 'Ecall',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isHalt, isWrite, isCommit, isCall, number, pc, time, a0, a1, a2, a0After } = row;
    const real = sum(isHalt, isWrite, isCommit, isCall);
    air.bool(real, 'at most one call');
    air.zero(number.mul(air.constant(1).sub(isCall)), 'a number only in calls of extensions');
    const t0 = sum(isHalt.mul(SYSCALLS.HALT), isWrite.mul(SYSCALLS.WRITE), isCommit.mul(SYSCALLS.COMMIT), number);
    instruction(air, {
      real,
      pc,
      time,
      operation: OPERATIONS.ECALL,
      // HALT goes to address 0, which is never text: nothing runs after it.
      nextPc: air.constant(1).sub(isHalt).mul(pc.add(4)),
    });
    const read = (name: 't0' | 'a1' | 'a2', slot: number, value: Limbs, order: typeof row.t0Order) =>
      readRegister(air, { name, register: REGISTER[name], value, order, at: time.add(slot), real });
    const t0High = read('t0', 0, [t0, air.constant(0)], row.t0Order);
    const a1High = read('a1', 1, a1, row.a1Order);
    const a2High = read('a2', 2, a2, row.a2Order);
    const a0High = access(air, {
      name: 'a0',
      space: SPACE.REGISTER,
      address: REGISTER.a0,
      before: a0,
      after: a0After,
      order: row.a0Order,
      at: time.add(3),
      active: real,
      real,
    });
    gapHighs(air, real, [t0High, a1High], 't0, a1');
    gapHighs(air, real, [a2High, a0High], 'a2, a0');

    // Soundness: what a0 becomes is for the extension to say. Here it is only made a word, as all that is written to
    // memory; a0 that is kept was one before.
    const keepsA0 = real.sub(isCall);
    air.zero(keepsA0.mul(a0After[0].sub(a0[0])), 'a0 is kept: low');
    air.zero(keepsA0.mul(a0After[1].sub(a0[1])), 'a0 is kept: high');
    range(air, isCall, a0After[0], 16, 'a0 after low');
    range(air, isCall, a0After[1], 16, 'a0 after high');
    air.send(SYSCALL, isCall, [number, time, ...a0, ...a1, ...a2, ...a0After], 'syscall: the call');

    air.zero(isCommit.mul(a0[1]), 'commit index: high limb is 0');
    air.send(COMMIT, isCommit, [a0[0], ...a1], 'commit: word');
    air.send(HALT, isHalt, a0, 'halt: exit code');
  },
});
