/**
 * Executes a program without recording: one switch over a lowered copy of the ROM in a single Int32Array.
 *
 * Lowering splits ADD_IMM into adds and jumps, resolves targets to slots, sends results that are not written to a dummy
 * 33rd register, and puts a slot that faults behind every stretch of text and at every target outside it.
 */
import { div, divu, mulh, mulhsu, mulhu, rem, remu } from './arithmetic.ts';
import { Host } from './host.ts';
import { LOG_PAGE_WORDS, PAGE_WORDS, PagedMemory } from './memory.ts';
import { IMMEDIATE, OPERATIONS } from './operations.ts';
import { trapAt, type Fault, type Outcome } from './outcome.ts';
import type { Program, Rom } from './program.ts';
import { badAccess, badJump, illegalInstruction, outsideText } from './text.ts';

/** Result of a run. `counts[row]` is how often each ROM row was executed. */
export type FastRun = {
  readonly outcome: Outcome;
  readonly cycles: number;
  readonly host: Host;
  readonly counts: Float64Array;
};

/** Watches a run on the fast path; what a profiler is built on. */
export type Observer = {
  /**
   * Called after every executed JAL and JALR (not for a JAL to the next instruction, which is no jump): address of the
   * jump, address it went to, the register that got the return address (0 for none), the register the target came from
   * (0 for JAL), and the number of instructions executed so far, the jump included.
   */
  jump(fromPc: number, toPc: number, rd: number, rs1: number, cycles: number): void;
};

/** Codes that only the lowered form has. Immediate forms follow at 40: IMMEDIATE + AND becomes 40, and so on. */
const JUMP = 36;
const OUTSIDE = 37;
/** Where results that are not written go. */
const DUMMY = 32;
/** A slot is operation, rd, rs1, rs2, immediate, word offset of the target's slot (jalr: link), pc, ROM row. */
const SLOT_WORDS = 8;
const PAGE_MASK = PAGE_WORDS - 1;
const T0 = 5;
const A0 = 10;
const A1 = 11;
const A2 = 12;

