/**
 * Executes a program and records every instruction for the proof: one row per instruction in the table of its family,
 * with values and times of the previous accesses. See `../execution-record.ts` for the layout and the time slots.
 */
import { neverEnds, nextLook, windowOf } from './endless.ts';
import { evaluate, extract, isTaken } from '../isa/evaluate.ts';
import { runBlock } from './fast.ts';
import type { ProvedStatement } from '../syscalls/chain.ts';
import { Syscalls } from '../syscalls/syscalls.ts';
import type { OnAccess, Slot, SyscallTable } from '../syscalls/table.ts';
import { LOG_PAGE_WORDS, PAGE_WORDS, PagedMemory } from './memory.ts';
import { IMMEDIATE, OPERATIONS, SYSCALLS, type Family } from '../isa/operations.ts';
import { trapAt, type Fault, type Outcome } from '../outcome.ts';
import type { Image, Program } from '../program.ts';
import {
  ACCESS_FIELD,
  ACCESS_WORDS,
  CALL_FIELD,
  CALL_WORDS,
  ECALL_FIELD,
  FIELD,
  FINAL_FIELD,
  RecordTable,
  SPACE,
  newFamilyTables,
  type ExecutionRecord,
} from '../execution-record.ts';
import { badAccess, badJump, endless, explainStack, illegalInstruction, indexText, outsideText } from '../faults.ts';

/** Most instructions one record may hold: the end time 4 (cycles + 1) is below 2^24. */
export const RECORD_CYCLE_LIMIT = 2 ** 22 - 2;
/** Most words that extensions may access in one record, input included: no tier of the prover has more rows. */
export const RECORD_ACCESSES = 2 ** 22;

/** Result of a recording run. `record` exists only when the program halted. */
export type Recording = {
  readonly outcome: Outcome;
  readonly cycles: number;
  readonly syscalls: Syscalls;
  /** See PagedMemory. */
  readonly touchedBytes: number;
  readonly record: ExecutionRecord | undefined;
};

const SP = 2;
const T0 = 5;
const A0 = 10;
const A1 = 11;
const A2 = 12;

/** Numbers of calls that no extension executes. */
const BUILT_IN: ReadonlySet<number> = new Set(Object.values(SYSCALLS));

/** Why a step ended the run. `at` is the pc of a fault in a block outside the proof. */
type Stop = (Fault & { readonly at?: number }) | { readonly exitCode: number };

/**
 * Runs `program` on `input` for at most `cycleLimit` instructions and records it. Blocks outside the proof leave no trace
 * and may run `unconstrainedLimit` instructions.
 */
export function runRecorded(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  cycleLimit: number,
  unconstrainedLimit: number = cycleLimit,
  proved: readonly ProvedStatement[] = [],
): Recording {
  if (!Number.isInteger(cycleLimit) || cycleLimit < 0 || cycleLimit > RECORD_CYCLE_LIMIT) {
    throw new RangeError(`"cycleLimit" expected an integer from 0 to ${RECORD_CYCLE_LIMIT}, got ${cycleLimit}`);
  }
  return new Recorder(program, input, table, unconstrainedLimit, proved).run(cycleLimit);
}

class Recorder {
  readonly #program: Program;
  readonly #syscalls: Syscalls;
  readonly #memory: PagedMemory;
  /** Time of the last access of each RAM word, paged like the memory. */
  readonly #timePages: (Uint32Array | undefined)[];
  readonly #registers = new Int32Array(32);
  readonly #registerTimes = new Uint32Array(32);
  readonly #families = newFamilyTables();
  readonly #calls = new Map<number, RecordTable>();
  readonly #accesses = new RecordTable(ACCESS_WORDS, 64);
  /** Accesses of the running call that the record has no room for. */
  #excess = 0;
  readonly #unconstrainedLimit: number;
  #cycles = 0;
  #pc: number;

  constructor(
    program: Program,
    input: readonly Uint8Array[],
    table: SyscallTable,
    unconstrainedLimit: number,
    proved: readonly ProvedStatement[],
  ) {
    this.#program = program;
    this.#unconstrainedLimit = unconstrainedLimit;
    this.#syscalls = new Syscalls(table, input, program.image, proved);
    this.#memory = new PagedMemory(program.image);
    this.#timePages = new Array<Uint32Array | undefined>(this.#memory.pages.length).fill(undefined);
    this.#pc = program.entry;
  }

