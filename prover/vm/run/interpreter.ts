/**
 * The reference interpreter: decodes each raw word again, from the ISA manual, with BigInt arithmetic and a Map as
 * memory. Slow and obvious; the recorder and the fast path are tested against it. Also runs `--trace`.
 *
 * Not shared with them: decoding, arithmetic, memory, control flow. Shared: system calls, fault messages, endless loops.
 * Source: The RISC-V Instruction Set Manual, Volume I, chapters RV32I and M.
 */
import { ADDRESS_LIMIT } from '../isa/decode.ts';
import { disassemble } from '../isa/disassemble.ts';
import { neverEnds, nextLook, windowOf } from './endless.ts';
import type { Proved } from '../syscalls/statements.ts';
import type { BlockCall } from '../syscalls/effect.ts';
import { Syscalls } from '../syscalls/syscalls.ts';
import type { SyscallTable } from '../syscalls/table.ts';
import { CHUNK_WORDS, LOG_CHUNK_WORDS, type WritableMemory } from './memory.ts';
import { hex, trapAt, type Fault, type Outcome } from '../outcome.ts';
import { imageWord, stretchOf, type Program } from '../program.ts';
import { HALTED_PC } from '../address-map.ts';
import {
  badAccess,
  badJump,
  blockLimit,
  endless,
  explainStack,
  illegalInstruction,
  inBlock,
  outsideText,
} from '../faults.ts';

/** One executed instruction, as seen by `onStep`. */
export type Step = {
  /** Number of the instruction, from 0. */
  readonly index: number;
  readonly pc: number;
  readonly word: number;
  /** `step 17: 0x00200148 lw a0, 4(sp) -> 0x0000002a`. */
  readonly text: string;
  /** Register that was written and its value, if any. */
  readonly written: { readonly register: number; readonly value: number } | undefined;
  readonly nextPc: number;
};

/** Result of an interpreted run; `registers` are the final values, `touchedBytes` is as in PagedMemory. */
export type Interpretation = {
  readonly outcome: Outcome;
  readonly cycles: number;
  readonly syscalls: Syscalls;
  readonly touchedBytes: number;
  readonly registers: Uint32Array;
};

/**
 * Runs `program` on `input` for at most `cycleLimit` instructions, calling `onStep` after each. Instructions of blocks
 * outside the proof are not reported; they may be `cycleLimit` as well.
 */
export function interpret(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  cycleLimit: number,
  onStep?: (step: Step) => void,
  proved: Proved = [],
): Interpretation {
  const interpreter = new Interpreter(program, input, table, proved);
  const outcome = interpreter.run(cycleLimit, onStep);
  const { cycles, syscalls, registers, touchedBytes } = interpreter;
  return { outcome, cycles, syscalls, registers, touchedBytes };
}

/** What an instruction does besides falling through to pc + 4. */
type Effect = {
  readonly rd?: number;
  readonly value?: bigint;
  readonly nextPc?: number;
  readonly exitCode?: number;
  readonly fault?: Fault;
  readonly enter?: BlockCall;
  readonly leave?: boolean;
};

const WORD = 2n ** 32n;

class Interpreter implements WritableMemory {
  readonly #program: Program;
  readonly syscalls: Syscalls;
  readonly registers = new Uint32Array(32);
  cycles = 0;
  #pc: number;
  /** Words written so far; all others are those of the image. */
  #words = new Map<number, number>();
  /** Text cannot change: instructions are fetched from here. */
  readonly #text = new Map<number, number>();

  constructor(program: Program, input: readonly Uint8Array[], table: SyscallTable, proved: Proved) {
    this.#program = program;
    this.syscalls = new Syscalls(table, input, program.image, proved);
    this.#pc = program.entry;
    for (const pc of program.rom.pc) this.#text.set(pc, this.readWord(pc / 4));
  }

