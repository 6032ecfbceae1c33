/** Openings of quads: their words, and the digests beside their paths to the root. */
import { P } from '../field/koalabear.ts';
import { QUAD_WORDS } from './address-map.ts';
import { DIGEST } from './memory-nodes.ts';

/** Words of an opened quad: its index, and the four that it holds. */
export const OPENED_WORDS = 1 + QUAD_WORDS;

/** Quads of one memory, and the proof that they are in it. */
export type Opening = {
  /** Ascending: OPENED_WORDS each. */
  readonly quads: Uint32Array;
  /** In the order of `nodesAbove`: eight elements each. */
  readonly siblings: Uint32Array;
};

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
