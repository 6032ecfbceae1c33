/**
 * The host side of system calls: input items, captured output, committed digest words. One instance per execution.
 *
 * Input is a list of byte items. HINT_LEN returns the byte length of the current item, or 0xffffffff when none is left.
 * HINT_READ(ptr, len) writes the whole current item to memory and moves on to the next; `len` must be the item's length
 * rounded up to a multiple of 4, and the padding bytes are zero.
 *
 * WRITE, COMMIT and HALT check more than the proof does: a run whose proof would be useless (a digest that is not the
 * hash of the public values, say) is a trap here and is not proved.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { SYSCALLS } from './operations.ts';
import { hex, type Fault, type TrapCause } from './outcome.ts';
import { ADDRESS_LIMIT } from './decode.ts';
import type { MemoryView } from './memory.ts';

/** Captured bytes of stdout and of stderr, each; what a guest writes beyond is dropped and `truncated` is set. */
export const OUTPUT_LIMIT = 2 ** 20;
/** Public values beyond this many bytes are a trap. */
export const PUBLIC_VALUES_LIMIT = 2 ** 20;
/** What HINT_LEN returns when no item is left. */
export const NO_INPUT = 0xffffffff;

/** File descriptors of WRITE. */
export const DESCRIPTORS = { STDOUT: 1, STDERR: 2, PUBLIC_VALUES: 13 } as const;

/** What the executor has to do after a system call. `a0` is the new value of that register. */
export type SyscallEffect =
  | { readonly kind: 'continue'; readonly a0: number }
  /** HINT_READ: write `words` from `wordAddress` up, at slot 3. */
  | { readonly kind: 'write'; readonly a0: number; readonly wordAddress: number; readonly words: Uint32Array }
  | { readonly kind: 'halt'; readonly exitCode: number }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Everything the host keeps of one execution. */
export class Host {
  readonly #input: readonly Uint8Array[];
  #nextItem = 0;
  readonly #stdout = new ByteSink();
  readonly #stderr = new ByteSink();
  readonly #publicValues = new ByteSink();
  #truncated = false;
  /** Committed digest words, in index order. */
  readonly committedDigest: Uint32Array = new Uint32Array(8);
  #committed = 0;

  constructor(input: readonly Uint8Array[]) {
    this.#input = input;
  }

  get stdout(): Uint8Array {
    return this.#stdout.bytes();
  }
  get stderr(): Uint8Array {
    return this.#stderr.bytes();
  }
  get publicValues(): Uint8Array {
    return this.#publicValues.bytes();
  }
  /** True when stdout or stderr exceeded OUTPUT_LIMIT. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** Executes the system call `number` with the register values a0..a2 (any 32-bit representation). */
  call(number: number, a0: number, a1: number, a2: number, memory: MemoryView): SyscallEffect {
    const first = a0 >>> 0;
    const second = a1 >>> 0;
    switch (number >>> 0) {
      case SYSCALLS.WRITE:
        return this.#write(first, second, a2 >>> 0, memory);
      case SYSCALLS.COMMIT:
        return this.#commit(first, second);
      case SYSCALLS.HALT:
        return this.#halt(first);
      case SYSCALLS.HINT_LEN:
        return { kind: 'continue', a0: this.#input[this.#nextItem]?.length ?? NO_INPUT };
      case SYSCALLS.HINT_READ:
        return this.#hintRead(first, second, memory);
      default:
        return fault('unknown-syscall', `no system call has the number ${hex(number)}`);
    }
  }

  #write(descriptor: number, address: number, length: number, memory: MemoryView): SyscallEffect {
    const done: SyscallEffect = { kind: 'continue', a0: descriptor };
    if (address + length > ADDRESS_LIMIT) {
      return fault('address-out-of-range', `WRITE of ${length} bytes at ${hex(address)} reaches above 2^30`);
    }
    const isPublic = descriptor === DESCRIPTORS.PUBLIC_VALUES;
    if (!isPublic && descriptor !== DESCRIPTORS.STDOUT && descriptor !== DESCRIPTORS.STDERR) {
      return fault('unknown-descriptor', `WRITE to descriptor ${descriptor}, expected 1, 2 or 13`);
    }
    const sink = isPublic ? this.#publicValues : descriptor === DESCRIPTORS.STDOUT ? this.#stdout : this.#stderr;
    const room = (isPublic ? PUBLIC_VALUES_LIMIT : OUTPUT_LIMIT) - sink.length;
    if (length > room) {
      if (isPublic) {
        return fault('public-values-too-large', `the public values exceed ${PUBLIC_VALUES_LIMIT} bytes`);
      }
      this.#truncated = true;
    }
    const unmapped = sink.append(address, Math.min(length, room), memory);
    return unmapped ?? done;
  }

