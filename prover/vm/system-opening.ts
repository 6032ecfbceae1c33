/** The system words of a memory, with what shows that they stand in its root. */
import { compress } from '../hash/sponge-koalabear.ts';
import { QUAD_WORDS, ROOT_LEVEL, SYSTEM_QUAD, SYSTEM_WORD } from './address-map.ts';
import { DIGEST } from './memory-nodes.ts';
import type { MemoryTree } from './memory-tree.ts';

/** Quads that are opened: all that hold a system word with a meaning. */
export const OPENED_QUADS = Math.floor(SYSTEM_WORD.exitCode / QUAD_WORDS) + 1;
/** Level of the subtree of all system words. */
export const SYSTEM_LEVEL = 3;

/** The opened quads as limbs, the two nodes beside them in the subtree of system words, and the siblings above it, lowest first. */
export type SystemOpening = {
  readonly quads: readonly (readonly number[])[];
  readonly rest: readonly (readonly number[])[];
  readonly siblings: readonly (readonly number[])[];
};

/** Opens the system words of a memory. */
export function openSystemWords(tree: MemoryTree): SystemOpening {
  const node = (level: number, index: number): number[] => Array.from(tree.digest(level, index));
  const quad = (k: number): number[] => node(0, SYSTEM_QUAD + k);
  return {
    quads: Array.from({ length: OPENED_QUADS }, (_, k) => quad(k)),
    rest: [quad(OPENED_QUADS), node(1, (SYSTEM_QUAD + OPENED_QUADS + 1) / 2)],
    // The subtree is the last one of its level, so every sibling is the node before the last.
    siblings: Array.from({ length: ROOT_LEVEL - SYSTEM_LEVEL }, (_, i) => {
      const level = SYSTEM_LEVEL + i;
      return node(level, 2 ** (ROOT_LEVEL - level) - 2);
    }),
  };
}

/** Digests that an opening lists, in the order of its parts. */
export const OPENING_DIGESTS = OPENED_QUADS + 2 + ROOT_LEVEL - SYSTEM_LEVEL;

/** An opening as one list of digests, and back. RangeError for another number of them. */
export function digestsOfOpening({ quads, rest, siblings }: SystemOpening): readonly (readonly number[])[] {
  return [...quads, ...rest, ...siblings];
}

export function openingOf(digests: readonly (readonly number[])[]): SystemOpening {
  if (digests.length !== OPENING_DIGESTS || digests.some(({ length }) => length !== DIGEST)) {
    throw new RangeError(`"digests" expected ${OPENING_DIGESTS} digests`);
  }
  const above = OPENED_QUADS + 2;
  return {
    quads: digests.slice(0, OPENED_QUADS),
    rest: digests.slice(OPENED_QUADS, above),
    siblings: digests.slice(above),
  };
}

/** The subtree of system words, level by level: eight quads, four nodes, two, one. */
export function systemSubtree({ quads, rest }: SystemOpening): readonly (readonly number[])[][] {
  const [beside = [], last = []] = rest;
  const pair = (level: readonly (readonly number[])[]): (readonly number[])[] =>
    Array.from({ length: level.length / 2 }, (_, i) => compress(level[2 * i] ?? [], level[2 * i + 1] ?? []));
  const leaves = [...quads, beside];
  const first = [...pair(leaves), last];
  const second = pair(first);
  return [leaves, first, second, pair(second)];
}

/** The root of a memory with these system words. */
export function rootOfOpening(opening: SystemOpening): number[] {
  const [top = []] = systemSubtree(opening)[SYSTEM_LEVEL] ?? [];
  return opening.siblings.reduce<readonly number[]>((node, sibling) => compress(sibling, node), top).slice();
}
