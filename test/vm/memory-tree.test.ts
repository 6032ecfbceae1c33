import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROTOCOL } from '../../prover/core/protocol.ts';
import { P } from '../../prover/field/koalabear.ts';
import { compress, domainCapacity, hashDomain } from '../../prover/hash/sponge-koalabear.ts';
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
import type { Opening } from '../../prover/vm/memory-opening.ts';
import { openQuads, rootOfQuads } from '../support/openings.ts';
import { digestsOfOpening, openingOf, openSystemWords, rootOfOpening } from '../../prover/vm/system-opening.ts';
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

describe('an opening', () => {
  const tree = MemoryTree.of(IMAGE);
  const root = tree.root();
  const opening = openQuads(
    tree,
    [0, 1, 2, 3, 4].map((quad) => SYSTEM_QUAD + quad),
  );

  it('of the system words leads to the root', () => {
    assert.deepEqual(rootOfQuads(opening), root);
    // Two beside the words, the registers, and what is beside the path from level 4 up.
    assert.equal(opening.siblings.length, 8 * (2 + 1 + 23));
  });

  it('of the system words alone is the same', () => {
    const alone = openSystemWords(tree);
    assert.deepEqual(rootOfOpening(alone), root);
    assert.deepEqual(openingOf(digestsOfOpening(alone)), alone);
  });

  it('of any mapped quads does', () => {
    const pages = [3, 6, 199, 200, 202, RAM_WORDS / PAGE_WORDS - 1];
    for (const quads of [pages.map((page) => (page * PAGE_WORDS) / QUAD_WORDS), [REGISTER_QUAD], [3 * 256 + 255]]) {
      assert.deepEqual(rootOfQuads(openQuads(tree, quads)), root);
    }
  });

  it('of a hole is not made', () => {
    const holes = [0, 2 * 256, 4 * 256, 5 * 256 + 255, 203 * 256, 2 ** 26, REGISTER_QUAD - 1, REGISTER_QUAD - 16];
    for (const quad of holes) {
      assert.equal(tree.isMapped(quad), false);
      assert.throws(() => openQuads(tree, [quad]), /lies in unmapped memory/);
      const row: [number, number[], number[]] = [quad, [0, 0, 0, 0], [1, 0, 0, 0]];
      assert.throws(() => tree.update(quadsOf([row])), /lies in unmapped memory/);
    }
    assert.deepEqual(tree.root(), root);
  });

  it('of a hole as if it were zero, or a digest of its own, leads elsewhere', () => {
    // The path of a quad in page 4, from that of the quad at the same place in page 5, both holes, and of the mapped page 3.
    const mapped = openQuads(tree, [3 * 256]);
    const hole = { quads: Uint32Array.of(4 * 256, 0, 0, 0, 0), siblings: mapped.siblings };
    assert.notDeepEqual(rootOfQuads(hole), root);
    const zeros = Uint32Array.from({ length: 27 }, (_, level) => level).reduce<number[]>(
      (all, level) => [...all, ...(level < 8 ? ZERO_DIGESTS : HOLE_DIGESTS)[level]!],
      [],
    );
    assert.notDeepEqual(rootOfQuads({ quads: hole.quads, siblings: Uint32Array.from(zeros) }), root);
  });

  it('with another word, index, sibling or level leads elsewhere', () => {
    const one = openQuads(tree, [3 * 256]);
    const quad = (...words: number[]): Uint32Array => Uint32Array.from(words);
    const { siblings } = one;
    const changes: Opening[] = [
      { siblings, quads: quad(3 * 256, 2, 0, 0xffffffff, 0) },
      { siblings, quads: quad(3 * 256 + 1, 1, 0, 0xffffffff, 0) },
      { siblings, quads: quad(3 * 256 + 2, 1, 0, 0xffffffff, 0) },
      { siblings, quads: quad(2 * 256, 1, 0, 0xffffffff, 0) },
      { siblings, quads: quad(3 * 256 + 2 ** 26, 1, 0, 0xffffffff, 0) },
      // One level lower and one higher: the same siblings moved.
      { quads: one.quads, siblings: Uint32Array.from([...siblings.subarray(8), ...siblings.subarray(0, 8)]) },
      { quads: one.quads, siblings: Uint32Array.from([...siblings.subarray(-8), ...siblings.subarray(0, -8)]) },
    ];
    for (let at = 0; at < siblings.length; at++) {
      changes.push({ quads: one.quads, siblings: siblings.with(at, (siblings[at]! + 1) % P) });
    }
    for (const change of changes) {
      const found = rootOfQuads(change);
      assert.ok(typeof found !== 'string' && found.length === 8);
      assert.notDeepEqual(found, root);
    }
    // An inner node in the place of a quad: its digest has elements that are no limbs, so no words give it.
    const node = Array.from(tree.digest(1, 3 * 128));
    assert.ok(node.some((element) => element >= 2 ** 16));
  });

  it('is refused when it is malformed', () => {
    const { quads, siblings } = opening;
    const cases: readonly (readonly [Opening, RegExp])[] = [
      [{ quads: new Uint32Array(), siblings }, /cut/],
      [{ quads: quads.subarray(1), siblings }, /cut/],
      [{ quads: quads.with(0, 2 ** 27), siblings }, /not in order/],
      [{ quads: quads.with(5, quads[0]!), siblings }, /not in order/],
      [{ quads, siblings: siblings.subarray(8) }, /missing/],
      [{ quads, siblings: siblings.subarray(1) }, /missing/],
      [{ quads, siblings: Uint32Array.from([...siblings, 0]) }, /more digests/],
      [{ quads, siblings: siblings.with(0, P) }, /malformed/],
    ];
    for (const [wrong, message] of cases) {
      const problem = rootOfQuads(wrong);
      assert.match(typeof problem === 'string' ? problem : '', message);
    }
  });

  it('of other words than the tree holds is no change of it', () => {
    const row: [number, number[], number[]] = [3 * 256, [2, 0, 0xffffffff, 0], [3, 0, 0, 0]];
    assert.throws(() => tree.update(quadsOf([row])), /holds other words than the tree/);
    assert.deepEqual(tree.root(), root);
  });
});

describe('holes', () => {
  it('have digests that are none of zero memory, nor of two known children', () => {
    const known = [...ZERO_DIGESTS, ...HOLE_DIGESTS].map((element) => element.join());
    assert.equal(new Set(known).size, known.length);
    for (const [level, hole] of HOLE_DIGESTS.entries()) {
      if (level === 0) continue;
      for (const left of [ZERO_DIGESTS[level - 1]!, HOLE_DIGESTS[level - 1]!]) {
        for (const right of [ZERO_DIGESTS[level - 1]!, HOLE_DIGESTS[level - 1]!]) {
          assert.notDeepEqual(compress(left, right), hole);
        }
      }
      // A sponge of one block of zeros would be a compression of zeros and its capacity.
      const capacity = domainCapacity(hashDomain(`${PROTOCOL}/hole`, 2));
      assert.notDeepEqual(
        compress(
          Array.from({ length: 8 }, () => 0),
          capacity,
        ),
        hole,
      );
    }
  });
});
