/**
 * What the recording executor writes and the chips read, of one shard of an execution. One table per instruction family,
 * one row of RECORD_WORDS unsigned words per executed instruction; plus tables for the calls of extensions, the memory they
 * access, the quads of memory that were touched, and the nodes of the memory tree above them.
 *
 * Time: instruction k of the shard (from 0) runs at t = 4(k+1); its accesses happen at t + slot. Slots: 0 reads rs1, 1 reads
 * rs2, 2 accesses RAM, 3 writes rd. An ecall reads t0 at slot 0, a1 at slot 1, a2 at slot 2 and writes a0 at slot 3; COMMIT
 * and HALT write a system word at slot 3; an extension accesses memory at slots of its choice. The first access of a cell
 * in the shard has previous time 0. Registers and system words are cells of the one memory (address-map.ts).
 */
import { FAMILIES, type Family } from './isa/operations.ts';

/** Word offsets within a record. Fields that a family does not use are 0. */
export const FIELD = {
  /** Row of the instruction in the decoded program. */
  romRow: 0,
  pc: 1,
  /** t = 4(k+1). */
  time: 2,
  /** Value of rs1 and time of its previous access. */
  rs1: 3,
  rs1PrevTime: 4,
  /** Value of rs2 (not accessed in immediate forms: 0). */
  rs2: 5,
  rs2PrevTime: 6,
  /** Value of rd before the write and time of its previous access (0 when nothing is written). */
  rdOld: 7,
  rdPrevTime: 8,
  /** Result of the instruction, also when it is not written. Link address for jalr. */
  result: 9,
  nextPc: 10,
  /** RAM word address (byte address / 4), word before and after, time of the previous access. */
  memoryAddress: 11,
  memoryOld: 12,
  memoryNew: 13,
  memoryPrevTime: 14,
  /** Byte address before alignment, x[rs1] + imm mod 2^32. */
  byteAddress: 15,
} as const;

/** How an ecall uses the fields: its registers stand where other instructions have theirs. */
export const ECALL_FIELD = {
  number: FIELD.rs1,
  a0: FIELD.rdOld,
  a1: FIELD.rs2,
  a2: FIELD.memoryOld,
  a2PrevTime: FIELD.memoryPrevTime,
  /** a0 after the call. */
  result: FIELD.result,
  /**
   * The system word that COMMIT (word a0 becomes a1) or HALT (word 16 becomes a0) writes: its address, else 0; its value
   * before, and the time of its previous access.
   */
  systemAddress: FIELD.memoryAddress,
  systemOld: FIELD.memoryNew,
  systemPrevTime: FIELD.byteAddress,
} as const;

/** Words of a record. */
export const RECORD_WORDS = 16;

/** More rows than a table ever has. */
export const NO_MARK = 2 ** 31;

/** A growable table of fixed-width rows of unsigned words. */
export class RecordTable {
  readonly width: number;
  #words: Uint32Array;
  #rows = 0;
  /** The recorder looks at what a shard has room for when there are this many rows. */
  mark = NO_MARK;

  constructor(width: number, initialRows = 1024) {
    this.width = width;
    this.#words = new Uint32Array(width * initialRows);
  }

  get rows(): number {
    return this.#rows;
  }

  /** All words written so far; a view that the next `push` may invalidate. */
  get words(): Uint32Array {
    return this.#words.subarray(0, this.#rows * this.width);
  }

  /** Appends a zero row and returns the word offset at which it starts. */
  push(): number {
    const at = this.#rows * this.width;
    if (at + this.width > this.#words.length) {
      const bigger = new Uint32Array(this.#words.length * 2);
      bigger.set(this.#words);
      this.#words = bigger;
    }
    this.#rows++;
    return at;
  }

  /** The live buffer; fetch again after every `push`. */
  get buffer(): Uint32Array {
    return this.#words;
  }
}

/**
 * One call of an extension: time t of the ecall, arguments, a0 after the call; the first row of its memory accesses and
 * their number.
 */
export const CALL_FIELD = { time: 0, a0: 1, a1: 2, a2: 3, result: 4, firstAccess: 5, accesses: 6 } as const;
export const CALL_WORDS = 7;
/**
 * One memory access of an extension, in the order of its handler: word address, word before and after (equal when it
 * reads), time of the access (t + slot) and of the previous one.
 */
export const ACCESS_FIELD = { address: 0, old: 1, new: 2, time: 3, prevTime: 4 } as const;
export const ACCESS_WORDS = 5;
/** One touched quad: word address / 4, its four words before and after, and the times of their last accesses, 0 for none. */
export const QUAD_FIELD = { index: 0, init: 1, final: 5, times: 9 } as const;
export const QUAD_RECORD_WORDS = 13;
/**
 * One inner node of the memory tree above a touched quad: level, index, which children are touched, their digests and its
 * own before and after. Digests are eight elements.
 */
export const NODE_FIELD = {
  level: 0,
  index: 1,
  touchedLeft: 2,
  touchedRight: 3,
  leftInit: 4,
  leftFinal: 12,
  rightInit: 20,
  rightFinal: 28,
  outInit: 36,
  outFinal: 44,
} as const;
export const NODE_WORDS = 52;

/** Final states of single cells, and spaces: what chips of before the memory tree use, until they are gone. */
export const FINAL_FIELD = { space: 0, address: 1, value: 2, time: 3 } as const;
export const SPACE = { REGISTER: 1, RAM: 2 } as const;

/** Where an execution stands: the next instruction, and the root of the memory tree. After HALT, pc is HALTED_PC. */
export type MemoryState = { readonly pc: number; readonly root: readonly number[] };

/** Everything the trace of one shard is filled from. */
export type ExecutionRecord = {
  readonly families: Readonly<Record<Family, RecordTable>>;
  /** Calls of extensions by number; a number that was not called has no table. */
  readonly calls: ReadonlyMap<number, RecordTable>;
  /** Their memory accesses. */
  readonly accesses: RecordTable;
  /** Touched quads, ascending. */
  readonly quads: RecordTable;
  /** Touched inner nodes of the memory tree, by level and then index; the last one is the root. */
  readonly nodes: RecordTable;
  /** Number of instructions executed; the last one runs at t = 4 * cycles. */
  readonly cycles: number;
  readonly start: MemoryState;
  readonly end: MemoryState;
};

const NO_CALLS = new RecordTable(CALL_WORDS, 1);

/** The calls of a number, none when there is no table. */
export function callsOf(record: ExecutionRecord, number: number): RecordTable {
  return record.calls.get(number) ?? NO_CALLS;
}

/** Empty tables for a new execution. */
export function newFamilyTables(): Record<Family, RecordTable> {
  return Object.fromEntries(FAMILIES.map((family) => [family, new RecordTable(RECORD_WORDS)])) as Record<
    Family,
    RecordTable
  >;
}