  run(cycleLimit: number): Recording {
    const { base, rowAt } = indexText(this.#program.rom);
    const { operation } = this.#program.rom;
    let look = nextLook(0, cycleLimit);
    while (this.#cycles < look) {
      const offset = this.#pc - base;
      const row = offset >= 0 && offset >>> 2 < rowAt.length ? (rowAt[offset >>> 2] ?? -1) : -1;
      const stop: Stop | undefined = row < 0 ? outsideText(this.#pc) : this.#step(row, operation[row] ?? 0);
      if (stop === undefined) {
        this.#cycles++;
      } else if ('exitCode' in stop) {
        this.#cycles++;
        return this.#finish({ kind: 'halt', exitCode: stop.exitCode });
      } else {
        return this.#trap(stop, stop.at);
      }
      if (this.#cycles === look) {
        if (neverEnds(this.#program, this.#memory, this.#registers, this.#pc, windowOf(look, cycleLimit)))
          return this.#trap(endless());
        look = nextLook(look, cycleLimit);
      }
    }
    return this.#finish({ kind: 'limit' });
  }

  /** The end by a fault of the instruction at pc, or of the one at `blockPc` in a block outside the proof. */
  #trap(fault: Fault, blockPc?: number): Recording {
    if (blockPc !== undefined) return this.#finish(trapAt(fault, blockPc, this.#cycles));
    return this.#finish(trapAt(explainStack(this.#program.image, fault, this.#registers[SP]!), this.#pc, this.#cycles));
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
        return illegalInstruction(this.#program, this.#pc);
    }
  }

  /** Starts a row and makes the rs1 access at slot 0. Returns the row's offset in the table's buffer. */
  #begin(table: RecordTable, row: number, rs1: number): number {
    const at = table.push();
    const words = table.buffer;
    const time = 4 * (this.#cycles + 1);
    words[at + FIELD.romRow] = row;
    words[at + FIELD.pc] = this.#pc;
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
    this.#pc = nextPc;
  }

  /** The RAM access at slot 2. */
  #accessMemory(words: Uint32Array, at: number, wordAddress: number, old: number, value: number): void {
    const times = this.#touchTimes(wordAddress);
    const index = wordAddress & (PAGE_WORDS - 1);
    words[at + FIELD.memoryAddress] = wordAddress;
    words[at + FIELD.memoryOld] = old;
    words[at + FIELD.memoryNew] = value;
    words[at + FIELD.memoryPrevTime] = times[index]!;
    times[index] = words[at + FIELD.time]! + 2;
  }

  #touchTimes(wordAddress: number): Uint32Array {
    const index = wordAddress >>> LOG_PAGE_WORDS;
    let page = this.#timePages[index];
    if (page === undefined) {
      page = new Uint32Array(PAGE_WORDS);
      this.#timePages[index] = page;
    }
    return page;
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
    this.#end(words, at, row, evaluate(base, a, b), this.#pc + 4);
  }

  #branch(row: number, base: number): undefined {
    const { rs1, rs2, extra } = this.#program.rom;
    const table = this.#families.Branch;
    const at = this.#begin(table, row, rs1[row]!);
    const words = table.buffer;
    this.#readSecond(words, at, rs2[row]!);
    const taken = isTaken(base, this.#registers[rs1[row]!]!, this.#registers[rs2[row]!]!);
    this.#end(words, at, row, taken ? 1 : 0, taken ? extra[row]! : this.#pc + 4);
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
    this.#end(words, at, row, extract(base, word, address & 3), this.#pc + 4);
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
    this.#end(words, at, row, 0, this.#pc + 4);
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
    const firstAccess = this.#accesses.rows;
    const effect = this.#syscalls.call(x[T0]!, x[A0]!, x[A1]!, x[A2]!, this.#memory, this.#cycles, this.#onAccess);
    if (effect.kind === 'fault') return effect.fault;
    if (effect.kind === 'leave') throw new Error('a block ends that has not begun');
    if (this.#excess > 0) {
      const detail = `the program reads more than ${RECORD_ACCESSES} words by system calls, input included, more than a proof holds`;
      return { cause: 'input-too-large', detail };
    }
    if (effect.kind === 'enter') {
      // Soundness: what a block computes reaches the proof as input alone. The record has the row of a WRITE.
      const limit = this.#unconstrainedLimit - this.#syscalls.unconstrainedCycles;
      const stop = runBlock(this.#program, this.#syscalls, this.#memory, x, effect.call, limit);
      if (stop !== undefined) return { ...stop.fault, at: stop.pc };
    }
    const table = this.#families.Ecall;
    const at = this.#begin(table, row, T0);
    const words = table.buffer;
    const time = words[at + FIELD.time]!;
    this.#readSecond(words, at, A1);
    words[at + ECALL_FIELD.a2] = x[A2]!;
    words[at + FIELD.memoryNew] = x[A2]!;
    words[at + ECALL_FIELD.a2PrevTime] = times[A2]!;
    times[A2] = time + 2;
    words[at + ECALL_FIELD.a0] = x[A0]!;
    words[at + FIELD.rdPrevTime] = times[A0]!;
    times[A0] = time + 3;
    if (effect.kind !== 'halt') x[A0] = effect.a0;
    words[at + ECALL_FIELD.result] = x[A0]!;
    const nextPc = effect.kind === 'halt' ? 0 : this.#pc + 4;
    words[at + FIELD.nextPc] = nextPc;
    if (!BUILT_IN.has(words[at + ECALL_FIELD.number]!)) this.#recordCall(words, at, firstAccess);
    this.#pc = nextPc;
    return effect.kind === 'halt' ? { exitCode: effect.exitCode } : undefined;
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
  }

  /** An access of the running call, before it takes place. */
  readonly #onAccess: OnAccess = (wordAddress: number, slot: Slot, before: number, after: number): void => {
    if (this.#accesses.rows >= RECORD_ACCESSES) {
      this.#excess++;
      return;
    }
    const times = this.#touchTimes(wordAddress);
    const index = wordAddress & (PAGE_WORDS - 1);
    const time = 4 * (this.#cycles + 1) + slot;
    if (time <= times[index]!)
      throw new Error(`a system call accesses word ${wordAddress} twice in slot ${slot}, or in an earlier one`);
    const at = this.#accesses.push();
    const words = this.#accesses.buffer;
    words[at + ACCESS_FIELD.address] = wordAddress;
    words[at + ACCESS_FIELD.old] = before;
    words[at + ACCESS_FIELD.new] = after;
    words[at + ACCESS_FIELD.time] = time;
    words[at + ACCESS_FIELD.prevTime] = times[index]!;
    times[index] = time;
  };

  #finish(outcome: Outcome): Recording {
    const cycles = this.#cycles;
    const run = { outcome, cycles, syscalls: this.#syscalls, touchedBytes: this.#memory.touchedBytes };
    if (outcome.kind !== 'halt') return { ...run, record: undefined };
    const record: ExecutionRecord = {
      families: this.#families,
      calls: this.#calls,
      accesses: this.#accesses,
      imageFinal: this.#imageFinal(this.#program.image),
      zeroFinal: this.#zeroFinal(this.#program.image),
      cycles,
      exitCode: outcome.exitCode,
      committedDigest: this.#syscalls.committedDigest,
    };
    return { ...run, record };
  }

  #imageFinal(image: Image): RecordTable {
    const table = new RecordTable(4, image.rows);
    for (let row = 0; row < image.rows; row++) {
      const address = image.address[row]!;
      if (image.space[row] === SPACE.REGISTER) {
        pushFinal(table, SPACE.REGISTER, address, this.#registers[address]!, this.#registerTimes[address]!);
      } else {
        pushFinal(table, SPACE.RAM, address, this.#memory.readWord(address), this.#timeOf(address));
      }
    }
    return table;
  }

  #zeroFinal({ zeroStart, zeroEnd }: Image): RecordTable {
    const table = new RecordTable(4);
    for (const [page, times] of this.#timePages.entries()) {
      if (times === undefined) continue;
      for (let i = 0; i < PAGE_WORDS; i++) {
        const address = page * PAGE_WORDS + i;
        const time = times[i]!;
        if (time !== 0 && address >= zeroStart && address < zeroEnd) {
          pushFinal(table, SPACE.RAM, address, this.#memory.readWord(address), time);
        }
      }
    }
    return table;
  }

  #timeOf(wordAddress: number): number {
    return this.#timePages[wordAddress >>> LOG_PAGE_WORDS]?.[wordAddress & (PAGE_WORDS - 1)] ?? 0;
  }
}

function pushFinal(table: RecordTable, space: number, address: number, value: number, time: number): void {
  const at = table.push();
  const words = table.buffer;
  words[at + FINAL_FIELD.space] = space;
  words[at + FINAL_FIELD.address] = address;
  words[at + FINAL_FIELD.value] = value;
  words[at + FINAL_FIELD.time] = time;
}