/** Runs `program` on `input` for at most `cycleLimit` instructions. */
export function runFast(
  program: Program,
  input: readonly Uint8Array[],
  cycleLimit: number,
  observer?: Observer,
): FastRun {
  const { code, base, slotAt } = lower(program.rom);
  const counts = new Float64Array(program.rom.rows);
  const memory = new PagedMemory(program.image);
  const { pages, mapped, imageEnd } = memory;
  const host = new Host(input);
  const x = new Int32Array(DUMMY + 1);
  let cycles = 0;
  let at = slotAt[(program.entry - base) >>> 2]!;
  let fault: Fault | undefined;
  let exitCode = -1;

  // No closures over these variables, which would move them to the heap. The cases are the values of OPERATIONS, written
  // as literals because only those become a jump table: 55-70 against 27-30 million instructions/s (2-core VM, shared
  // with other work, November 2026).
  // Indices are in range by construction: `at` is a slot's offset, register numbers are at most 32.
  loop: while (cycles < cycleLimit) {
    switch (code[at]!) {
      case 1: // ADD_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! + code[at + 4]!;
        break;
      case 36: // JUMP
        x[code[at + 1]!] = code[at + 4]!;
        counts[code[at + 7]!]!++;
        cycles++;
        if (observer !== undefined) tellJump(observer, code, at, code[code[at + 5]! + 6]!, 0, cycles);
        at = code[at + 5]!;
        continue;
      case 2: // ADD
        x[code[at + 1]!] = x[code[at + 2]!]! + x[code[at + 3]!]!;
        break;
      case 3: // SUB
        x[code[at + 1]!] = x[code[at + 2]!]! - x[code[at + 3]!]!;
        break;
      case 28: // AND
        x[code[at + 1]!] = x[code[at + 2]!]! & x[code[at + 3]!]!;
        break;
      case 29: // OR
        x[code[at + 1]!] = x[code[at + 2]!]! | x[code[at + 3]!]!;
        break;
      case 30: // XOR
        x[code[at + 1]!] = x[code[at + 2]!]! ^ x[code[at + 3]!]!;
        break;
      case 31: // SLL
        x[code[at + 1]!] = x[code[at + 2]!]! << x[code[at + 3]!]!;
        break;
      case 32: // SRL
        x[code[at + 1]!] = x[code[at + 2]!]! >>> x[code[at + 3]!]!;
        break;
      case 33: // SRA
        x[code[at + 1]!] = x[code[at + 2]!]! >> x[code[at + 3]!]!;
        break;
      case 34: // SLT
        x[code[at + 1]!] = x[code[at + 2]!]! < x[code[at + 3]!]! ? 1 : 0;
        break;
      case 35: // SLTU
        x[code[at + 1]!] = x[code[at + 2]!]! >>> 0 < x[code[at + 3]!]! >>> 0 ? 1 : 0;
        break;
      case 40: // AND_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! & code[at + 4]!;
        break;
      case 41: // OR_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! | code[at + 4]!;
        break;
      case 42: // XOR_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! ^ code[at + 4]!;
        break;
      case 43: // SLL_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! << code[at + 4]!;
        break;
      case 44: // SRL_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! >>> code[at + 4]!;
        break;
      case 45: // SRA_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! >> code[at + 4]!;
        break;
      case 46: // SLT_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! < code[at + 4]! ? 1 : 0;
        break;
      case 47: // SLTU_IMM
        x[code[at + 1]!] = x[code[at + 2]!]! >>> 0 < code[at + 4]! >>> 0 ? 1 : 0;
        break;
      case 19: // MUL
        x[code[at + 1]!] = Math.imul(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 20: // MULH
        x[code[at + 1]!] = mulh(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 21: // MULHSU
        x[code[at + 1]!] = mulhsu(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 22: // MULHU
        x[code[at + 1]!] = mulhu(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 23: // DIV
        x[code[at + 1]!] = div(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 24: // DIVU
        x[code[at + 1]!] = divu(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 25: // REM
        x[code[at + 1]!] = rem(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 26: // REMU
        x[code[at + 1]!] = remu(x[code[at + 2]!]!, x[code[at + 3]!]!);
        break;
      case 4: // BEQ
        counts[code[at + 7]!]!++;
        cycles++;
        at = x[code[at + 2]!]! === x[code[at + 3]!]! ? code[at + 5]! : at + SLOT_WORDS;
        continue;
      case 5: // BNE
        counts[code[at + 7]!]!++;
        cycles++;
        at = x[code[at + 2]!]! !== x[code[at + 3]!]! ? code[at + 5]! : at + SLOT_WORDS;
        continue;
      case 6: // BLT
        counts[code[at + 7]!]!++;
        cycles++;
        at = x[code[at + 2]!]! < x[code[at + 3]!]! ? code[at + 5]! : at + SLOT_WORDS;
        continue;
      case 7: // BGE
        counts[code[at + 7]!]!++;
        cycles++;
        at = x[code[at + 2]!]! >= x[code[at + 3]!]! ? code[at + 5]! : at + SLOT_WORDS;
        continue;
      case 8: // BLTU
        counts[code[at + 7]!]!++;
        cycles++;
        at = x[code[at + 2]!]! >>> 0 < x[code[at + 3]!]! >>> 0 ? code[at + 5]! : at + SLOT_WORDS;
        continue;
      case 9: // BGEU
        counts[code[at + 7]!]!++;
        cycles++;
        at = x[code[at + 2]!]! >>> 0 >= x[code[at + 3]!]! >>> 0 ? code[at + 5]! : at + SLOT_WORDS;
        continue;
      case 10: {
        // JALR
        const target = (x[code[at + 2]!]! + code[at + 4]!) & ~1;
        if ((target & 0xc0000003) !== 0) {
          fault = badJump(target);
          break loop;
        }
        x[code[at + 1]!] = code[at + 5]!;
        counts[code[at + 7]!]!++;
        cycles++;
        if (observer !== undefined) tellJump(observer, code, at, target, code[at + 2]!, cycles);
        const index = (target - base) >> 2;
        at = index >= 0 && index < slotAt.length ? slotAt[index]! : 0;
        // Slot 0 stands for every computed target outside the text.
        if (at === 0) code[6] = target;
        continue;
      }
      case 11: {
        // LW
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000003) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('load', address, 4);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS];
        const value = page === undefined ? 0 : page[word & PAGE_MASK]!;
        x[code[at + 1]!] = value;
        break;
      }
      case 15: {
        // LH
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000001) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('load', address, 2);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS];
        const value = page === undefined ? 0 : page[word & PAGE_MASK]!;
        x[code[at + 1]!] = ((value >>> (8 * (address & 2))) << 16) >> 16;
        break;
      }
      case 16: {
        // LHU
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000001) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('load', address, 2);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS];
        const value = page === undefined ? 0 : page[word & PAGE_MASK]!;
        x[code[at + 1]!] = (value >>> (8 * (address & 2))) & 0xffff;
        break;
      }
      case 13: {
        // LB
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000000) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('load', address, 1);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS];
        const value = page === undefined ? 0 : page[word & PAGE_MASK]!;
        x[code[at + 1]!] = ((value >>> (8 * (address & 3))) << 24) >> 24;
        break;
      }
      case 14: {
        // LBU
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000000) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('load', address, 1);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS];
        const value = page === undefined ? 0 : page[word & PAGE_MASK]!;
        x[code[at + 1]!] = (value >>> (8 * (address & 3))) & 0xff;
        break;
      }
      case 12: {
        // SW
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000003) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('store', address, 4);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS] ?? memory.touch(word);
        page[word & PAGE_MASK] = x[code[at + 3]!]!;
        break;
      }
      case 18: {
        // SH
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000001) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('store', address, 2);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS] ?? memory.touch(word);
        const mask = 0xffff << (8 * (address & 2));
        const moved = x[code[at + 3]!]! << (8 * (address & 2));
        page[word & PAGE_MASK] = (page[word & PAGE_MASK]! & ~mask) | (moved & mask);
        break;
      }
      case 17: {
        // SB
        const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
        const word = address >>> 2;
        if ((address & 0xc0000000) !== 0 || (word < imageEnd && ((mapped[word >>> 5]! >>> (word & 31)) & 1) === 0)) {
          fault = badAccess('store', address, 1);
          break loop;
        }
        const page = pages[word >>> LOG_PAGE_WORDS] ?? memory.touch(word);
        const mask = 0xff << (8 * (address & 3));
        const moved = x[code[at + 3]!]! << (8 * (address & 3));
        page[word & PAGE_MASK] = (page[word & PAGE_MASK]! & ~mask) | (moved & mask);
        break;
      }
      case 27: {
        // ECALL
        const effect = host.call(x[T0]!, x[A0]!, x[A1]!, x[A2]!, memory);
        if (effect.kind === 'fault') {
          fault = effect.fault;
          break loop;
        }
        if (effect.kind === 'halt') {
          counts[code[at + 7]!]!++;
          cycles++;
          exitCode = effect.exitCode;
          break loop;
        }
        x[A0] = effect.a0;
        if (effect.kind === 'write') {
          for (const [i, word] of effect.words.entries()) memory.writeWord(effect.wordAddress + i, word);
        }
        break;
      }
      case 37: // OUTSIDE
        fault = outsideText(code[at + 6]!);
        break loop;
      default:
        fault = illegalInstruction(program, code[at + 6]!);
        break loop;
    }
    counts[code[at + 7]!]!++;
    cycles++;
    at += SLOT_WORDS;
  }
  return { outcome: outcomeOf(fault, exitCode, code[at + 6]!, cycles), cycles, host, counts };
}