  isMapped(wordAddress: number): boolean {
    return stretchOf(this.#program.image, wordAddress) !== undefined;
  }

  readWord(wordAddress: number): number {
    return this.#words.get(wordAddress) ?? imageWord(this.#program.image, wordAddress) ?? 0;
  }

  writeWord(wordAddress: number, value: number): void {
    this.#words.set(wordAddress, value >>> 0);
  }

  /** Bytes of the 64 KiB chunks that hold contents of the file or were written to. */
  get touchedBytes(): number {
    const chunks = new Set(Array.from(this.#words.keys(), (address) => address >>> LOG_CHUNK_WORDS));
    for (const { start, words } of this.#program.image.stretches) {
      for (let at = start >>> LOG_CHUNK_WORDS; at * CHUNK_WORDS < start + words.length; at++) chunks.add(at);
    }
    return chunks.size * CHUNK_WORDS * 4;
  }

  run(cycleLimit: number, onStep?: (step: Step) => void): Outcome {
    let look = nextLook(0, cycleLimit);
    while (this.cycles < look) {
      const pc = this.#pc;
      const word = this.#text.get(pc);
      if (word === undefined) return trapAt(outsideText(pc), pc, this.cycles);
      const effect = this.#execute(word, pc);
      if (effect.fault !== undefined) return trapAt(this.#explained(effect.fault), pc, this.cycles);
      if (effect.enter !== undefined) {
        const trap = this.#runBlock(effect.enter, cycleLimit - this.syscalls.unconstrainedCycles);
        if (trap !== undefined) return trap;
      }
      const isWritten = effect.rd !== undefined && effect.rd !== 0;
      const value = Number(BigInt.asUintN(32, effect.value ?? 0n));
      if (isWritten) this.registers[effect.rd ?? 0] = value;
      this.#pc = effect.exitCode === undefined ? (effect.nextPc ?? pc + 4) : HALTED_PC;
      const written = isWritten ? { register: effect.rd ?? 0, value } : undefined;
      if (onStep !== undefined) {
        const result = written === undefined ? '' : ` -> ${hex(value)}`;
        const shown = word === 0x73 ? `ecall (t0 = ${this.registers[5]}) -> a0 = ${hex(this.registers[10] ?? 0)}` : '';
        const text = `step ${this.cycles}: ${hex(pc)} ${shown === '' ? disassemble(word, pc) + result : shown}`;
        onStep({ index: this.cycles, pc, word, text, written, nextPc: this.#pc });
      }
      this.cycles++;
      if (effect.exitCode !== undefined) return { kind: 'halt', exitCode: effect.exitCode };
      if (this.cycles === look) {
        if (neverEnds(this.#program, this, this.registers, this.#pc, windowOf(look, cycleLimit)))
          return trapAt(endless(), this.#pc, this.cycles);
        look = nextLook(look, cycleLimit);
      }
    }
    return { kind: 'limit' };
  }

  #explained(fault: Fault): Fault {
    return explainStack(this.#program.image, fault, this.registers[2] ?? 0);
  }

  /** Runs a block outside the proof on copies that are dropped when it ends; gives the trap that ended it, if one did. */
  #runBlock({ functionPc, argument }: BlockCall, limit: number): Outcome | undefined {
    const words = this.#words;
    const registers = this.registers.slice();
    this.#words = new Map(words);
    this.registers[1] = 0;
    this.registers[10] = argument;
    this.syscalls.enterBlock();
    let pc = functionPc;
    let steps = 0;
    let fault: Fault | undefined;
    let look = nextLook(0, limit);
    for (let isDone = false; !isDone; steps++) {
      if (steps > 0 && steps === look) {
        if (neverEnds(this.#program, this, this.registers, pc, windowOf(look, limit))) fault = endless();
        look = nextLook(look, limit);
      }
      if (fault !== undefined) break;
      const word = this.#text.get(pc);
      if (steps >= limit) fault = blockLimit();
      else if (word === undefined) fault = outsideText(pc);
      const effect = fault === undefined && word !== undefined ? this.#execute(word, pc) : {};
      if (effect.fault !== undefined) fault = this.#explained(effect.fault);
      if (fault !== undefined) break;
      if (effect.rd !== undefined && effect.rd !== 0) {
        this.registers[effect.rd] = Number(BigInt.asUintN(32, effect.value ?? 0n));
      }
      isDone = effect.leave === true;
      if (!isDone) pc = effect.nextPc ?? pc + 4;
    }
    this.#words = words;
    this.registers.set(registers);
    this.syscalls.leaveBlock(steps, fault === undefined);
    return fault === undefined ? undefined : trapAt(inBlock(fault), pc, this.cycles);
  }

  #unsigned(register: number): bigint {
    return BigInt(this.registers[register] ?? 0);
  }

  #signed(register: number): bigint {
    return BigInt.asIntN(32, this.#unsigned(register));
  }

  #execute(word: number, pc: number): Effect {
    const bits = (low: number, count: number): number => Math.floor(word / 2 ** low) % 2 ** count;
    const illegal: Effect = { fault: illegalInstruction(this.#program, pc) };
    const rd = bits(7, 5);
    const funct3 = bits(12, 3);
    const rs1 = bits(15, 5);
    const rs2 = bits(20, 5);
    const funct7 = bits(25, 7);
    const immediateI = signExtend(bits(20, 12), 12);
    const immediateS = signExtend(bits(25, 7) * 32 + bits(7, 5), 12);
    const immediateB = signExtend(bits(31, 1) * 4096 + bits(7, 1) * 2048 + bits(25, 6) * 32 + bits(8, 4) * 2, 13);
    const immediateJ = signExtend(
      bits(31, 1) * 2 ** 20 + bits(12, 8) * 4096 + bits(20, 1) * 2048 + bits(21, 10) * 2,
      21,
    );
    const upper = BigInt(bits(12, 20)) * 4096n;
    switch (bits(0, 7)) {
      case 0b0110111:
        return { rd, value: upper };
      case 0b0010111:
        return { rd, value: BigInt(pc) + upper };
      case 0b1101111: {
        const target = pc + immediateJ;
        return isLegalTarget(target) ? { rd, value: BigInt(pc + 4), nextPc: target } : illegal;
      }
      case 0b1100111: {
        if (funct3 !== 0) return illegal;
        const sum = BigInt.asUintN(32, this.#unsigned(rs1) + BigInt(immediateI));
        const target = Number(sum - (sum % 2n));
        if (!isLegalTarget(target)) return { fault: badJump(target) };
        return { rd, value: BigInt(pc + 4), nextPc: target };
      }
      case 0b1100011: {
        const taken = this.#isTaken(funct3, rs1, rs2);
        // Policy: a branch with an illegal target is illegal even when it is not taken.
        if (taken === undefined || !isLegalTarget(pc + immediateB)) return illegal;
        return { nextPc: taken ? pc + immediateB : pc + 4 };
      }
      case 0b0000011:
        return this.#load(funct3, rd, rs1, immediateI) ?? illegal;
      case 0b0100011:
        return this.#store(funct3, rs1, rs2, immediateS) ?? illegal;
      case 0b0010011: {
        const shift = funct3 === 1 || funct3 === 5;
        if (shift && funct7 !== 0 && !(funct7 === 0x20 && funct3 === 5)) return illegal;
        const second = shift ? BigInt(rs2) : BigInt(immediateI);
        const value = alu(funct3, shift && funct7 === 0x20, this.#signed(rs1), BigInt.asIntN(32, second));
        return { rd, value };
      }
      case 0b0110011: {
        if (funct7 === 1) return { rd, value: multiply(funct3, this.#signed(rs1), this.#signed(rs2)) };
        if (funct7 !== 0 && !(funct7 === 0x20 && (funct3 === 0 || funct3 === 5))) return illegal;
        return { rd, value: alu(funct3, funct7 === 0x20, this.#signed(rs1), this.#signed(rs2)) };
      }
      case 0b0001111:
        return funct3 === 0 ? {} : illegal;
      case 0b1110011:
        return word === 0x73 ? this.#ecall() : illegal;
      default:
        return illegal;
    }
  }

  #isTaken(funct3: number, rs1: number, rs2: number): boolean | undefined {
    switch (funct3) {
      case 0:
        return this.#unsigned(rs1) === this.#unsigned(rs2);
      case 1:
        return this.#unsigned(rs1) !== this.#unsigned(rs2);
      case 4:
        return this.#signed(rs1) < this.#signed(rs2);
      case 5:
        return this.#signed(rs1) >= this.#signed(rs2);
      case 6:
        return this.#unsigned(rs1) < this.#unsigned(rs2);
      case 7:
        return this.#unsigned(rs1) >= this.#unsigned(rs2);
      default:
        return undefined;
    }
  }

  #accessFault(kind: 'load' | 'store', address: number, bytes: number): Fault | undefined {
    const isGood = address < ADDRESS_LIMIT && address % bytes === 0 && this.isMapped(Math.floor(address / 4));
    return isGood ? undefined : badAccess(this.#program.image, kind, address, bytes);
  }

  #load(funct3: number, rd: number, rs1: number, offset: number): Effect | undefined {
    const bytes = [1, 2, 4, undefined, 1, 2][funct3];
    if (bytes === undefined) return undefined;
    const address = Number(BigInt.asUintN(32, this.#unsigned(rs1) + BigInt(offset)));
    const fault = this.#accessFault('load', address, bytes);
    if (fault !== undefined) return { fault };
    const word = BigInt(this.readWord(Math.floor(address / 4)));
    const raw = BigInt.asUintN(8 * bytes, word / 256n ** BigInt(address % 4));
    return { rd, value: funct3 < 4 ? BigInt.asIntN(8 * bytes, raw) : raw };
  }

  #store(funct3: number, rs1: number, rs2: number, offset: number): Effect | undefined {
    const bytes = [1, 2, 4][funct3];
    if (bytes === undefined) return undefined;
    const address = Number(BigInt.asUintN(32, this.#unsigned(rs1) + BigInt(offset)));
    const fault = this.#accessFault('store', address, bytes);
    if (fault !== undefined) return { fault };
    const wordAddress = Math.floor(address / 4);
    const content = new DataView(new ArrayBuffer(4));
    content.setUint32(0, this.readWord(wordAddress), true);
    for (let i = 0; i < bytes; i++) {
      content.setUint8((address % 4) + i, Number((this.#unsigned(rs2) / 256n ** BigInt(i)) % 256n));
    }
    this.#words.set(wordAddress, content.getUint32(0, true));
    return {};
  }

  #ecall(): Effect {
    const [t0, a0, a1, a2] = [5, 10, 11, 12].map((register) => this.registers[register] ?? 0);
    const effect = this.syscalls.call(t0 ?? 0, a0 ?? 0, a1 ?? 0, a2 ?? 0, this, this.cycles);
    if (effect.kind === 'fault') return { fault: effect.fault };
    if (effect.kind === 'halt') return { exitCode: effect.exitCode };
    if (effect.kind === 'leave') return { leave: true };
    const result = { rd: 10, value: BigInt(effect.a0) };
    return effect.kind === 'enter' ? { ...result, enter: effect.call } : result;
  }
}

function signExtend(value: number, width: number): number {
  return value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

function isLegalTarget(address: number): boolean {
  return address >= 0 && address < ADDRESS_LIMIT && address % 4 === 0;
}

/** ALU operation by funct3; `a` and `b` signed, `alternate` is bit 30 of the word. */
function alu(funct3: number, alternate: boolean, a: bigint, b: bigint): bigint {
  const ua = BigInt.asUintN(32, a);
  const ub = BigInt.asUintN(32, b);
  const amount = ub % 32n;
  switch (funct3) {
    case 0:
      return alternate ? a - b : a + b;
    case 1:
      return ua * 2n ** amount;
    case 2:
      return a < b ? 1n : 0n;
    case 3:
      return ua < ub ? 1n : 0n;
    case 4:
      return ua ^ ub;
    case 5:
      // BigInt division truncates, so the arithmetic shift of a negative number is written as a floor.
      return alternate ? (a - BigInt.asUintN(Number(amount), a)) / 2n ** amount : ua / 2n ** amount;
    case 6:
      return ua | ub;
    default:
      return ua & ub;
  }
}

/** M operation by funct3; `a` and `b` signed. */
function multiply(funct3: number, a: bigint, b: bigint): bigint {
  const ua = BigInt.asUintN(32, a);
  const ub = BigInt.asUintN(32, b);
  switch (funct3) {
    case 0:
      return a * b;
    case 1:
      return (a * b) >> 32n;
    case 2:
      return (a * ub) >> 32n;
    case 3:
      return (ua * ub) / WORD;
    case 4:
      return b === 0n ? -1n : a / b;
    case 5:
      return b === 0n ? -1n : ua / ub;
    case 6:
      return b === 0n ? a : a % b;
    default:
      return b === 0n ? ua : ua % ub;
  }
}
