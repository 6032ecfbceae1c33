/** Guest RAM: 2^28 words in sparse pages, initialised from the image; words outside image and zero range are unmapped. */
import type { Image } from '../program.ts';
import { SPACE } from '../execution-record.ts';

/** A page holds 2^14 words (64 KiB). */
export const LOG_PAGE_WORDS = 14;
export const PAGE_WORDS = 2 ** LOG_PAGE_WORDS;
const PAGES = 2 ** (28 - LOG_PAGE_WORDS);

/** What system calls need to see of memory; word addresses are below 2^28. */
export type MemoryView = {
  isMapped(wordAddress: number): boolean;
  readWord(wordAddress: number): number;
};

/** What system calls of extensions do to memory. */
export type WritableMemory = MemoryView & {
  writeWord(wordAddress: number, value: number): void;
};

/** Sparse RAM. The fields are public because the execution loops read pages without a call. */
export class PagedMemory implements WritableMemory {
  /** Absent pages read as zero. */
  readonly pages: (Int32Array | undefined)[] = new Array<Int32Array | undefined>(PAGES).fill(undefined);
  /**
   * Pages that may be written in place: `pages` itself, or within a block only those copied since it began. Absent ones
   * come from `touch`.
   */
  writable: (Int32Array | undefined)[] = this.pages;
  /** Word w is in the zero range when (w - zeroStart) mod 2^32 is below zeroSize: one comparison. */
  readonly zeroStart: number;
  readonly zeroSize: number;
  /** One bit per word of the image, from word 32 mappedBase up. Words beyond either end have none. */
  readonly mapped: Int32Array;
  readonly mappedBase: number;
  /** Pages copied in the current block, by index: what they were before. */
  readonly #before = new Map<number, Int32Array | undefined>();
  #copies: (Int32Array | undefined)[] | undefined;

  constructor(image: Image) {
    this.zeroStart = image.zeroStart;
    this.zeroSize = image.zeroEnd - image.zeroStart;
    this.mappedBase = (image.address[32] ?? 0) >>> 5;
    this.mapped = new Int32Array(((image.address[image.rows - 1] ?? 0) >>> 5) - this.mappedBase + 1);
    for (let row = 0; row < image.rows; row++) {
      if (image.space[row] !== SPACE.RAM) continue;
      const address = image.address[row] ?? 0;
      const index = (address >>> 5) - this.mappedBase;
      this.mapped[index] = (this.mapped[index] ?? 0) | (1 << (address & 31));
      this.writeWord(address, image.value[row] ?? 0);
    }
  }

  isMapped(wordAddress: number): boolean {
    if ((wordAddress - this.zeroStart) >>> 0 < this.zeroSize) return true;
    return (((this.mapped[(wordAddress >>> 5) - this.mappedBase] ?? 0) >>> (wordAddress & 31)) & 1) === 1;
  }

  readWord(wordAddress: number): number {
    return this.pages[wordAddress >>> LOG_PAGE_WORDS]?.[wordAddress & (PAGE_WORDS - 1)] ?? 0;
  }

  writeWord(wordAddress: number, value: number): void {
    this.touch(wordAddress)[wordAddress & (PAGE_WORDS - 1)] = value;
  }

  /** The page of a word for writing; created when absent, copied when it belongs to what a block must leave alone. */
  touch(wordAddress: number): Int32Array {
    const index = wordAddress >>> LOG_PAGE_WORDS;
    let page = this.writable[index];
    if (page !== undefined) return page;
    const before = this.pages[index];
    page = before?.slice() ?? new Int32Array(PAGE_WORDS);
    if (this.writable !== this.pages) {
      this.#before.set(index, before);
      this.writable[index] = page;
    }
    this.pages[index] = page;
    return page;
  }

  /** From now on writes are kept apart until `endBlock` drops them. Costs a copy of each page that is written. */
  beginBlock(): void {
    this.#copies ??= new Array<Int32Array | undefined>(PAGES).fill(undefined);
    this.writable = this.#copies;
  }

  /** Memory is again what it was at `beginBlock`. */
  endBlock(): void {
    for (const [index, page] of this.#before) {
      this.pages[index] = page;
      this.writable[index] = undefined;
    }
    this.#before.clear();
    this.writable = this.pages;
  }

  /** Bytes of all pages that hold a word of the image or were written to. */
  get touchedBytes(): number {
    return this.pages.reduce((sum, page) => (page === undefined ? sum : sum + PAGE_WORDS * 4), 0);
  }
}
