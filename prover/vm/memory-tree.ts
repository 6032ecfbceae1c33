/**
 * The Merkle tree over all of memory, sparse. Level 0 are quads: four words as eight limbs of 16 bits, lowest first, which
 * stand for a digest. A node of level l + 1 is the compression of two of level l; level 27 is the root.
 *
 * Memory that is zero has one digest per level. Memory that is unmapped is a hole: a digest that nobody knows children of,
 * because it is a sponge of two elements. (A sponge of one block of zeros would be compress(0, capacity): never use one.)
 */
import { PROTOCOL } from '../core/protocol.ts';
import { compressPairs } from '../hash/compress-koalabear.ts';
import { compress, hashFelts } from '../hash/sponge-koalabear.ts';
import {
  CELLS_LEVEL,
  PAGE_LEVEL,
  PAGE_WORDS,
  QUAD_WORDS,
  REGISTER_QUAD,
  ROOT_LEVEL,
  SPACE_WORDS,
} from './address-map.ts';
import { NODE_FIELD, QUAD_FIELD, type RecordTable } from './execution-record.ts';
import { DIGEST, nodesAbove, writeLimbs } from './memory-nodes.ts';
import type { Image } from './program.ts';

/** Digests of zero memory by level, 0 to 27. */
export const ZERO_DIGESTS: readonly (readonly number[])[] = zeroDigests();
/** Digests of unmapped memory by level. No hole stands at level 0. */
export const HOLE_DIGESTS: readonly (readonly number[])[] = Array.from({ length: ROOT_LEVEL + 1 }, (_, level) =>
  hashFelts(`${PROTOCOL}/hole`, [1, level]),
);

function zeroDigests(): number[][] {
  const digests = [new Array<number>(DIGEST).fill(0)];
  while (digests.length <= ROOT_LEVEL) {
    const below = digests.at(-1) ?? [];
    digests.push(compress(below, below));
  }
  return digests;
}

const PAGE_QUADS = PAGE_WORDS / QUAD_WORDS;
/** The page that ends with registers and system words. */
const CELLS_PAGE = SPACE_WORDS / PAGE_WORDS - 1;

/** Word addresses: the first, and one more than the last. */
type Range = { start: number; end: number };

/**
 * Memory and its digests. What starts as zero costs nothing until it is something else; a page of 4 KiB that is kept takes
 * 12 KiB.
 */
export class MemoryTree {
  /** Mapped RAM; stretches that touch are one. Ascending. */
  readonly #mapped: readonly Range[];
  /** By page number: its words, then its nodes from level 8 down to 1 as a heap whose root is node 1. */
  readonly #pages = new Map<number, Uint32Array>();
  /** By level from 9 up, and index: nodes above kept pages and above edges between what is mapped and what is not. */
  readonly #upper: readonly Map<number, Uint32Array>[] = Array.from({ length: ROOT_LEVEL + 1 }, () => new Map());

  private constructor(mapped: readonly Range[]) {
    this.#mapped = mapped;
  }

