/** Openings of single quads of a memory, and their check: what a shard job has of its touched quads. */
import { QUAD_WORDS, ROOT_LEVEL } from '../../prover/vm/address-map.ts';
import { QUAD_FIELD, QUAD_RECORD_WORDS, RecordTable } from '../../prover/vm/execution-record.ts';
import { nodesAbove, rootsOf, siblingsOf } from '../../prover/vm/memory-nodes.ts';
import { OPENED_WORDS, SiblingList, type Opening } from '../../prover/vm/memory-opening.ts';
import type { MemoryTree } from '../../prover/vm/memory-tree.ts';

/** Opens quads (ascending, at least one). RangeError for one that is unmapped. */
export function openQuads(tree: MemoryTree, indices: readonly number[]): Opening {
  const quads = new Uint32Array(OPENED_WORDS * indices.length);
  for (const [i, index] of indices.entries()) {
    const limbs = tree.digest(0, index);
    quads[OPENED_WORDS * i] = index;
    for (let word = 0; word < QUAD_WORDS; word++) {
      quads[OPENED_WORDS * i + 1 + word] = (limbs[2 * word] ?? 0) + 2 ** 16 * (limbs[2 * word + 1] ?? 0);
    }
  }
  const nodes = nodesAbove(unchangedQuads(quads), (level, index) => tree.digest(level, index));
  return { quads, siblings: siblingsOf(nodes) };
}

/** The root of the memory that an opening is of, or what is wrong with it: a sentence's end. */
export function rootOfQuads(opening: Opening): number[] | string {
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
