/**
 * The form of a ROM that the fast path runs: slots in a single Int32Array.
 *
 * Lowering splits ADD_IMM into adds and jumps, resolves targets to slots, sends results that are not written to a dummy
 * 33rd register, and puts a slot that faults behind every stretch of text and at every target outside it.
 */
import { IMMEDIATE, OPERATIONS } from '../isa/operations.ts';
import type { Rom } from '../program.ts';

/** Codes that only the lowered form has. Immediate forms follow at 40: IMMEDIATE + AND becomes 40, and so on. */
const JUMP = 36;
const OUTSIDE = 37;
/** Where results that are not written go. */
export const DUMMY = 32;
/** A slot is operation, rd, rs1, rs2, immediate, word offset of the target's slot (jalr: link), pc, ROM row. */
export const SLOT_WORDS = 8;

/** A lowered ROM. */
export type Lowered = {
  readonly code: Int32Array;
  readonly base: number;
  /** Word offset of the slot by (pc - base) / 4; 0 in gaps. */
  readonly slotAt: Int32Array;
};

const cache = new WeakMap<Rom, Lowered>();

/** The lowered form of a ROM, made once. */
export function lower(rom: Rom): Lowered {
  let lowered = cache.get(rom);
  if (lowered === undefined) {
    lowered = lowerText(rom);
    cache.set(rom, lowered);
  }
  return lowered;
}

function lowerText(rom: Rom): Lowered {
  const base = rom.pc[0]!;
  const slotAt = new Int32Array((rom.pc[rom.rows - 1]! - base) / 4 + 1);
  // Slot 0: computed targets outside the text. Its pc is set when one is taken. Large texts have millions of slots, hence
  // no array of arrays.
  const code = new SlotList(rom.rows + 2);
  code.push(OUTSIDE, DUMMY, 0, 0, 0, 0, 0, 0);
  for (let row = 0; row < rom.rows; row++) {
    const pc = rom.pc[row]!;
    slotAt[(pc - base) / 4] = code.length;
    pushRow(code, rom, row);
    if (rom.pc[row + 1] !== pc + 4) pushOutside(code, pc + 4);
  }
  const outside = new Map<number, number>();
  const end = code.length;
  for (let at = SLOT_WORDS; at < end; at += SLOT_WORDS) {
    if (!hasTarget(code.words[at]!)) continue;
    const target = code.words[at + 5]!;
    const index = (target - base) / 4;
    let offset = index >= 0 && index < slotAt.length ? slotAt[index]! : 0;
    if (offset === 0) {
      offset = outside.get(target) ?? code.length;
      if (!outside.has(target)) pushOutside(code, target);
      outside.set(target, offset);
    }
    code.words[at + 5] = offset;
  }
  return { code: code.words.slice(0, code.length), base, slotAt };
}

/** Slots, one after another. */
class SlotList {
  words: Int32Array;
  length = 0;

  constructor(slots: number) {
    this.words = new Int32Array(SLOT_WORDS * slots);
  }

  push(...slot: readonly [number, number, number, number, number, number, number, number]): void {
    if (this.length + SLOT_WORDS > this.words.length) {
      const bigger = new Int32Array(2 * this.words.length);
      bigger.set(this.words);
      this.words = bigger;
    }
    for (let i = 0; i < SLOT_WORDS; i++) this.words[this.length + i] = slot[i]!;
    this.length += SLOT_WORDS;
  }
}

function pushRow(code: SlotList, rom: Rom, row: number): void {
  const pc = rom.pc[row]!;
  const operation = rom.operation[row]!;
  const rd = rom.write[row] === 1 ? rom.rd[row]! : DUMMY;
  const isJump = operation === OPERATIONS.ADD_IMM && rom.extra[row] !== pc + 4;
  const first = isJump ? JUMP : operation >= IMMEDIATE ? operation - IMMEDIATE + 40 - OPERATIONS.AND : operation;
  code.push(first, rd, rom.rs1[row]!, rom.rs2[row]!, rom.immediate[row]!, rom.extra[row]!, pc, row);
}

function pushOutside(code: SlotList, pc: number): void {
  code.push(OUTSIDE, DUMMY, 0, 0, 0, 0, pc, 0);
}

function hasTarget(code: number): boolean {
  return code === JUMP || (code >= OPERATIONS.BEQ && code <= OPERATIONS.BGEU);
}
