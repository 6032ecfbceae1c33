/**
 * The buses of every RV32IM machine. A chip that looks something up sends; the chip that owns the tuples receives.
 *
 * Soundness: on every bus all non-table multiplicities are booleans that the chips constrain, and the verifier's height
 * checks keep the number of fractions below p, so that a sum that is zero in F_p is zero over the integers. A message
 * element stands for an integer only where its sender range-checked it; 32-bit words are two 16-bit limbs.
 */
import type { Bus } from '../../air/chip.ts';

/**
 * The order of execution: (pc, time). A permutation bus.
 * Senders: every instruction row (next pc, time + 4), once; the verifier (entry pc, 4), once.
 * Receivers: every instruction row (pc, time), once; the verifier (0, end time), once.
 */
export const EXECUTION: Bus = { name: 'execution', id: 1, length: 2 };

/**
 * The decoded text: (pc, operation, rd, rs1, rs2, write, imm lo, imm hi, extra lo, extra hi). A lookup bus.
 * Senders: every instruction row, once. Receiver: Rom, any multiplicity. Rows of operation TRAP have no sender.
 */
export const PROGRAM: Bus = { name: 'program', id: 2, length: 10 };

/**
 * Memory: (space, address, lo, hi, time). A permutation bus: an access receives what the previous access of the cell
 * sent and sends the new state. Soundness: both limbs of every tuple sent are below 2^16; each writer proves it.
 * Senders and receivers: instruction rows and rows of extensions once per access; Image and ZeroInit rows send the initial
 * state (time 0) and receive the final one, once per row.
 */
export const MEMORY: Bus = { name: 'memory', id: 3, length: 5 };

/** Range checks: (value, bits) with bits <= 16 means value < 2^bits. Lookup bus; receiver: VarRange. */
export const RANGE: Bus = { name: 'range', id: 4, length: 2 };

/** Pairs of bytes: (x, y). Lookup bus; receiver: Byte. */
export const BYTE_PAIR: Bus = { name: 'byte pair', id: 5, length: 2 };

/** Bitwise and of two bytes: (x, y, x AND y). Lookup bus; receiver: Byte. */
export const BYTE_AND: Bus = { name: 'byte and', id: 6, length: 3 };

/**
 * Calls of extensions: (number, time, a0 lo, a0 hi, a1 lo, a1 hi, a2 lo, a2 hi, a0 after lo, a0 after hi). A permutation bus.
 * Senders: Ecall, once per row that is no HALT, WRITE or COMMIT. Receivers: chips of extensions, once per call.
 * Soundness: a chip receives with constant numbers, those of its extension, so a number has one meaning in a machine and
 * one without receiver has no proof. Arguments are 16-bit limbs, being read from registers, and Ecall range-checks the
 * result; times of calls are distinct.
 */
export const SYSCALL: Bus = { name: 'syscall', id: 7, length: 10 };

/**
 * The chain of touched RAM words of the zero range, ascending: (word address). A permutation bus.
 * Senders: the verifier (start of the range), once; ZeroInit (the next address), once per row.
 * Receivers: ZeroInit (its own address), once per row; the verifier (end of the range), once.
 */
export const SORT: Bus = { name: 'sort', id: 8, length: 1 };

/** Committed output: (index, word lo, word hi). Sender: Ecall, once per COMMIT. Receiver: the verifier, index 0..7 once each. */
export const COMMIT: Bus = { name: 'commit', id: 9, length: 3 };

/** The end: (exit code lo, exit code hi). Sender: Ecall, once per HALT. Receiver: the verifier, once. */
export const HALT: Bus = { name: 'halt', id: 10, length: 2 };

/** The buses of every machine. */
export const BUSES: readonly Bus[] = [
  EXECUTION,
  PROGRAM,
  MEMORY,
  RANGE,
  BYTE_PAIR,
  BYTE_AND,
  SYSCALL,
  SORT,
  COMMIT,
  HALT,
];

/** Identifiers from here on are those of extensions. */
export const EXTENSION_BUS_START = 32;