function tellJump(observer: Observer, code: Int32Array, at: number, to: number, rs1: number, cycles: number): void {
  const rd = code[at + 1]!;
  observer.jump(code[at + 6]!, to, rd === DUMMY ? 0 : rd, rs1, cycles);
}

function outcomeOf(fault: Fault | undefined, exitCode: number, pc: number, cycles: number): Outcome {
  if (fault !== undefined) return trapAt(fault, pc, cycles);
  return exitCode < 0 ? { kind: 'limit' } : { kind: 'halt', exitCode };
}

type Lowered = {
  readonly code: Int32Array;
  readonly base: number;
  /** Word offset of the slot by (pc - base) / 4; 0 in gaps. */
  readonly slotAt: Int32Array;
};

function lower(rom: Rom): Lowered {
  const base = rom.pc[0]!;
  const slotAt = new Int32Array((rom.pc[rom.rows - 1]! - base) / 4 + 1);
  // Slot 0: computed targets outside the text. Its pc is set when one is taken.
  const slots: number[][] = [outsideSlot(0)];
  for (let row = 0; row < rom.rows; row++) {
    const pc = rom.pc[row]!;
    slotAt[(pc - base) / 4] = slots.length * SLOT_WORDS;
    slots.push(lowerRow(rom, row));
    if (rom.pc[row + 1] !== pc + 4) slots.push(outsideSlot(pc + 4));
  }
  const outside = new Map<number, number>();
  for (const slot of slots.slice()) {
    if (!hasTarget(slot[0]!)) continue;
    const target = slot[5]!;
    const index = (target - base) / 4;
    let offset = index >= 0 && index < slotAt.length ? slotAt[index]! : 0;
    if (offset === 0) {
      offset = outside.get(target) ?? slots.length * SLOT_WORDS;
      if (!outside.has(target)) slots.push(outsideSlot(target));
      outside.set(target, offset);
    }
    slot[5] = offset;
  }
  const code = new Int32Array(slots.length * SLOT_WORDS);
  for (const [i, slot] of slots.entries()) code.set(slot, i * SLOT_WORDS);
  return { code, base, slotAt };
}

function lowerRow(rom: Rom, row: number): number[] {
  const pc = rom.pc[row]!;
  const operation = rom.operation[row]!;
  const rd = rom.write[row] === 1 ? rom.rd[row]! : DUMMY;
  const isJump = operation === OPERATIONS.ADD_IMM && rom.extra[row] !== pc + 4;
  const code = isJump ? JUMP : operation >= IMMEDIATE ? operation - IMMEDIATE + 40 - OPERATIONS.AND : operation;
  return [code, rd, rom.rs1[row]!, rom.rs2[row]!, rom.immediate[row]!, rom.extra[row]!, pc, row];
}

function outsideSlot(pc: number): number[] {
  return [OUTSIDE, DUMMY, 0, 0, 0, 0, pc, 0];
}

function hasTarget(code: number): boolean {
  return code === JUMP || (code >= OPERATIONS.BEQ && code <= OPERATIONS.BGEU);
}