  /** The tree of initial memory: the image, and registers and system words that are zero. */
  static of(image: Image): MemoryTree {
    const mapped: Range[] = [];
    for (const { start, end } of image.stretches) {
      const last = mapped.at(-1);
      if (last !== undefined && last.end === start) last.end = end;
      else mapped.push({ start, end });
    }
    const tree = new MemoryTree(mapped);
    for (const { start, words } of image.stretches) {
      for (let at = 0; at < words.length; at += PAGE_WORDS) {
        const page = words.subarray(at, at + PAGE_WORDS);
        if (page.some((word) => word !== 0)) tree.#keep((start + at) / PAGE_WORDS).set(page);
      }
    }
    const pages = [...tree.#pages.keys()];
    tree.#hashPages(pages);
    tree.#keepCells();
    // Every edge between what is mapped and what is not leads down from the root.
    const edges = mapped.flatMap(({ start, end }) => [start / PAGE_WORDS, end / PAGE_WORDS - 1]);
    tree.#hashUpper([...pages, ...edges, CELLS_PAGE]);
    return tree;
  }

  /** The root: eight elements. */
  root(): number[] {
    return Array.from(this.digest(ROOT_LEVEL, 0));
  }

  /** Whether a quad is mapped: RAM of the image, or registers and system words. */
  isMapped(quad: number): boolean {
    if (quad >= REGISTER_QUAD) return quad < SPACE_WORDS / QUAD_WORDS;
    return this.#uniform(0, quad) === 'zero';
  }

  /** The digest of a node. RangeError below the top of a hole, where there is none. */
  digest(level: number, index: number): ArrayLike<number> {
    if (level > PAGE_LEVEL) {
      return this.#upper[level]!.get(index) ?? this.#digestOf(this.#uniform(level, index), level, index);
    }
    const number = index >>> (PAGE_LEVEL - level);
    const page = this.#pages.get(number);
    if (page === undefined) {
      const kind = this.#uniform(PAGE_LEVEL, number);
      if (kind === 'hole' && level < PAGE_LEVEL) throw unmapped(level, index);
      return this.#digestOf(kind, level, index);
    }
    if (number === CELLS_PAGE && level < CELLS_LEVEL && !this.isMapped(index * 2 ** level))
      throw unmapped(level, index);
    if (level === 0) {
      const limbs = new Uint32Array(DIGEST);
      writeLimbs(limbs, 0, page, QUAD_WORDS * (index & (PAGE_QUADS - 1)));
      return limbs;
    }
    const at = nodeAt(level, index);
    return page.subarray(at, at + DIGEST);
  }

  /**
   * Changes memory to the final words of `quads` (ascending, at least one) and gives the inner nodes above them, before and
   * after. RangeError for a quad that is unmapped or that does not hold its initial words.
   */
  update(quads: RecordTable): RecordTable {
    this.#check(quads);
    const digestOf = (level: number, index: number): ArrayLike<number> => this.digest(level, index);
    const nodes = nodesAbove(quads, digestOf, digestOf);
    for (let at = 0; at < quads.words.length; at += quads.width) {
      const final = quads.words.subarray(at + QUAD_FIELD.final, at + QUAD_FIELD.final + QUAD_WORDS);
      const isChanged = final.some((word, i) => word !== quads.words[at + QUAD_FIELD.init + i]);
      const quad = quads.words[at + QUAD_FIELD.index]!;
      if (isChanged) this.#keep(quad >>> PAGE_LEVEL).set(final, QUAD_WORDS * (quad & (PAGE_QUADS - 1)));
    }
    const { words, width } = nodes;
    for (let at = 0; at < words.length; at += width) {
      const final = words.subarray(at + NODE_FIELD.outFinal, at + NODE_FIELD.outFinal + DIGEST);
      if (final.every((element, i) => element === words[at + NODE_FIELD.outInit + i])) continue;
      const level = words[at + NODE_FIELD.level]!;
      const index = words[at + NODE_FIELD.index]!;
      if (level > PAGE_LEVEL) this.#upper[level]!.set(index, final.slice());
      else this.#keep(index >>> (PAGE_LEVEL - level)).set(final, nodeAt(level, index));
    }
    return nodes;
  }

  #check(quads: RecordTable): void {
    const limbs = new Uint32Array(DIGEST);
    for (let at = 0; at < quads.words.length; at += quads.width) {
      const quad = quads.words[at + QUAD_FIELD.index]!;
      if (!this.isMapped(quad)) throw unmapped(0, quad);
      const kept = this.digest(0, quad);
      writeLimbs(limbs, 0, quads.words, at + QUAD_FIELD.init);
      if (limbs.some((limb, i) => limb !== kept[i]))
        throw new RangeError(`quad ${quad} holds other words than the tree`);
    }
  }

