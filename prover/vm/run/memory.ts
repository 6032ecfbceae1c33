/** Guest RAM: 2^28 words in sparse chunks, initialised from the image; pages outside its stretches are unmapped. */
import { PAGE_WORDS, RAM_WORDS } from '../address-map.ts';
import type { Image } from '../program.ts';

/** A chunk, the unit in which RAM is kept, holds 2^14 words (64 KiB). */
export const LOG_CHUNK_WORDS = 14;
export const CHUNK_WORDS = 2 ** LOG_CHUNK_WORDS;
const CHUNKS = RAM_WORDS / CHUNK_WORDS;
/** Mapped or not is a matter of pages of 4 KiB. */
export const LOG_PAGE_WORDS = Math.log2(PAGE_WORDS);

/** What system calls need to see of memory; word addresses are below 2^28. */
export type MemoryView = {
  isMapped(wordAddress: number): boolean;
  readWord(wordAddress: number): number;
};

/** What system calls of extensions do to memory. */
export type WritableMemory = MemoryView & {
  writeWord(wordAddress: number, value: number): void;
};

/** Sparse RAM. The fields are public because the execution loops read chunks without a call. */
export class PagedMemory implements WritableMemory {
  /** Absent chunks read as zero. */
  readonly chunks: (Int32Array | undefined)[] = new Array<Int32Array | undefined>(CHUNKS).fill(undefined);
  /**
   * Chunks that may be written in place: `chunks` itself, or outside the proof only those copied since. Absent ones come
   * from `touch`.
   */
  writable: (Int32Array | undefined)[] = this.chunks;
  /** 1 per mapped page, by word address / PAGE_WORDS. */
  readonly mapped: Uint8Array = new Uint8Array(RAM_WORDS / PAGE_WORDS);
  /** Chunks copied outside the proof, by index: what they were before. */
  readonly #before = new Map<number, Int32Array | undefined>();
  #copies: (Int32Array | undefined)[] | undefined;

  constructor(image: Image) {
    for (const { start, end, words } of image.stretches) {
      this.mapped.fill(1, start / PAGE_WORDS, end / PAGE_WORDS);
      for (let at = 0; at < words.length;) {
        const address = start + at;
        const inChunk = address & (CHUNK_WORDS - 1);
        const count = Math.min(words.length - at, CHUNK_WORDS - inChunk);
        this.touch(address).set(words.subarray(at, at + count), inChunk);
        at += count;
      }
    }
  }

  isMapped(wordAddress: number): boolean {
    return this.mapped[wordAddress >>> LOG_PAGE_WORDS] === 1;
  }

  readWord(wordAddress: number): number {
    return this.chunks[wordAddress >>> LOG_CHUNK_WORDS]?.[wordAddress & (CHUNK_WORDS - 1)] ?? 0;
  }

  writeWord(wordAddress: number, value: number): void {
    this.touch(wordAddress)[wordAddress & (CHUNK_WORDS - 1)] = value;
  }

  /** The chunk of a word for writing; created when absent, copied when it belongs to what may not change for now. */
  touch(wordAddress: number): Int32Array {
    const index = wordAddress >>> LOG_CHUNK_WORDS;
    let chunk = this.writable[index];
    if (chunk !== undefined) return chunk;
    const before = this.chunks[index];
    chunk = before?.slice() ?? new Int32Array(CHUNK_WORDS);
    if (this.writable !== this.chunks) {
      this.#before.set(index, before);
      this.writable[index] = chunk;
    }
    this.chunks[index] = chunk;
    return chunk;
  }

  /** From now on writes are kept apart until `endBlock` drops them. Costs a copy of each chunk of memory that is written. */
  beginBlock(): void {
    this.#copies ??= new Array<Int32Array | undefined>(CHUNKS).fill(undefined);
    this.writable = this.#copies;
  }

  /** Memory is again what it was at `beginBlock`. */
  endBlock(): void {
    for (const [index, chunk] of this.#before) {
      this.chunks[index] = chunk;
      this.writable[index] = undefined;
    }
    this.#before.clear();
    this.writable = this.chunks;
  }

  /** Bytes of all chunks that hold contents of the file or were written to. */
  get touchedBytes(): number {
    return this.chunks.reduce((sum, chunk) => (chunk === undefined ? sum : sum + CHUNK_WORDS * 4), 0);
  }
}
