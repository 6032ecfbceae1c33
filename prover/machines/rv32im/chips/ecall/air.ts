/**
 * Ecall: system calls, number in t0, arguments in a0..a2, result in a0. HALT, WRITE and COMMIT are flags; the row of any
 * other call sends it to the extension that has its number, and without such an extension there is no proof. COMMIT(index,
 * word) writes the word to the system word of that index, HALT(code) writes the code to system word 16: what a program says
 * stands in memory.
 *
 * Soundness: t0 has no columns of its own. The row reads (number, 0) from register t0, the number being a linear form in
 * the one-hot flags and the column `number`, which is 0 unless the call is an extension's: so each flag stands for exactly
 * one value of t0, and what is sent is t0. A call with a number of a flag would be sent and has no receiver.
 */
import { chip } from '../../../../air/chip.ts';
import {
  COMMIT_INDEX_BITS,
  HALTED_PC,
  SYSTEM_WORD,
  registerAddress,
  systemWordAddress,
} from '../../../../vm/address-map.ts';
import { OPERATIONS, SYSCALLS } from '../../../../vm/isa/operations.ts';
import { SYSCALL } from '../../buses.ts';
import { access, bytePair, gapHighs, instruction, range, readRegister, sum, type Limbs } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

/** Registers of the calling convention. */
const REGISTER = {
  t0: registerAddress(5),
  a0: registerAddress(10),
  a1: registerAddress(11),
  a2: registerAddress(12),
} as const;

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
      // Soundness: HALT goes to pc 1. Every other next pc is a multiple of 4 below 2^31, so a shard ends there if and only if it
      // ends with HALT, and no row of the text has that pc: nothing runs after it.
      nextPc: pc.add(4).add(isHalt.mul(air.constant(HALTED_PC).sub(pc.add(4)))),
    });
    const read = (name: 't0' | 'a1' | 'a2', slot: number, value: Limbs, order: typeof row.t0Order) =>
      readRegister(air, { name, register: REGISTER[name], value, order, at: time.add(slot), real });
    const t0High = read('t0', 0, [t0, air.constant(0)], row.t0Order);
    const a1High = read('a1', 1, a1, row.a1Order);
    const a2High = read('a2', 2, a2, row.a2Order);
    const a0High = access(air, {
      name: 'a0',
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

    // The fifth access, of COMMIT and HALT alone: slot 3, like that of a0, but of another cell.
    // Soundness: the index is below 16, by its range check and a high limb of 0, and the two flags exclude each other; so the
    // address is that of a system word, and no call writes a register or RAM this way. The gap stands alone in its pair, so
    // the pair may have the access's own multiplicity. Both words written come from registers, so their limbs have 16 bits.
    const system = isHalt.add(isCommit);
    const word = isHalt.mul(SYSTEM_WORD.exitCode).add(isCommit.mul(a0[0]));
    const systemHigh = access(air, {
      name: 'system word',
      address: word.add(systemWordAddress(0)),
      before: row.systemBefore,
      after: [isHalt.mul(a0[0]).add(isCommit.mul(a1[0])), isHalt.mul(a0[1]).add(isCommit.mul(a1[1]))],
      order: row.systemOrder,
      at: time.add(3),
      active: system,
      real: system,
    });
    bytePair(air, system, systemHigh, 0, 'system word gap high');
    range(air, isCommit, a0[0], COMMIT_INDEX_BITS, 'commit index');
    air.zero(isCommit.mul(a0[1]), 'commit index: high limb is 0');
  },
});
