/**
 * Executes instructions and records them for the proof: one row per instruction in the table of its family, with values and
 * times of the previous accesses. See `../execution-record.ts` for the layout and the time slots.
 */
import { HALTED_PC, SYSTEM_WORD, systemWordAddress } from '../address-map.ts';
import { evaluate, extract, isTaken } from '../isa/evaluate.ts';
import type { BlockCall, SystemCalls } from '../syscalls/effect.ts';
import { DEFAULT_REACH, type OnAccess, type Slot, type SyscallTable } from '../syscalls/table.ts';
import type { PagedMemory } from './memory.ts';
import type { ShardLimits } from './limits.ts';
import { ShardMeter } from './meter.ts';
import { Touched } from './touched.ts';
import { IMMEDIATE, OPERATIONS, SYSCALLS, type Family } from '../isa/operations.ts';
import type { Fault } from '../outcome.ts';
import type { Program } from '../program.ts';
import {
  ACCESS_FIELD,
  ACCESS_WORDS,
  CALL_FIELD,
  CALL_WORDS,
  ECALL_FIELD,
  FIELD,
  NO_MARK,
  RecordTable,
  newFamilyTables,
  type ExecutionRecord,
} from '../execution-record.ts';
import { badAccess, badJump, illegalInstruction, indexText, outsideText, type TextIndex } from '../faults.ts';

/** Most instructions one shard may hold: the end time 4 (cycles + 1) is below 2^24. */
export const RECORD_CYCLE_LIMIT = 2 ** 22 - 2;

const T0 = 5;
const A0 = 10;
const A1 = 11;
const A2 = 12;
/** System words stand behind the 32 registers. */
const FIRST_SYSTEM_WORD = 32;

/** Numbers of calls that no extension executes. */
const BUILT_IN: ReadonlySet<number> = new Set(Object.values(SYSCALLS));

/** Why instructions stopped. `at` is the pc of a fault in a block outside the proof. */
export type Stop =
  | (Fault & { readonly at?: number })
  | { readonly exitCode: number }
  /** The shard has no room for the next instruction, which has not run. */
  | 'full';

/** The tables of a shard, before its memory is closed by the tree. */
export type ShardTables = Omit<ExecutionRecord, 'nodes' | 'start' | 'end'>;

/** What an execution is made of. */
export type Machinery = {
  readonly program: Program;
  readonly table: SyscallTable;
  readonly syscalls: SystemCalls;
  readonly memory: PagedMemory;
  readonly limits: ShardLimits;
  /** Runs a block outside the proof; gives the fault that ended it, and its pc. */
  readonly enter: (call: BlockCall, registers: Int32Array) => (Fault & { readonly at: number }) | undefined;
};

/** An execution that is recorded shard by shard. */
export class ShardExecution {
  readonly #machinery: Machinery;
  readonly #program: Program;
  readonly #memory: PagedMemory;
  readonly #text: TextIndex;
  readonly touched: Touched;
  readonly #registers: Int32Array;
  readonly #registerTimes: Uint32Array;
  #families = newFamilyTables();
  #calls = new Map<number, RecordTable>();
  #accesses = new RecordTable(ACCESS_WORDS, 64);
  #meter: ShardMeter;
  /** Words that the running call may still access. */
  #reach = 0;
  /** Instructions of the shards before, and of this one. */
  #before = 0;
  #cycles = 0;
  pc: number;

  /** Stands at `pc`, with all registers 0. */
  constructor(machinery: Machinery, pc: number) {
    this.#machinery = machinery;
    this.#program = machinery.program;
    this.#memory = machinery.memory;
    this.#text = indexText(machinery.program.rom);
    this.touched = new Touched(machinery.memory);
    this.#registers = this.touched.cells;
    this.#registerTimes = this.touched.cellTimes;
    this.pc = pc;
    this.#meter = this.#newMeter();
  }

  /** Instructions of this shard, and of all. */
  get cycles(): number {
    return this.#cycles;
  }
  get totalCycles(): number {
    return this.#before + this.#cycles;
  }

