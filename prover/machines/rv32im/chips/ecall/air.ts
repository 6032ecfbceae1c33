/**
 * Ecall: system calls, number in t0, arguments in a0..a2, result in a0. An unknown number has no proof.
 *
 * As docs/protocol.md explains in its last section, HALT and COMMIT are flags of this chip, and t0 has no columns of
 * its own. Soundness: the row reads (number, 0) from register t0 as a linear form in the one-hot flags, which is the
 * same statement as a column per limb with f_id (t0 - id) = 0.
 */
import { chip } from '../../../../air/chip.ts';
import { OPERATIONS, SYSCALLS } from '../../../../vm/isa/operations.ts';
import { SPACE } from '../../../../vm/execution-record.ts';
import { COMMIT, HALT, HINT } from '../../buses.ts';
import { access, gapHighs, instruction, range, readRegister, sum, wordAddress, type Limbs } from '../../shared/air.ts';
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
    const { isHalt, isWrite, isCommit, isHintLen, isHintRead, pc, time, a0, a1, a2, a0After } = row;
    const real = sum(isHalt, isWrite, isCommit, isHintLen, isHintRead);
    air.bool(real, 'at most one call');
    const number = sum(
      isHalt.mul(SYSCALLS.HALT),
      isWrite.mul(SYSCALLS.WRITE),
      isCommit.mul(SYSCALLS.COMMIT),
      isHintLen.mul(SYSCALLS.HINT_LEN),
      isHintRead.mul(SYSCALLS.HINT_READ),
    );
    instruction(air, {
      real,
      pc,
      time,
      operation: OPERATIONS.ECALL,
      rd: 0,
      rs1: 0,
      rs2: 0,
      write: 0,
      immediate: [0, 0],
      extra: [0, 0],
      // HALT goes to address 0, which is never text: nothing runs after it.
      nextPc: air.constant(1).sub(isHalt).mul(pc.add(4)),
    });
    const read = (name: 't0' | 'a1' | 'a2', slot: number, value: Limbs, order: typeof row.t0Order) =>
      readRegister(air, { name, register: REGISTER[name], value, order, at: time.add(slot), real });
    const t0High = read('t0', 0, [number, air.constant(0)], row.t0Order);
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

    // Soundness: HINT_LEN returns a word of the prover's choice (untrusted input), every other call leaves a0 alone.
    const keepsA0 = real.sub(isHintLen);
    air.zero(keepsA0.mul(a0After[0].sub(a0[0])), 'a0 is kept: low');
    air.zero(keepsA0.mul(a0After[1].sub(a0[1])), 'a0 is kept: high');
    range(air, real, a0After[0], 16, 'a0 after low');
    range(air, real, a0After[1], 16, 'a0 after high');

    // HINT_READ(ptr, byte length): both multiples of 4 below 2^30, else p + 4k would act as word k.
    const wordStart = wordAddress(air, isHintRead, a0[0], a0[1], 'hint pointer');
    const wordCount = wordAddress(air, isHintRead, a1[0], a1[1], 'hint length');
    air.send(HINT, isHintRead, [time, wordStart, wordCount], 'hint: words to write');

    air.zero(isCommit.mul(a0[1]), 'commit index: high limb is 0');
    air.send(COMMIT, isCommit, [a0[0], ...a1], 'commit: word');
    air.send(HALT, isHalt, a0, 'halt: exit code');
  },
});
