/**
 * Programs that can never go on: there is one thread, and nothing outside the program changes its memory. If pc, all registers
 * and all of memory are what they were some instructions before, and no system call was among these, the same follows for
 * ever.
 *
 * All execution paths look at the same cycles, so they end such a program at the same one.
 */
import { evaluate, extract, isTaken } from '../isa/evaluate.ts';
import type { MemoryView } from './memory.ts';
import { familyOf, IMMEDIATE, OPERATIONS, type Family } from '../isa/operations.ts';
import type { Program, Rom } from '../program.ts';
import { indexText, type TextIndex } from '../faults.ts';

/** Instructions that a look at the cycle limit follows. */
const WINDOW = 2 ** 16;
/** Those of an earlier look: a small share of the cycles so far, so that looks cost little in runs of any length. */
const SHARE = 1 / 256;
const SHORTEST_WINDOW = 512;
const FIRST_LOOK = 2 ** 16;
/** A look ends when more words than this have changed: who waits takes locks and counts references, and no more. */
const CHANGED_WORDS = 256;
/** Looks are as far apart as the run is long, but not further than this: a third of a second. */
const LONGEST_WAIT = 2 ** 24;

/** The number of executed instructions at which to look next, after `cycles`; at the limit at the latest. */
export function nextLook(cycles: number, cycleLimit: number): number {
  const next = cycles < FIRST_LOOK ? FIRST_LOOK : cycles + Math.min(cycles, LONGEST_WAIT);
  return Math.min(next, Math.max(cycles, cycleLimit));
}

/** Memory as it would become, with how it differs from what it was at the last mark. */
class Overlay {
  readonly #memory: MemoryView;
  readonly #words = new Map<number, number>();
  /** Values at the mark of the words that were stored to since. */
  readonly #marked = new Map<number, number>();
  /** Words whose value is another than at the mark. */
  different = 0;

  constructor(memory: MemoryView) {
    this.#memory = memory;
  }

  get isFull(): boolean {
    return this.#words.size > CHANGED_WORDS;
  }

  isMapped(wordAddress: number): boolean {
    return this.#memory.isMapped(wordAddress);
  }

  read(wordAddress: number): number {
    return this.#words.get(wordAddress) ?? this.#memory.readWord(wordAddress) | 0;
  }

  write(wordAddress: number, value: number): void {
    const old = this.read(wordAddress);
    if (old === value) return;
    const marked = this.#marked.get(wordAddress) ?? old;
    this.#marked.set(wordAddress, marked);
    this.different += Number(value !== marked) - Number(old !== marked);
    this.#words.set(wordAddress, value);
  }

  mark(): void {
    this.#marked.clear();
    this.different = 0;
  }
}

/** How many instructions a look after `cycles` follows. Loops of up to half of them are found, also such that begin in it. */
export function windowOf(cycles: number, cycleLimit: number): number {
  return cycles >= cycleLimit ? WINDOW : Math.min(WINDOW, Math.max(SHORTEST_WINDOW, cycles * SHARE));
}

/**
 * Whether the program, about to execute the instruction at `pc`, provably never ends. Changes nothing: it follows the
 * program on copies up to a system call, a fault, many changes of memory, or `window` instructions. Exact where it says yes; a
 * no means that none of this was found.
 */
export function neverEnds(
  program: Program,
  memory: MemoryView,
  registers: Int32Array | Uint32Array,
  pc: number,
  window: number,
): boolean {
  const { rom } = program;
  const { base, rowAt } = textIndex(rom);
  const x = Int32Array.from(registers.subarray(0, 32));
  const overlay = new Overlay(memory);
  const before = new Int32Array(32);
  let beforePc = -1;
  let at = pc;
  // Brent's method: compare with the state at the last power of two.
  for (let step = 0; step < window; step++) {
    if (at === beforePc && overlay.different === 0 && x.every((value, i) => value === before[i])) return true;
    if ((step & (step - 1)) === 0) {
      overlay.mark();
      before.set(x);
      beforePc = at;
    }
    const offset = at - base;
    const row = offset >= 0 && (offset & 3) === 0 ? (rowAt[offset >>> 2] ?? -1) : -1;
    const next = row < 0 ? undefined : follow(rom, row, at, x, overlay);
    if (next === undefined || overlay.isFull) return false;
    at = next;
  }
  return false;
}

/** Executes a row; the next pc, or undefined for a system call and for what would fault. */
function follow(rom: Rom, row: number, pc: number, x: Int32Array, memory: Overlay): number | undefined {
  const operation = rom.operation[row]!;
  const base = operation >= IMMEDIATE ? operation - IMMEDIATE : operation;
  const a = x[rom.rs1[row]!]!;
  const immediate = rom.immediate[row]! | 0;
  const b = operation >= IMMEDIATE ? immediate : x[rom.rs2[row]!]!;
  let result: number;
  let next = pc + 4;
  switch (familyByCode[operation]) {
    case 'AddImm':
      result = a + immediate;
      next = rom.extra[row]!;
      break;
    case 'Branch':
      return isTaken(base, a, b) ? rom.extra[row]! : next;
    case 'Jalr':
      result = rom.extra[row]!;
      next = ((a + immediate) & ~1) >>> 0;
      break;
    case 'LoadWord':
    case 'LoadNarrow':
    case 'StoreWord':
    case 'StoreNarrow': {
      const address = (a + immediate) >>> 0;
      const bytes = BYTES[base] ?? 4;
      if (address >= 2 ** 30 || address % bytes !== 0 || !memory.isMapped(address >>> 2)) return undefined;
      const word = memory.read(address >>> 2);
      if (isStore(base)) {
        const shift = 8 * (address & 3);
        const mask = bytes === 4 ? -1 : (2 ** (8 * bytes) - 1) << shift;
        memory.write(address >>> 2, (word & ~mask) | ((b << shift) & mask));
        return next;
      }
      result = extract(base, word, address & 3);
      break;
    }
    case 'Ecall':
    case undefined:
      return undefined;
    default:
      result = evaluate(base, a, b);
  }
  if (rom.write[row] === 1) x[rom.rd[row]!] = result;
  return next;
}

const familyByCode: readonly (Family | undefined)[] = Array.from({ length: 256 }, (_, code) => familyOf(code));

const BYTES: Readonly<Record<number, number>> = {
  [OPERATIONS.LB]: 1,
  [OPERATIONS.LBU]: 1,
  [OPERATIONS.SB]: 1,
  [OPERATIONS.LH]: 2,
  [OPERATIONS.LHU]: 2,
  [OPERATIONS.SH]: 2,
};

function isStore(base: number): boolean {
  return base === OPERATIONS.SW || base === OPERATIONS.SH || base === OPERATIONS.SB;
}

const indices = new WeakMap<Rom, TextIndex>();

function textIndex(rom: Rom): TextIndex {
  const index = indices.get(rom) ?? indexText(rom);
  indices.set(rom, index);
  return index;
}
