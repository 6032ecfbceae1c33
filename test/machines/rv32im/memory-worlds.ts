/** Programs that touch chosen words, worlds in which a prover takes a hole for memory, and why those prove nothing. */
import assert from 'node:assert/strict';
import { loadProgram } from '../../../prover/elf/load.ts';
import { PAGE_WORDS } from '../../../prover/vm/address-map.ts';
import { HOLE_DIGESTS, MemoryTree } from '../../../prover/vm/memory-tree.ts';
import type { Program } from '../../../prover/vm/program.ts';
import { runRecorded } from '../../../prover/vm/run/record.ts';
import { assemble, type AssembleOptions } from '../../support/asm.ts';
import { haltSequence } from '../../support/guest.ts';
import { complaints, rehashed, rootsOf, treeOf, withTree } from './tree-forge.ts';
import { CORE, worldOfRecord, type World } from './world.ts';

export const BOTTOM = 0x00200000;
export const TEXT = 0x30000000;
const LOW: AssembleOptions = { textAddress: TEXT, stack: { bottom: BOTTOM, bytes: 0x1000 } };

export function programOf(source: string, options: AssembleOptions = LOW): Program {
  const [text = '', data = ''] = source.split('.data');
  return loadProgram(assemble(`${text}\n${haltSequence(0)}\n.data\n${data}`, options).elf);
}

export function worldOn(program: Program, input: readonly Uint8Array[] = [], calls = CORE.syscalls): World {
  const { record, outcome } = runRecorded(program, input, calls, 1000);
  assert.ok(record !== undefined, JSON.stringify(outcome));
  return worldOfRecord(program, record);
}

/** What a prover gets who runs a program as if the page of a word, which is a hole, were memory. */
export function worldWithPage(program: Program, word: number, calls = CORE.syscalls): World {
  const start = Math.floor(word / PAGE_WORDS) * PAGE_WORDS;
  const page = { start, end: start + PAGE_WORDS, words: new Uint32Array() };
  const stretches = [...program.image.stretches, page].toSorted((a, b) => a.start - b.start);
  return worldOn({ ...program, image: { ...program.image, stretches } }, [], calls);
}

/** Loads and stores of words at these byte addresses. */
export const touching = (...addresses: number[]): string =>
  addresses.map((address) => `li x5, ${address}\nlw x6, 0(x5)\nsw x5, 0(x5)`).join('\n');

/** Reads and writes words far from each other, so that there are untouched sides of both kinds at many levels. */
export const scattered = (): World => worldOn(programOf(touching(0x20000000, BOTTOM + 4, TEXT - 4, 0x00a00000)));

/** `forged` is an execution in which a hole holds memory: it is a proof for another root, and under the program's root it is none. */
export function assertHole(program: Program, forged: World, word: number): void {
  assert.deepEqual(complaints(forged), [], 'a proof that begins in another state');
  const [, ...root] = CORE.keyFelts(program);
  assert.notDeepEqual(forged.publicValues.slice(1, 9), root);
  const rows = treeOf(forged);
  const { after } = rootsOf(rows.nodes);
  assert.deepEqual(complaints(withTree(forged, rows, { before: root, after })), ['merkle']);
  // The rows on the path with the digests that the program's tree has: the row of the hole is no compression.
  const honest = MemoryTree.of(program.image);
  const quad = Math.floor(word / 4);
  const hole = rows.nodes.find(({ level, index }) => {
    if (Math.floor(quad / 2 ** level) !== index) return false;
    return Array.from(digestOrNothing(honest, level, index)).join() === HOLE_DIGESTS[level]?.join();
  });
  assert.ok(hole !== undefined, 'the word lies in a hole');
  const top = rows.nodes.findLast(
    ({ level, index }) =>
      Math.floor(quad / 2 ** level) === index &&
      Array.from(digestOrNothing(honest, level, index)).join() === HOLE_DIGESTS[level]?.join(),
  )!;
  const digest = HOLE_DIGESTS[top.level]!;
  const opened = rows.nodes.map((node) => (node === top ? { ...node, outInit: digest, outFinal: digest } : node));
  const rest = rehashed(opened, top.level, top.index, digest, digest);
  const attack = withTree(forged, { quads: rows.quads, nodes: rest });
  assert.deepEqual(attack.publicValues.slice(1, 9), root, 'it begins in the right state');
  assert.deepEqual(complaints(attack), ['hash']);
}

/** A digest of the tree; nothing below the top of a hole. */
export function digestOrNothing(honest: MemoryTree, level: number, index: number): ArrayLike<number> {
  try {
    return honest.digest(level, index);
  } catch {
    return [];
  }
}