  /** Executes instructions until the shard has `until` of them; gives why it stopped before, if it did. */
  run(until: number): Stop | undefined {
    const { base, rowAt } = this.#text;
    const { operation } = this.#program.rom;
    while (this.#cycles < until) {
      if (this.touched.isDue) {
        if (!this.#meter.hasRoom()) {
          if (this.#cycles === 0) throw new RangeError('"limits" leave no room for one instruction');
          return 'full';
        }
        this.touched.isDue = false;
      }
      const offset = this.pc - base;
      const row = offset >= 0 && offset >>> 2 < rowAt.length ? (rowAt[offset >>> 2] ?? -1) : -1;
      const stop: Stop | undefined = row < 0 ? outsideText(this.pc) : this.#step(row, operation[row] ?? 0);
      if (stop === undefined) this.#cycles++;
      else {
        if (typeof stop === 'object' && 'exitCode' in stop) this.#cycles++;
        return stop;
      }
    }
    return undefined;
  }

  /** The tables of the shard that ends here. */
  close(): ShardTables {
    for (const table of Object.values(this.#families)) table.mark = NO_MARK;
    return {
      families: this.#families,
      calls: this.#calls,
      accesses: this.#accesses,
      quads: this.touched.quads(),
      cycles: this.#cycles,
    };
  }

  /** The next shard begins here. */
  next(): void {
    this.#before += this.#cycles;
    this.#cycles = 0;
    this.#families = newFamilyTables();
    this.#calls = new Map();
    this.#accesses = new RecordTable(ACCESS_WORDS, 64);
    this.touched.reset();
    this.#meter = this.#newMeter();
  }

  #newMeter(): ShardMeter {
    this.touched.isDue = true;
    return new ShardMeter(this.#machinery.limits, this.#families, this.touched);
  }

  /** Executes one instruction. Returns why it must not go on, if so; faults leave the tables unchanged. */
  #step(row: number, operation: number): Stop | undefined {
    const base = operation >= IMMEDIATE ? operation - IMMEDIATE : operation;
    switch (base) {
      case OPERATIONS.ADD_IMM:
        return this.#addImmediate(row);
      case OPERATIONS.BEQ:
      case OPERATIONS.BNE:
      case OPERATIONS.BLT:
      case OPERATIONS.BGE:
      case OPERATIONS.BLTU:
      case OPERATIONS.BGEU:
        return this.#branch(row, base);
      case OPERATIONS.JALR:
        return this.#jalr(row);
      case OPERATIONS.LW:
        return this.#load(row, base, 'LoadWord', 4);
      case OPERATIONS.LH:
      case OPERATIONS.LHU:
        return this.#load(row, base, 'LoadNarrow', 2);
      case OPERATIONS.LB:
      case OPERATIONS.LBU:
        return this.#load(row, base, 'LoadNarrow', 1);
      case OPERATIONS.SW:
        return this.#store(row, 'StoreWord', 4);
      case OPERATIONS.SH:
        return this.#store(row, 'StoreNarrow', 2);
      case OPERATIONS.SB:
        return this.#store(row, 'StoreNarrow', 1);
      case OPERATIONS.ADD:
      case OPERATIONS.SUB:
        return this.#compute(row, base, operation, 'AddSub');
      case OPERATIONS.AND:
      case OPERATIONS.OR:
      case OPERATIONS.XOR:
        return this.#compute(row, base, operation, 'Bitwise');
      case OPERATIONS.SLL:
      case OPERATIONS.SRL:
      case OPERATIONS.SRA:
        return this.#compute(row, base, operation, 'Shift');
      case OPERATIONS.SLT:
      case OPERATIONS.SLTU:
        return this.#compute(row, base, operation, 'LessThan');
      case OPERATIONS.MUL:
      case OPERATIONS.MULH:
      case OPERATIONS.MULHSU:
      case OPERATIONS.MULHU:
        return this.#compute(row, base, operation, 'Mul');
      case OPERATIONS.DIV:
      case OPERATIONS.DIVU:
      case OPERATIONS.REM:
      case OPERATIONS.REMU:
        return this.#compute(row, base, operation, 'DivRem');
      case OPERATIONS.ECALL:
        return this.#ecall(row);
      default:
        return illegalInstruction(this.#program, this.pc);
    }
  }

  /** Starts a row and makes the rs1 access at slot 0. Returns the row's offset in the table's buffer. */
  #begin(table: RecordTable, row: number, rs1: number): number {
    const at = table.push();
    if (table.rows >= table.mark) this.touched.isDue = true;
    const words = table.buffer;
    const time = 4 * (this.#cycles + 1);
    words[at + FIELD.romRow] = row;
    words[at + FIELD.pc] = this.pc;
    words[at + FIELD.time] = time;
    words[at + FIELD.rs1] = this.#registers[rs1]!;
    words[at + FIELD.rs1PrevTime] = this.#registerTimes[rs1]!;
    this.#registerTimes[rs1] = time;
    return at;
  }

  /** The rs2 access at slot 1. */
  #readSecond(words: Uint32Array, at: number, rs2: number): void {
    const time = words[at + FIELD.time]! + 1;
    words[at + FIELD.rs2] = this.#registers[rs2]!;
    words[at + FIELD.rs2PrevTime] = this.#registerTimes[rs2]!;
    this.#registerTimes[rs2] = time;
  }

  /** The rd access at slot 3, when the instruction writes; sets result, next pc and pc. */
  #end(words: Uint32Array, at: number, row: number, result: number, nextPc: number): void {
    const { rd, write } = this.#program.rom;
    words[at + FIELD.result] = result;
    words[at + FIELD.nextPc] = nextPc;
    if (write[row] === 1) {
      const register = rd[row]!;
      words[at + FIELD.rdOld] = this.#registers[register]!;
      words[at + FIELD.rdPrevTime] = this.#registerTimes[register]!;
      this.#registerTimes[register] = words[at + FIELD.time]! + 3;
      this.#registers[register] = result;
    }
    this.pc = nextPc;
  }

  /** The RAM access at slot 2. */
  #accessMemory(words: Uint32Array, at: number, wordAddress: number, old: number, value: number): void {
    words[at + FIELD.memoryAddress] = wordAddress;
    words[at + FIELD.memoryOld] = old;
    words[at + FIELD.memoryNew] = value;
    words[at + FIELD.memoryPrevTime] = this.touched.access(wordAddress, words[at + FIELD.time]! + 2);
  }

