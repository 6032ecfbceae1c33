/** Lookups by address that executor, recorder and disassembler share. */
import { ADDRESS_LIMIT } from './isa/decode.ts';
import { imageWord, type Image, type Program, type Rom } from './program.ts';
import type { Fault } from './outcome.ts';
import { hex } from './outcome.ts';

/** Maps byte addresses of text to ROM rows. `rowAt[(pc - base) / 4]` is -1 in gaps. */
export type TextIndex = { readonly base: number; readonly rowAt: Int32Array };

/** Builds the address index of a ROM. */
export function indexText(rom: Rom): TextIndex {
  const base = rom.pc[0] ?? 0;
  const last = rom.pc[rom.rows - 1] ?? 0;
  const rowAt = new Int32Array((last - base) / 4 + 1).fill(-1);
  for (const [row, pc] of rom.pc.entries()) rowAt[(pc - base) / 4] = row;
  return { base, rowAt };
}

/** The fault of fetching from `pc`, where there is no text. */
export function outsideText(pc: number): Fault {
  const hint = pc === 0 ? ': a null function pointer was called, or a function returned that has no caller' : '';
  return { cause: 'pc-outside-text', detail: `there is no instruction at ${hex(pc)}${hint}` };
}

/** The fault of executing a TRAP row. */
export function illegalInstruction(program: Program, pc: number): Fault {
  const word = imageWord(program.image, pc >>> 2) ?? 0;
  const detail = `${hex(word)} at ${hex(pc)} is not an executable RV32IM instruction: ${explainWord(word)}`;
  return { cause: 'illegal-instruction', detail };
}

const REBUILD = 'build the program with "zkvm build", or for rv32im';

/** What an illegal word is likely to be, and what to do. */
function explainWord(word: number): string {
  if (word === 0xc0001073 || word === 0x00100073) {
    return 'compilers put it where a program aborts (std::process::abort, std::process::exit and a panic within a panic end here); end with zkvm::exit or a panic instead';
  }
  if (word === 0) return 'the program ran into data or into an abort';
  if ((word & 3) !== 3) return `it looks like a compressed instruction; ${REBUILD}`;
  switch (word & 0x7f) {
    case 0x07:
    case 0x27:
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
    case 0x53:
      return `it is a floating-point or vector instruction; ${REBUILD}`;
    case 0x2f:
      return `it is an atomic instruction; ${REBUILD}`;
    case 0x0f:
      return 'it synchronises instructions with data, and text cannot change here';
    case 0x63:
    case 0x6f:
      return 'the target of the jump is misaligned or out of range';
    case 0x73:
      return 'there are no control registers, counters, traps and privilege levels here';
    default:
      return `${REBUILD}, and look for a jump into data`;
  }
}

/** The fault of a jump to a computed address (bit 0 already cleared). */
export function badJump(target: number): Fault {
  const address = target >>> 0;
  return address >= 2 ** 30
    ? { cause: 'jump-out-of-range', detail: `jump to ${hex(address)}, above 2^30` }
    : { cause: 'misaligned-jump', detail: `jump to ${hex(address)}, not a multiple of 4` };
}

/** The fault of a data access of `bytes` bytes that is out of range, misaligned or unmapped (in this order). */
export function badAccess(image: Image, kind: 'load' | 'store', byteAddress: number, bytes: number): Fault {
  const address = byteAddress >>> 0;
  const what = `${kind} of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  if (address >= 2 ** 30) return { cause: 'address-out-of-range', detail: `${what} at ${hex(address)}, above 2^30` };
  if (address % bytes !== 0) {
    return { cause: `misaligned-${kind}`, detail: `${what} at ${hex(address)}, not a multiple of ${bytes}` };
  }
  return unmapped(image, what, address);
}

/** The fault of an access to unmapped memory at a byte address. */
export function unmapped(image: Image, what: string, address: number): Fault {
  const access = `${what} at ${hex(address)}`;
  const first = 4 * (image.stretches[0]?.start ?? 0);
  const detail =
    address < first
      ? `null pointer: ${access}, below the first address of the program (${hex(first)})`
      : `${access}, which is unmapped`;
  return { cause: 'unmapped-memory', detail };
}

/**
 * The same fault, in other words when it comes of a stack that overflowed: an access outside memory while the stack pointer
 * is outside as well, at any distance, since a frame may be of any size. A null pointer leaves the stack pointer alone.
 */
export function explainStack({ stack }: Image, fault: Fault, stackPointer: number): Fault {
  const pointer = stackPointer >>> 0;
  const isMemory = fault.cause === 'unmapped-memory' || fault.cause === 'address-out-of-range';
  if (stack === undefined || !isMemory || (pointer >= stack.bottom && pointer < ADDRESS_LIMIT)) return fault;
  const access = fault.detail.replace(/^null pointer: /, '').replace(/,.*$/, '');
  const room = `${Number(((stack.top - stack.bottom) / 2 ** 20).toFixed(2))} MiB`;
  const size = `the stack of ${room} (${hex(stack.bottom)} to ${hex(stack.top)})`;
  const detail = `stack overflow: ${access}, with the stack pointer at ${hex(pointer)}, outside ${size}; look for endless recursion, and put large arrays on the heap`;
  return { cause: fault.cause, detail };
}

/** The fault of a block outside the proof. */
export function inBlock({ cause, detail }: Fault): Fault {
  return { cause, detail: `${detail} (in an unconstrained block)` };
}

/** The fault of a program that is in the same state again, with nothing in between that could change it. */
export function endless(): Fault {
  return {
    cause: 'never-ends',
    detail:
      'the program repeats the same instructions for ever and nothing can end it: there are no other threads, signals or clocks here that could change what it waits for',
  };
}

/** The fault of a block outside the proof that ran too long. */
export function blockLimit(): Fault {
  return {
    cause: 'unconstrained-limit',
    detail: 'the cycle limit was reached; raise it, or look for an endless loop',
  };
}