  #commit(index: number, word: number): SyscallEffect {
    if (index > 7) return fault('commit-index', `COMMIT of digest word ${index}, expected 0 to 7`);
    if (((this.#committed >>> index) & 1) === 1) return fault('commit-twice', `COMMIT of digest word ${index} again`);
    this.#committed |= 1 << index;
    this.committedDigest[index] = word;
    return { kind: 'continue', a0: index };
  }

  #halt(exitCode: number): SyscallEffect {
    if (this.#committed !== 0xff) {
      return fault('commit-missing', 'HALT before all eight words of the public-values digest were committed');
    }
    const digest = new DataView(sha256(this.publicValues).buffer);
    for (const [i, word] of this.committedDigest.entries()) {
      if (digest.getUint32(4 * i, true) !== word) {
        return fault('commit-mismatch', `committed digest word ${i} is not that of the sha256 of the public values`);
      }
    }
    return { kind: 'halt', exitCode };
  }

  #hintRead(address: number, length: number, memory: MemoryView): SyscallEffect {
    if (address % 4 !== 0 || length % 4 !== 0) {
      return fault('misaligned-hint', `HINT_READ of ${length} bytes to ${hex(address)}, expected multiples of 4`);
    }
    if (address + length > ADDRESS_LIMIT || address >= ADDRESS_LIMIT) {
      return fault('address-out-of-range', `HINT_READ of ${length} bytes to ${hex(address)} reaches above 2^30`);
    }
    const item = this.#input[this.#nextItem];
    if (item === undefined) {
      return fault('input-exhausted', `HINT_READ after the last of ${this.#input.length} input items`);
    }
    const padded = Math.ceil(item.length / 4) * 4;
    if (length !== padded) {
      return fault(
        'input-length',
        `HINT_READ of ${length} bytes, but input item ${this.#nextItem} has ${item.length} (${padded} with padding)`,
      );
    }
    const wordAddress = address / 4;
    const words = new Uint32Array(length / 4);
    for (const [i, byte] of item.entries()) words[i >>> 2] = (words[i >>> 2] ?? 0) | (byte << (8 * (i & 3)));
    for (const i of words.keys()) {
      if (!memory.isMapped(wordAddress + i)) {
        return fault('unmapped-memory', `HINT_READ to unmapped memory at ${hex((wordAddress + i) * 4)}`);
      }
    }
    this.#nextItem++;
    return { kind: 'write', a0: address, wordAddress, words };
  }
}

/** Appends guest bytes; grows by doubling. */
class ByteSink {
  #buffer = new Uint8Array(256);
  length = 0;

  append(address: number, count: number, memory: MemoryView): SyscallEffect | undefined {
    while (this.length + count > this.#buffer.length) {
      const bigger = new Uint8Array(this.#buffer.length * 2);
      bigger.set(this.#buffer);
      this.#buffer = bigger;
    }
    for (let i = 0; i < count; i++) {
      const at = address + i;
      if (!memory.isMapped(at >>> 2)) return fault('unmapped-memory', `WRITE from unmapped memory at ${hex(at)}`);
      this.#buffer[this.length + i] = memory.readWord(at >>> 2) >>> (8 * (at & 3));
    }
    this.length += count;
    return undefined;
  }

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.length);
  }
}

function fault(cause: TrapCause, detail: string): SyscallEffect {
  return { kind: 'fault', fault: { cause, detail } };
}
