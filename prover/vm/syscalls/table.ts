/**
 * System calls of extensions, as the executors see them. A table is a value that every execution is given; `vm/` knows no
 * extension, and HALT, WRITE and COMMIT stand in no table.
 */
import { ADDRESS_LIMIT } from '../isa/decode.ts';
import { unmapped } from '../faults.ts';
import { hex, type Fault } from '../outcome.ts';
import type { Image } from '../program.ts';
import type { WritableMemory } from '../run/memory.ts';
import type { InputSource } from './input-queue.ts';

/** Numbers of calls are below this: the high half of t0 is 0. */
export const SYSCALL_NUMBER_LIMIT = 2 ** 16;

/** One call that an extension defines. */
export type Syscall = {
  /** What counts of executed calls name it, in capitals: `HINT_READ`. */
  readonly name: string;
  /**
   * Executes the call and returns the new value of a0, or the fault that ends the program. It depends on nothing but the
   * call, and finds its faults before its first access of memory.
   */
  readonly handle: (call: SyscallCall) => number | Fault;
  /** How much memory a call with these arguments (unsigned) accesses at most; DEFAULT_REACH where it is left out. */
  readonly reach?: (a0: number, a1: number, a2: number) => Reach;
};

/** Bounds of the memory that one call accesses: words, and of how many ranges of neighbours they are. */
export type Reach = { readonly words: number; readonly ranges: number };

/** The reach of a call that does not tell: four words, wherever they are. */
export const DEFAULT_REACH: Reach = { words: 4, ranges: 4 };

/** The calls of a machine's extensions by number. */
export type SyscallTable = ReadonlyMap<number, Syscall>;

/** When within the time of the ecall a word is accessed. Accesses of one word have ascending slots. */
export type Slot = 0 | 1 | 2 | 3;

/** Told about every access: word address, slot, word before and after. */
export type OnAccess = (wordAddress: number, slot: Slot, before: number, after: number) => void;

/** One executed call: its arguments, guest memory, and the input items. Words and addresses are unsigned. */
export class SyscallCall {
  readonly a0: number;
  readonly a1: number;
  readonly a2: number;
  readonly input: InputSource;
  readonly #image: Image;
  readonly #memory: WritableMemory;
  readonly #onAccess: OnAccess | undefined;
  /** Whether memory was accessed. */
  hasAccessed = false;

  constructor(
    [a0, a1, a2]: readonly [number, number, number],
    input: InputSource,
    image: Image,
    memory: WritableMemory,
    onAccess?: OnAccess,
  ) {
    this.a0 = a0;
    this.a1 = a1;
    this.a2 = a2;
    this.input = input;
    this.#image = image;
    this.#memory = memory;
    this.#onAccess = onAccess;
  }

  /** The fault of words that reach above 2^30; undefined when they do not. `what` begins the sentence: `HINT_READ of 8 bytes`. */
  refuseRange(what: string, byteAddress: number, words: number): Fault | undefined {
    if (byteAddress < ADDRESS_LIMIT && byteAddress + 4 * words <= ADDRESS_LIMIT) return undefined;
    return { cause: 'address-out-of-range', detail: `${what} to ${hex(byteAddress)} reaches above 2^30` };
  }

  /** The fault of words of which one is unmapped, the address being a multiple of 4; undefined when none is. */
  refuseUnmapped(what: string, byteAddress: number, words: number): Fault | undefined {
    const first = byteAddress / 4;
    for (let at = first; at < first + words; at++) {
      if (!this.#memory.isMapped(at)) return unmapped(this.#image, what, at * 4);
    }
    return undefined;
  }

  /** Reads a word of mapped memory. */
  read(wordAddress: number, slot: Slot): number {
    const word = this.#memory.readWord(wordAddress) >>> 0;
    this.hasAccessed = true;
    this.#onAccess?.(wordAddress, slot, word, word);
    return word;
  }

  /** Writes a word of mapped memory. */
  write(wordAddress: number, slot: Slot, word: number): void {
    this.hasAccessed = true;
    this.#onAccess?.(wordAddress, slot, this.#memory.readWord(wordAddress) >>> 0, word >>> 0);
    this.#memory.writeWord(wordAddress, word);
  }
}
