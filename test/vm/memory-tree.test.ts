import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compress } from '../../prover/hash/sponge-koalabear.ts';
import {
  PAGE_WORDS,
  QUAD_WORDS,
  RAM_WORDS,
  REGISTER_QUAD,
  ROOT_LEVEL,
  SPACE_WORDS,
  SYSTEM_QUAD,
} from '../../prover/vm/address-map.ts';
import { QUAD_FIELD, QUAD_RECORD_WORDS, RecordTable } from '../../prover/vm/execution-record.ts';
import { HOLE_DIGESTS, MemoryTree, ZERO_DIGESTS } from '../../prover/vm/memory-tree.ts';
import { nodesAbove, rootsOf, siblingsOf } from '../../prover/vm/memory-nodes.ts';
import type { Image } from '../../prover/vm/program.ts';

type Words = ReadonlyMap<number, number>;

/** The definition, from the top: holes and zeros by what is mapped, quads by their words. */
function digest(image: Image, words: Words, level: number, index: number): readonly number[] {
  const start = index * 2 ** (level + 2);
  const end = start + 2 ** (level + 2);
  const mapped = [...image.stretches, { start: SPACE_WORDS - 64, end: SPACE_WORDS }];
  if (!mapped.some((stretch) => stretch.start < end && start < stretch.end)) return HOLE_DIGESTS[level]!;
  const isZero = ![...words].some(([address, word]) => address >= start && address < end && word !== 0);
  let from = start;
  for (const stretch of mapped) if (stretch.start <= from && from < stretch.end) from = stretch.end;
  if (isZero && from >= end) return ZERO_DIGESTS[level]!;
  if (level === 0) {
    const quad = Array.from({ length: 4 }, (_, i) => words.get(start + i) ?? 0);
    return quad.flatMap((word) => [word & 0xffff, word >>> 16]);
  }
  return compress(digest(image, words, level - 1, 2 * index), digest(image, words, level - 1, 2 * index + 1));
}

function wordsOf(image: Image): Map<number, number> {
  return new Map(image.stretches.flatMap(({ start, words }) => Array.from(words, (word, i) => [start + i, word])));
}

const IMAGE: Image = {
  stretches: [
    { start: 3 * PAGE_WORDS, end: 4 * PAGE_WORDS, words: Uint32Array.of(1, 0, 0xffffffff) },
    { start: 6 * PAGE_WORDS, end: 200 * PAGE_WORDS, words: new Uint32Array() },
    { start: 200 * PAGE_WORDS, end: 203 * PAGE_WORDS, words: Uint32Array.from({ length: 2000 }, (_, i) => i * 7919) },
    { start: 2 ** 20, end: 2 ** 21, words: new Uint32Array() },
    { start: RAM_WORDS - PAGE_WORDS, end: RAM_WORDS, words: Uint32Array.of(5) },
  ],
  stack: undefined,
};

/** Rows of the quads table: index, words before, words after. */
function quadsOf(rows: readonly (readonly [number, readonly number[], readonly number[]])[]): RecordTable {
  const table = new RecordTable(QUAD_RECORD_WORDS);
  for (const [index, init, final] of rows) {
    const at = table.push();
    table.buffer[at + QUAD_FIELD.index] = index;
    table.buffer.set(init, at + QUAD_FIELD.init);
    table.buffer.set(final, at + QUAD_FIELD.final);
  }
  return table;
}

describe('the memory tree', () => {
  it('has the root that the definition gives', () => {
    const images: Image[] = [
      IMAGE,
      { stretches: [], stack: undefined },
      { stretches: [{ start: 0, end: RAM_WORDS, words: new Uint32Array() }], stack: undefined },
      { stretches: [{ start: 0, end: PAGE_WORDS, words: Uint32Array.of(1) }], stack: undefined },
    ];
    for (const image of images) {
      assert.deepEqual(MemoryTree.of(image).root(), [...digest(image, wordsOf(image), ROOT_LEVEL, 0)]);
    }
  });

  it('changes as the definition says, round after round', () => {
    const tree = MemoryTree.of(IMAGE);
    const words = wordsOf(IMAGE);
    const rounds = [
      [3 * PAGE_WORDS, 6 * PAGE_WORDS, 201 * PAGE_WORDS + 4, 2 ** 21 - 4, RAM_WORDS - 4, 4 * REGISTER_QUAD],
      [6 * PAGE_WORDS, 6 * PAGE_WORDS + 4, 4 * REGISTER_QUAD + 4, 4 * SYSTEM_QUAD, SPACE_WORDS - 4],
      [6 * PAGE_WORDS],
    ];
    for (const [round, addresses] of rounds.entries()) {
      const before = tree.root();
      const quads = quadsOf(
        addresses.map((address, i) => {
          const init = Array.from({ length: 4 }, (_, k) => words.get(address + k) ?? 0);
          // The last round leaves things alone; zeros come back in the second.
          return [
            address / QUAD_WORDS,
            init,
            round === 2 ? init : init.map((word, k) => (k === 1 ? 0 : word ^ (i * k))),
          ];
        }),
      );
      const nodes = tree.update(quads);
      for (let at = 0; at < quads.words.length; at += quads.width) {
        const address = 4 * quads.words[at + QUAD_FIELD.index]!;
        for (let k = 0; k < 4; k++) words.set(address + k, quads.words[at + QUAD_FIELD.final + k]!);
      }
      assert.deepEqual(tree.root(), [...digest(IMAGE, words, ROOT_LEVEL, 0)]);
      assert.deepEqual(rootsOf(nodes), { init: before, final: tree.root() });
      // The siblings alone give the same nodes.
      const siblings = siblingsOf(nodes);
      let at = 0;
      const next = (): Uint32Array => siblings.subarray(at, (at += 8));
      assert.deepEqual(nodesAbove(quads, next).words, nodes.words);
      assert.equal(at, siblings.length);
    }
  });
});
