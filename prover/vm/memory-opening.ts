/** Openings of quads: their words, and the digests beside their paths to the root. */
import { P } from '../field/koalabear.ts';
import { QUAD_WORDS, ROOT_LEVEL, SYSTEM_QUAD } from './address-map.ts';
import { QUAD_FIELD, QUAD_RECORD_WORDS, RecordTable } from './execution-record.ts';
import { DIGEST, nodesAbove, rootsOf, siblingsOf } from './memory-nodes.ts';
import type { MemoryTree } from './memory-tree.ts';

/** Words of an opened quad: its index, and the four that it holds. */
export const OPENED_WORDS = 1 + QUAD_WORDS;

/** Quads of one memory, and the proof that they are in it. */
export type Opening = {
  /** Ascending: OPENED_WORDS each. */
  readonly quads: Uint32Array;
  /** In the order of `nodesAbove`: eight elements each. */
  readonly siblings: Uint32Array;
};

/** The quads of all system words that have a meaning, 0 to 16. */
export const SYSTEM_QUADS: readonly number[] = [0, 1, 2, 3, 4].map((quad) => SYSTEM_QUAD + quad);

/** Opens quads (ascending, at least one). RangeError for one that is unmapped. */
export function openQuads(tree: MemoryTree, indices: readonly number[]): Opening {
  const quads = new Uint32Array(OPENED_WORDS * indices.length);
  for (const [i, index] of indices.entries()) {
    const limbs = tree.digest(0, index);
    quads[OPENED_WORDS * i] = index;
    for (let word = 0; word < QUAD_WORDS; word++) {
      quads[OPENED_WORDS * i + 1 + word] = limbs[2 * word]! + 2 ** 16 * limbs[2 * word + 1]!;
    }
  }
  const nodes = nodesAbove(unchangedQuads(quads), (level, index) => tree.digest(level, index));
  return { quads, siblings: siblingsOf(nodes) };
}

/** The root of the memory that an opening is of, or what is wrong with it: a sentence's end. */
export function rootOfOpening(opening: Opening): number[] | string {
  const { quads } = opening;
  if (quads.length === 0 || quads.length % OPENED_WORDS !== 0) return 'its quads are cut';
  for (let at = 0, last = -1; at < quads.length; last = quads[at]!, at += OPENED_WORDS) {
    if (quads[at]! <= last || quads[at]! >= 2 ** ROOT_LEVEL) return 'its quads are not in order';
  }
  const siblings = new SiblingList(opening.siblings);
  const nodes = nodesAbove(unchangedQuads(quads), () => siblings.next());
  return siblings.problem() ?? rootsOf(nodes).init;
}

/** The rows of quads that are read and not changed. */
function unchangedQuads(quads: Uint32Array): RecordTable {
  const table = new RecordTable(QUAD_RECORD_WORDS, quads.length / OPENED_WORDS);
  for (let from = 0; from < quads.length; from += OPENED_WORDS) {
    const at = table.push();
    table.buffer[at + QUAD_FIELD.index] = quads[from]!;
    const words = quads.subarray(from + 1, from + OPENED_WORDS);
    table.buffer.set(words, at + QUAD_FIELD.init);
    table.buffer.set(words, at + QUAD_FIELD.final);
  }
  return table;
}

/** Digests beside paths, one after another. What is wrong with the list is said at the end; until then it gives zeros. */
export class SiblingList {
  readonly #siblings: Uint32Array;
  #at = 0;
  #isMalformed = false;

  constructor(siblings: Uint32Array) {
    this.#siblings = siblings;
  }

  next(): Uint32Array {
    const digest = this.#siblings.subarray(this.#at, this.#at + DIGEST);
    this.#at += DIGEST;
    if (digest.length === DIGEST && digest.every((element) => element < P)) return digest;
    this.#isMalformed ||= digest.length === DIGEST;
    return new Uint32Array(DIGEST);
  }

  problem(): string | undefined {
    if (this.#isMalformed) return 'a digest beside its paths is malformed';
    if (this.#at > this.#siblings.length) return 'digests beside its paths are missing';
    return this.#at < this.#siblings.length ? 'it holds more digests than its paths have' : undefined;
  }
}
