/** Executes a program without recording: one switch over a lowered copy of the ROM (lower.ts). */
import { div, divu, mulh, mulhsu, mulhu, rem, remu } from '../isa/arithmetic.ts';
import { neverEnds, nextLook, windowOf } from './endless.ts';
import type { Proved } from '../syscalls/statements.ts';
import type { BlockCall } from '../syscalls/effect.ts';
import { Syscalls } from '../syscalls/syscalls.ts';
import type { SyscallTable } from '../syscalls/table.ts';
import { DUMMY, lower, SLOT_WORDS } from './lower.ts';
import { CHUNK_WORDS, LOG_CHUNK_WORDS, LOG_PAGE_WORDS, PagedMemory } from './memory.ts';
import { trapAt, type Fault, type Outcome } from '../outcome.ts';
import type { Image, Program } from '../program.ts';
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

/** Result of a run. `counts[row]` is how often each ROM row was executed. */
export type FastRun = {
  readonly outcome: Outcome;
  readonly cycles: number;
  readonly syscalls: Syscalls;
  /** See PagedMemory. */
  readonly touchedBytes: number;
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

const CHUNK_MASK = CHUNK_WORDS - 1;
const RA = 1;
const SP = 2;
const T0 = 5;
const A0 = 10;
const A1 = 11;
const A2 = 12;

/** Runs `program` on `input` for at most `cycleLimit` instructions, and as many in blocks outside the proof. */
export function runFast(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  cycleLimit: number,
  observer?: Observer,
  proved: Proved = [],
): FastRun {
  const memory = new PagedMemory(program.image);
  const state: LoopState = {
    program,
    memory,
    syscalls: new Syscalls(table, input, program.image, proved),
    registers: new Int32Array(DUMMY + 1),
    counts: new Float64Array(program.rom.rows),
    pc: program.entry,
  };
  const { end, pc, cycles } = runLoop(state, cycleLimit, cycleLimit, observer);
  const { syscalls, counts, registers } = state;
  const outcome = outcomeOf(end, pc, cycles, program.image, registers[SP]!);
  return { outcome, cycles, syscalls, touchedBytes: memory.touchedBytes, counts };
}

/**
 * Runs a block outside the proof on copies of `registers` (32 or more) and of what it changes in `memory`. It may run
 * `limit` instructions, counted by `syscalls`. Gives undefined, or the fault that ended it and the pc of that.
 */
export function runBlock(
  program: Program,
  syscalls: Syscalls,
  memory: PagedMemory,
  registers: Int32Array,
  call: BlockCall,
  limit: number,
): FaultAt | undefined {
  const x = new Int32Array(DUMMY + 1);
  x.set(registers.subarray(0, DUMMY));
  // A block ends by LEAVE_UNCONSTRAINED. Returning instead would go on in the caller, so there is no caller.
  x[RA] = 0;
  x[A0] = call.argument;
  syscalls.enterBlock();
  memory.beginBlock();
  // Counts of the block are not wanted; one array serves all blocks of a program.
  const counts = blockCounts(program);
  const state: LoopState = { program, memory, syscalls, registers: x, counts, pc: call.functionPc };
  const { end, pc, cycles } = runLoop(state, limit, 0);
  memory.endBlock();
  syscalls.leaveBlock(cycles, end.kind === 'leave');
  if (end.kind === 'leave') return undefined;
  const fault = end.kind === 'fault' ? explainStack(program.image, end.fault, x[SP]!) : blockLimit();
  return { fault: inBlock(fault), pc };
}

const countsOfBlocks = new WeakMap<Program, Float64Array>();

function blockCounts(program: Program): Float64Array {
  const counts = countsOfBlocks.get(program) ?? new Float64Array(program.rom.rows);
  countsOfBlocks.set(program, counts);
  return counts;
}

/** What a loop works on. It changes everything but program and pc. */
type LoopState = {
  readonly program: Program;
  readonly memory: PagedMemory;
  readonly syscalls: Syscalls;
  /** x0 to x31 and DUMMY. */
  readonly registers: Int32Array;
  readonly counts: Float64Array;
  /** Where it starts. */
  readonly pc: number;
};

/** A fault and the address of the instruction that has it. */
export type FaultAt = { readonly fault: Fault; readonly pc: number };

/** Why a loop ended. */
type End =
  | { readonly kind: 'halt'; readonly exitCode: number }
  /** `isExplained`: of a block outside the proof, whose stack pointer is gone. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly isExplained?: boolean }
  | { readonly kind: 'leave' }
  | { readonly kind: 'limit' };

/** Runs at most `cycleLimit` instructions, and `unconstrainedLimit` in blocks outside the proof. */
function runLoop(
  { program, memory, syscalls, registers: x, counts, pc: start }: LoopState,
  cycleLimit: number,
  unconstrainedLimit: number,
  observer?: Observer,
): { readonly end: End; readonly pc: number; readonly cycles: number } {
  const { code, base, slotAt } = lower(program.rom);
  const { image } = program;
  const { chunks, writable, mapped } = memory;
  let cycles = 0;
  let end: End = { kind: 'limit' };
  const startIndex = (start - base) >> 2;
  let at = startIndex >= 0 && startIndex < slotAt.length ? slotAt[startIndex]! : 0;
  if (at === 0) code[6] = start;

  let look = nextLook(0, cycleLimit);
  // No closures over these variables, which would move them to the heap. The cases are the values of OPERATIONS, written
  // as literals because only those become a jump table, which doubles the speed.
  // Indices are in range by construction: `at` is a slot's offset, register numbers are at most 32.
  for (;;) {
    loop: while (cycles < look) {
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
            end = { kind: 'fault', fault: badJump(target) };
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
          if ((address & 0xc0000003) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'load', address, 4) };
            break loop;
          }
          const chunk = chunks[word >>> LOG_CHUNK_WORDS];
          const value = chunk === undefined ? 0 : chunk[word & CHUNK_MASK]!;
          x[code[at + 1]!] = value;
          break;
        }
        case 15: {
          // LH
          const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
          const word = address >>> 2;
          if ((address & 0xc0000001) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'load', address, 2) };
            break loop;
          }
          const chunk = chunks[word >>> LOG_CHUNK_WORDS];
          const value = chunk === undefined ? 0 : chunk[word & CHUNK_MASK]!;
          x[code[at + 1]!] = ((value >>> (8 * (address & 2))) << 16) >> 16;
          break;
        }
        case 16: {
          // LHU
          const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
          const word = address >>> 2;
          if ((address & 0xc0000001) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'load', address, 2) };
            break loop;
          }
          const chunk = chunks[word >>> LOG_CHUNK_WORDS];
          const value = chunk === undefined ? 0 : chunk[word & CHUNK_MASK]!;
          x[code[at + 1]!] = (value >>> (8 * (address & 2))) & 0xffff;
          break;
        }
        case 13: {
          // LB
          const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
          const word = address >>> 2;
          if ((address & 0xc0000000) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'load', address, 1) };
            break loop;
          }
          const chunk = chunks[word >>> LOG_CHUNK_WORDS];
          const value = chunk === undefined ? 0 : chunk[word & CHUNK_MASK]!;
          x[code[at + 1]!] = ((value >>> (8 * (address & 3))) << 24) >> 24;
          break;
        }
        case 14: {
          // LBU
          const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
          const word = address >>> 2;
          if ((address & 0xc0000000) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'load', address, 1) };
            break loop;
          }
          const chunk = chunks[word >>> LOG_CHUNK_WORDS];
          const value = chunk === undefined ? 0 : chunk[word & CHUNK_MASK]!;
          x[code[at + 1]!] = (value >>> (8 * (address & 3))) & 0xff;
          break;
        }
        case 12: {
          // SW
          const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
          const word = address >>> 2;
          if ((address & 0xc0000003) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'store', address, 4) };
            break loop;
          }
          const chunk = writable[word >>> LOG_CHUNK_WORDS] ?? memory.touch(word);
          chunk[word & CHUNK_MASK] = x[code[at + 3]!]!;
          break;
        }
        case 18: {
          // SH
          const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
          const word = address >>> 2;
          if ((address & 0xc0000001) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'store', address, 2) };
            break loop;
          }
          const chunk = writable[word >>> LOG_CHUNK_WORDS] ?? memory.touch(word);
          const mask = 0xffff << (8 * (address & 2));
          const moved = x[code[at + 3]!]! << (8 * (address & 2));
          chunk[word & CHUNK_MASK] = (chunk[word & CHUNK_MASK]! & ~mask) | (moved & mask);
          break;
        }
        case 17: {
          // SB
          const address = (x[code[at + 2]!]! + code[at + 4]!) | 0;
          const word = address >>> 2;
          if ((address & 0xc0000000) !== 0 || mapped[word >>> LOG_PAGE_WORDS]! === 0) {
            end = { kind: 'fault', fault: badAccess(image, 'store', address, 1) };
            break loop;
          }
          const chunk = writable[word >>> LOG_CHUNK_WORDS] ?? memory.touch(word);
          const mask = 0xff << (8 * (address & 3));
          const moved = x[code[at + 3]!]! << (8 * (address & 3));
          chunk[word & CHUNK_MASK] = (chunk[word & CHUNK_MASK]! & ~mask) | (moved & mask);
          break;
        }
        case 27: {
          // ECALL
          const effect = syscalls.call(x[T0]!, x[A0]!, x[A1]!, x[A2]!, memory, cycles);
          if (effect.kind === 'fault') {
            end = effect;
            break loop;
          }
          if (effect.kind === 'halt' || effect.kind === 'leave') {
            counts[code[at + 7]!]!++;
            cycles++;
            end = effect;
            break loop;
          }
          if (effect.kind === 'enter') {
            const limit = unconstrainedLimit - syscalls.unconstrainedCycles;
            const stop = runBlock(program, syscalls, memory, x, effect.call, limit);
            if (stop !== undefined) {
              return { end: { kind: 'fault', fault: stop.fault, isExplained: true }, pc: stop.pc, cycles };
            }
          }
          x[A0] = effect.a0;
          break;
        }
        case 37: // OUTSIDE
          end = { kind: 'fault', fault: outsideText(code[at + 6]!) };
          break loop;
        default:
          end = { kind: 'fault', fault: illegalInstruction(program, code[at + 6]!) };
          break loop;
      }
      counts[code[at + 7]!]!++;
      cycles++;
      at += SLOT_WORDS;
    }
    if (end.kind !== 'limit' || look <= 0) break;
    if (neverEnds(program, memory, x, code[at + 6]!, windowOf(look, cycleLimit))) {
      end = { kind: 'fault', fault: endless() };
      break;
    }
    if (look >= cycleLimit) break;
    look = nextLook(look, cycleLimit);
  }
  return { end, pc: code[at + 6]!, cycles };
}

function tellJump(observer: Observer, code: Int32Array, at: number, to: number, rs1: number, cycles: number): void {
  const rd = code[at + 1]!;
  observer.jump(code[at + 6]!, to, rd === DUMMY ? 0 : rd, rs1, cycles);
}

function outcomeOf(end: End, pc: number, cycles: number, image: Image, stackPointer: number): Outcome {
  switch (end.kind) {
    case 'halt':
      return { kind: 'halt', exitCode: end.exitCode };
    case 'fault':
      return trapAt(end.isExplained === true ? end.fault : explainStack(image, end.fault, stackPointer), pc, cycles);
    default:
      return { kind: 'limit' };
  }
}
