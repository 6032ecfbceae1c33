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
 * Senders: every instruction row (next pc, time + 4), once; the verifier (pc before, 4), once.
 * Receivers: every instruction row (pc, time), once; the verifier (pc after, end time), once.
 */
export const EXECUTION: Bus = { name: 'execution', id: 1, length: 2 };

/**
 * The decoded text: (pc, operation + 256 write, rd, rs1, rs2, imm lo, imm hi, extra); rd, rs1 and rs2 are addresses of
 * registers. A lookup bus.
 * Senders: every instruction row, once. Receiver: Rom, any multiplicity. Rows of operation TRAP have no sender.
 * Soundness: operations are below 256 and `write` is a boolean in every sender and in Rom, so the sum determines both.
 */
export const PROGRAM: Bus = { name: 'program', id: 2, length: 8 };

/**
 * Memory: (address, lo, hi, time), one address space of words for RAM, registers and system words. A permutation bus: an
 * access receives what the previous access of the cell sent and sends the new state. Soundness: both limbs of every tuple
 * sent are below 2^16; each writer proves it, and what Boundary sends was below 2^16 in the initial memory.
 * Senders and receivers: instruction rows and rows of extensions once per access; Boundary rows send the state before the
 * shard (time 0) and receive the one after it, four words a row.
 */
export const MEMORY: Bus = { name: 'memory', id: 3, length: 4 };

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
 * Nodes of the memory tree: (level, index, digest before 8, digest after 8). A permutation bus.
 * Senders: the verifier (27, 0, root before, root after), once; Merkle, once per touched child.
 * Receivers: Merkle, once per row; Boundary, once per row, at level 0, where the digest is the quad's eight limbs.
 * Soundness: what was before and after travels in one tuple, see chips/merkle/air.ts.
 */
export const MERKLE: Bus = { name: 'merkle', id: 8, length: 18 };

/**
 * Compressions: (left 8, right 8, out 8). A lookup bus.
 * Senders: Merkle, twice per row. Receiver: Poseidon2, any multiplicity; out is a function of left and right.
 */
export const HASH: Bus = { name: 'hash', id: 9, length: 24 };

/** The buses of every machine. */
export const BUSES: readonly Bus[] = [EXECUTION, PROGRAM, MEMORY, RANGE, BYTE_PAIR, BYTE_AND, SYSCALL, MERKLE, HASH];

/** Identifiers from here on are those of extensions. */
export const EXTENSION_BUS_START = 32;
