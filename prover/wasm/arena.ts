/**
 * The prover's memory: one shared WebAssembly memory with a stack allocator on top. Pointers are byte offsets, 64-byte
 * aligned. Views must not be kept across an allocation: memory may grow, and a view made before growth ends at the old
 * length.
 */
import { ZkError } from '../core/errors.ts';
import { type WasmMemory, wasm } from './web-assembly.ts';

const PAGE = 65536;
/** One page less than 4 GiB, so that "pointer one past the end" never wraps to 0. */
const MAX_PAGES = 65535;
const ALIGNMENT = 64;

/** Thrown when the prover would need more than its memory limit. */
export class MemoryLimitError extends ZkError {
  readonly requestedBytes: number;
  readonly limitBytes: number;

  constructor(requestedBytes: number, limitBytes: number, options?: ErrorOptions) {
    super(
      'MEMORY_LIMIT',
      `the prover needs ${requestedBytes} bytes of WebAssembly memory, the limit is ${limitBytes}`,
      options,
    );
    this.requestedBytes = requestedBytes;
    this.limitBytes = limitBytes;
  }
}

/** A position of the stack, from `mark`, for `release`. */
export type ArenaMark = number & { readonly arenaMark: true };

export class Arena {
  readonly memory: WasmMemory;
  readonly limitBytes: number;
  #top: number;
  #peak: number;

  /** `limitBytes` caps growth (at most 4 GiB less one page, the default). The first 64 bytes stay unused. */
  constructor(limitBytes = MAX_PAGES * PAGE) {
    this.limitBytes = Math.min(limitBytes, MAX_PAGES * PAGE);
    this.memory = new wasm.Memory({ initial: 16, maximum: MAX_PAGES + 1, shared: true });
    this.#top = ALIGNMENT;
    this.#peak = ALIGNMENT;
  }

  /** Reserves `byteLength` bytes with unspecified content; grows the memory when needed. MemoryLimitError at the limit. */
  alloc(byteLength: number): number {
    if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
      throw new RangeError(`"byteLength" expected a non-negative integer, got ${byteLength}`);
    }
    const ptr = this.#top;
    const top = ptr + Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
    if (top > this.limitBytes) throw new MemoryLimitError(top, this.limitBytes);
    const present = this.memory.buffer.byteLength;
    if (top > present) {
      // Grow by at least an eighth of the present size: growth is a system call and replaces the buffer object.
      const wanted = Math.min(Math.max(top, present + present / 8), this.limitBytes);
      try {
        this.memory.grow(Math.ceil((wanted - present) / PAGE));
      } catch (cause) {
        throw new MemoryLimitError(top, present, { cause });
      }
    }
    this.#top = top;
    this.#peak = Math.max(this.#peak, top);
    return ptr;
  }

  /** Like `alloc`, all bytes zero. */
  allocZeroed(byteLength: number): number {
    const ptr = this.alloc(byteLength);
    this.bytes(ptr, byteLength).fill(0);
    return ptr;
  }

  /** The present top of the stack. */
  mark(): ArenaMark {
    // Only this class makes marks.
    return this.#top as ArenaMark;
  }

  /** Frees everything allocated after `mark`. RangeError for a mark above the top. */
  release(mark: ArenaMark): void {
    if (mark > this.#top) throw new RangeError(`"mark" expected at most ${this.#top}, got ${mark}`);
    this.#top = mark;
  }

  /** Runs `body` and frees what it allocated, also when it throws. */
  scope<T>(body: () => T): T {
    const mark = this.mark();
    try {
      return body();
    } finally {
      this.release(mark);
    }
  }

  /** `length` 32-bit words at byte offset `ptr`. Valid until the next allocation. */
  u32(ptr: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, ptr, length);
  }

  /** `byteLength` bytes at byte offset `ptr`. Valid until the next allocation. */
  bytes(ptr: number, byteLength: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, ptr, byteLength);
  }

  /** Bytes in use, and the most ever in use. */
  get usage(): { readonly usedBytes: number; readonly peakBytes: number } {
    return { usedBytes: this.#top, peakBytes: this.#peak };
  }
}