  #addImmediate(row: number): undefined {
    const { rs1, immediate, extra } = this.#program.rom;
    const table = this.#families.AddImm;
    const at = this.#begin(table, row, rs1[row]!);
    const result = (this.#registers[rs1[row]!]! + immediate[row]!) | 0;
    this.#end(table.buffer, at, row, result, extra[row]!);
  }

  #compute(row: number, base: number, operation: number, family: Family): undefined {
    const { rs1, rs2, immediate } = this.#program.rom;
    const table = this.#families[family];
    const at = this.#begin(table, row, rs1[row]!);
    const words = table.buffer;
    const a = this.#registers[rs1[row]!]!;
    let b: number;
    if (operation >= IMMEDIATE) {
      b = immediate[row]! | 0;
    } else {
      b = this.#registers[rs2[row]!]!;
      this.#readSecond(words, at, rs2[row]!);
    }
    this.#end(words, at, row, evaluate(base, a, b), this.pc + 4);
  }

  #branch(row: number, base: number): undefined {
    const { rs1, rs2, extra } = this.#program.rom;
    const table = this.#families.Branch;
    const at = this.#begin(table, row, rs1[row]!);
    const words = table.buffer;
    this.#readSecond(words, at, rs2[row]!);
    const taken = isTaken(base, this.#registers[rs1[row]!]!, this.#registers[rs2[row]!]!);
    this.#end(words, at, row, taken ? 1 : 0, taken ? extra[row]! : this.pc + 4);
  }

  #jalr(row: number): Fault | undefined {
    const { rs1, immediate, extra } = this.#program.rom;
    const sum = (this.#registers[rs1[row]!]! + immediate[row]!) | 0;
    const target = sum & ~1;
    if ((target & 0xc0000003) !== 0) return badJump(target);
    const table = this.#families.Jalr;
    const at = this.#begin(table, row, rs1[row]!);
    table.buffer[at + FIELD.byteAddress] = sum;
    this.#end(table.buffer, at, row, extra[row]!, target);
    return undefined;
  }

  #load(row: number, base: number, family: Family, bytes: number): Fault | undefined {
    const { rs1, immediate } = this.#program.rom;
    const address = (this.#registers[rs1[row]!]! + immediate[row]!) >>> 0;
    const fault = this.#checkAccess('load', address, bytes);
    if (fault !== undefined) return fault;
    const table = this.#families[family];
    const at = this.#begin(table, row, rs1[row]!);
    const words = table.buffer;
    const word = this.#memory.readWord(address >>> 2);
    words[at + FIELD.byteAddress] = address;
    this.#accessMemory(words, at, address >>> 2, word, word);
    this.#end(words, at, row, extract(base, word, address & 3), this.pc + 4);
    return undefined;
  }

  #store(row: number, family: Family, bytes: number): Fault | undefined {
    const { rs1, rs2, immediate } = this.#program.rom;
    const address = (this.#registers[rs1[row]!]! + immediate[row]!) >>> 0;
    const fault = this.#checkAccess('store', address, bytes);
    if (fault !== undefined) return fault;
    const table = this.#families[family];
    const at = this.#begin(table, row, rs1[row]!);
    const words = table.buffer;
    this.#readSecond(words, at, rs2[row]!);
    const old = this.#memory.readWord(address >>> 2);
    const shift = 8 * (address & 3);
    const mask = bytes === 4 ? -1 : ((1 << (8 * bytes)) - 1) << shift;
    const value = (old & ~mask) | ((this.#registers[rs2[row]!]! << shift) & mask);
    words[at + FIELD.byteAddress] = address;
    this.#accessMemory(words, at, address >>> 2, old, value);
    this.#memory.writeWord(address >>> 2, value);
    this.#end(words, at, row, 0, this.pc + 4);
    return undefined;
  }

  #checkAccess(kind: 'load' | 'store', address: number, bytes: number): Fault | undefined {
    const isGood = address < 2 ** 30 && (address & (bytes - 1)) === 0 && this.#memory.isMapped(address >>> 2);
    return isGood ? undefined : badAccess(this.#program.image, kind, address, bytes);
  }

  /** t0 at slot 0, a1 at slot 1, a2 at slot 2, a0 at slot 3. */
  #ecall(row: number): Stop | undefined {
    const x = this.#registers;
    const times = this.#registerTimes;
    const number = x[T0]! >>> 0;
    const { syscalls, enter } = this.#machinery;
    if (!BUILT_IN.has(number)) {
      const full = this.#prepareCall(number, x[A0]! >>> 0, x[A1]! >>> 0, x[A2]! >>> 0);
      if (full !== undefined) return full;
    }
    const firstAccess = this.#accesses.rows;
    const effect = syscalls.call(number, x[A0]!, x[A1]!, x[A2]!, this.#memory, this.totalCycles, this.#onAccess);
    if (effect.kind === 'fault') return effect.fault;
    if (effect.kind === 'leave') throw new Error('a block ends that has not begun');
    if (effect.kind === 'enter') {
      // Soundness: what a block computes reaches the proof as input alone. The record has the row of a WRITE.
      const fault = enter(effect.call, x);
      if (fault !== undefined) return fault;
    }
    const table = this.#families.Ecall;
    const at = this.#begin(table, row, T0);
    const words = table.buffer;
    const time = words[at + FIELD.time]!;
    this.#readSecond(words, at, A1);
    words[at + ECALL_FIELD.a2] = x[A2]!;
    words[at + ECALL_FIELD.a2PrevTime] = times[A2]!;
    times[A2] = time + 2;
    words[at + ECALL_FIELD.a0] = x[A0]!;
    words[at + FIELD.rdPrevTime] = times[A0]!;
    times[A0] = time + 3;
    if (effect.kind !== 'halt') x[A0] = effect.a0;
    words[at + ECALL_FIELD.result] = x[A0]!;
    const nextPc = effect.kind === 'halt' ? HALTED_PC : this.pc + 4;
    words[at + FIELD.nextPc] = nextPc;
    if (effect.kind === 'halt') this.#writeSystemWord(words, at, SYSTEM_WORD.exitCode, effect.exitCode);
    else if (number === SYSCALLS.COMMIT) this.#writeSystemWord(words, at, x[A0]!, x[A1]!);
    if (!BUILT_IN.has(number)) this.#recordCall(words, at, firstAccess);
    this.pc = nextPc;
    return effect.kind === 'halt' ? { exitCode: effect.exitCode } : undefined;
  }

  /** Before a call of an extension: whether there is room for it. */
  #prepareCall(number: number, a0: number, a1: number, a2: number): Stop | undefined {
    const reach = this.#machinery.table.get(number)?.reach?.(a0, a1, a2) ?? DEFAULT_REACH;
    this.#reach = reach.words;
    if (this.#meter.hasRoomForCall(number, reach)) return undefined;
    if (this.#cycles > 0) return 'full';
    const detail = `one system call accesses up to ${reach.words} words, more than one proof holds`;
    return { cause: 'input-too-large', detail };
  }

  /** COMMIT and HALT: the access of a system word at slot 3. */
  #writeSystemWord(words: Uint32Array, at: number, word: number, value: number): void {
    const cell = FIRST_SYSTEM_WORD + word;
    words[at + ECALL_FIELD.systemAddress] = systemWordAddress(word);
    words[at + ECALL_FIELD.systemOld] = this.#registers[cell]!;
    words[at + ECALL_FIELD.systemPrevTime] = this.#registerTimes[cell]!;
    this.#registers[cell] = value;
    this.#registerTimes[cell] = words[at + FIELD.time]! + 3;
  }

  /** The row of a call of an extension, from that of its ecall. */
  #recordCall(ecall: Uint32Array, from: number, firstAccess: number): void {
    const number = ecall[from + ECALL_FIELD.number]!;
    const table = this.#calls.get(number) ?? new RecordTable(CALL_WORDS, 16);
    this.#calls.set(number, table);
    const at = table.push();
    const words = table.buffer;
    words[at + CALL_FIELD.time] = ecall[from + FIELD.time]!;
    words[at + CALL_FIELD.a0] = ecall[from + ECALL_FIELD.a0]!;
    words[at + CALL_FIELD.a1] = ecall[from + ECALL_FIELD.a1]!;
    words[at + CALL_FIELD.a2] = ecall[from + ECALL_FIELD.a2]!;
    words[at + CALL_FIELD.result] = ecall[from + ECALL_FIELD.result]!;
    words[at + CALL_FIELD.firstAccess] = firstAccess;
    words[at + CALL_FIELD.accesses] = this.#accesses.rows - firstAccess;
    this.#meter.addCall(number, this.#accesses.rows - firstAccess);
  }

  /** An access of the running call, before it takes place. */
  readonly #onAccess: OnAccess = (wordAddress: number, slot: Slot, before: number, after: number): void => {
    if (this.#reach-- <= 0) throw new Error(`a system call accesses more words than its reach`);
    const time = 4 * (this.#cycles + 1) + slot;
    const prevTime = this.touched.access(wordAddress, time);
    if (time <= prevTime)
      throw new Error(`a system call accesses word ${wordAddress} twice in slot ${slot}, or in an earlier one`);
    const at = this.#accesses.push();
    const words = this.#accesses.buffer;
    words[at + ACCESS_FIELD.address] = wordAddress;
    words[at + ACCESS_FIELD.old] = before;
    words[at + ACCESS_FIELD.new] = after;
    words[at + ACCESS_FIELD.time] = time;
    words[at + ACCESS_FIELD.prevTime] = prevTime;
  };
}