  /** What a node without a stored digest covers: nothing but mapped zeros, or nothing that is mapped. */
  #uniform(level: number, index: number): 'zero' | 'hole' {
    const words = QUAD_WORDS * 2 ** level;
    const start = index * words;
    let low = 0;
    let high = this.#mapped.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#mapped[middle]!.end <= start) low = middle + 1;
      else high = middle;
    }
    const range = this.#mapped[low];
    return range !== undefined && range.start < start + words ? 'zero' : 'hole';
  }

  #digestOf(kind: 'zero' | 'hole', level: number, index: number): readonly number[] {
    const digest = (kind === 'zero' ? ZERO_DIGESTS : HOLE_DIGESTS)[level];
    if (digest === undefined) throw new RangeError(`there is no node of level ${level} and index ${index}`);
    return digest;
  }

  /** The kept words and nodes of a mapped page; it starts as zero memory. */
  #keep(number: number): Uint32Array {
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Uint32Array(PAGE_WORDS + DIGEST * PAGE_QUADS);
      for (let level = 1; level <= PAGE_LEVEL; level++) {
        for (let i = 0; i < PAGE_QUADS >>> level; i++) page.set(ZERO_DIGESTS[level]!, nodeAt(level, i));
      }
      this.#pages.set(number, page);
    }
    return page;
  }

  /** Computes all nodes of these pages from their words. */
  #hashPages(numbers: readonly number[]): void {
    for (let level = 1; level <= PAGE_LEVEL; level++) {
      const count = PAGE_QUADS >>> level;
      for (const some of inGroups(numbers)) {
        const pairs = new Uint32Array(2 * DIGEST * count * some.length);
        for (const [i, number] of some.entries()) {
          const page = this.#pages.get(number)!;
          const from = 2 * DIGEST * count * i;
          // Children of a level stand one after another.
          if (level > 1)
            pairs.set(page.subarray(nodeAt(level - 1, 0), nodeAt(level - 1, 0) + 2 * DIGEST * count), from);
          else
            for (let quad = 0; quad < PAGE_QUADS; quad++)
              writeLimbs(pairs, from + DIGEST * quad, page, QUAD_WORDS * quad);
        }
        const digests = compressPairs(pairs);
        for (const [i, number] of some.entries()) {
          const from = DIGEST * count * i;
          this.#pages.get(number)!.set(digests.subarray(from, from + DIGEST * count), nodeAt(level, 0));
        }
      }
    }
  }

  /** The page of registers and system words, which is a hole up to them. */
  #keepCells(): void {
    const page = this.#keep(CELLS_PAGE);
    for (let level = CELLS_LEVEL; level <= PAGE_LEVEL; level++) {
      const last = (PAGE_QUADS >>> level) - 1;
      for (let i = 0; i < last; i++) page.set(HOLE_DIGESTS[level]!, nodeAt(level, i));
      if (level === CELLS_LEVEL) continue;
      const children = nodeAt(level - 1, 2 * last);
      page.set(compressPairs(page.subarray(children, children + 2 * DIGEST)), nodeAt(level, last));
    }
  }

  /** Computes the nodes above these pages. */
  #hashUpper(pages: readonly number[]): void {
    let below = pages;
    for (let level = PAGE_LEVEL + 1; level <= ROOT_LEVEL; level++) {
      const indices = [...new Set(below.map((index) => index >>> 1))];
      const pairs = new Uint32Array(2 * DIGEST * indices.length);
      for (const [i, index] of indices.entries()) {
        pairs.set(this.digest(level - 1, 2 * index), 2 * DIGEST * i);
        pairs.set(this.digest(level - 1, 2 * index + 1), 2 * DIGEST * i + DIGEST);
      }
      const digests = compressPairs(pairs);
      for (const [i, index] of indices.entries()) {
        this.#upper[level]!.set(index, digests.slice(DIGEST * i, DIGEST * (i + 1)));
      }
      below = indices;
    }
  }
}

/** Where the node of a level and index (of the level, or within its page) stands in a kept page. */
function nodeAt(level: number, index: number): number {
  const count = PAGE_QUADS >>> level;
  return PAGE_WORDS + DIGEST * (count + (index & (count - 1)));
}

/** Pages in groups, so that the memory that hashing them takes stays small. */
function* inGroups(numbers: readonly number[]): Generator<readonly number[]> {
  const SIZE = 256;
  for (let from = 0; from < numbers.length; from += SIZE) yield numbers.slice(from, from + SIZE);
}

function unmapped(level: number, index: number): RangeError {
  return new RangeError(`the node of level ${level} and index ${index} lies in unmapped memory`);
}
