/** One address space: no instruction and no system call reaches a register or a system word through an address of RAM. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HINT_LEN, HINT_READ } from '../../../prover/machines/extensions/hints/air.ts';
import {
  PAGE_WORDS,
  RAM_WORDS,
  ROOT_LEVEL,
  SPACE_WORDS,
  registerAddress,
  systemWordAddress,
} from '../../../prover/vm/address-map.ts';
import { HOLE_DIGESTS, MemoryTree } from '../../../prover/vm/memory-tree.ts';
import type { Program } from '../../../prover/vm/program.ts';
import { runRecorded } from '../../../prover/vm/run/record.ts';
import { forgerOf } from './forge.ts';
import { assertHole, digestOrNothing, programOf, worldOn, worldWithPage } from './memory-worlds.ts';
import { complaints } from './tree-forge.ts';
import { CORE, EVERYTHING_INPUT, everything, worldOf } from './world.ts';

describe('HINT_READ beyond RAM', () => {
  // The length is what HINT_LEN says, which is the prover's choice.
  const source = (address: number): string =>
    ['li t0, 0xf0', 'ecall', 'mv a1, a0', `li a0, ${address}`, 'li t0, 0xf1', 'ecall'].join('\n');

  it('over the end of RAM by one word: the word after it lies in a hole', () => {
    const program = programOf(source(2 ** 30 - 8), {});
    const honest = worldOn(program, [new Uint8Array(8)]);
    assert.deepEqual(complaints(honest), []);
    assert.equal(runRecorded(program, [new Uint8Array(12)], CORE.syscalls, 1000).record, undefined);
    assertNoFirstState(program, RAM_WORDS);
    // An executor that writes three words all the same, and takes the page above RAM for memory: all its rows hold, but the
    // third word is no memory under the program's root.
    const calls = new Map(CORE.syscalls);
    calls.set(HINT_LEN, { name: 'HINT_LEN', handle: () => 12 });
    calls.set(HINT_READ, {
      name: 'HINT_READ',
      handle: (call) => {
        for (const i of [0, 1, 2]) call.write(call.a0 / 4 + i, 3, 7);
        return call.a0;
      },
    });
    assertHole(program, worldWithPage(program, RAM_WORDS, calls), RAM_WORDS);
  });

  it('as far as x0: all words between are holes, and none is left out', () => {
    const program = programOf(source(2 ** 30 - 8), {});
    const honest = worldOn(program, [new Uint8Array(8)]);
    const { rowWhere, forge } = forgerOf(honest);
    const x0 = registerAddress(0);
    const labels = forge('Hints', rowWhere('Hints', { isWord: 1, 'first[1]': 1 }), { 'first[0]': x0 });
    for (const label of ['hint: this word', 'hint: next word']) assert.ok(labels.includes(label), labels.join('; '));
    for (const word of [RAM_WORDS, RAM_WORDS + 4, x0 - PAGE_WORDS, x0 - 4, x0 - 1]) assertNoFirstState(program, word);
    // A call that starts above RAM is refused by the check of its pointer.
    const read = rowWhere('Hints', { isRead: 1 });
    const bytes = 4 * x0;
    const start = { 'first[0]': bytes % 65536, 'first[1]': Math.floor(bytes / 65536) };
    assert.ok(forge('Hints', read, start).includes('range: hint pointer high'));
  });

  /** A Boundary row of the quad needs a path from the root, and the root's tree has a hole there. */
  function assertNoFirstState(program: Program, word: number): void {
    const honest = MemoryTree.of(program.image);
    const quad = Math.floor(word / 4);
    const holes = Array.from({ length: ROOT_LEVEL }, (_, level) => ROOT_LEVEL - 1 - level).filter((level) => {
      const digest = Array.from(digestOrNothing(honest, level, Math.floor(quad / 2 ** level)));
      return digest.join() === HOLE_DIGESTS[level]?.join();
    });
    assert.ok(holes.length > 0 && Math.min(...holes) > 0, `word ${word}`);
    assert.equal(honest.isMapped(quad), false);
  }
});

describe('a store to a register or system word through RAM', () => {
  const everywhere = worldOf(everything([1, -0x7fff1234]), EVERYTHING_INPUT);
  const { rowWhere, forge } = forgerOf(everywhere);
  for (const [name, word] of [
    ['x0', registerAddress(0)],
    ['a0', registerAddress(10)],
    ['the digest', systemWordAddress(0)],
    ['the chain', systemWordAddress(8)],
    ['the exit code', systemWordAddress(16)],
    ['the last word', SPACE_WORDS - 1],
    ['the word after RAM', RAM_WORDS],
  ] as const) {
    it(`to ${name}`, () => {
      for (const [chip, flag] of [
        ['StoreWord', 'isReal'],
        ['StoreNarrow', 'isSb'],
        ['StoreNarrow', 'isSh'],
        ['LoadWord', 'isReal'],
        ['LoadNarrow', 'isLb'],
      ] as const) {
        const address = 4 * word;
        // As limbs, and the same felt from smaller limbs, which is another address over the integers.
        for (const [low, high] of [
          [address % 65536, Math.floor(address / 65536)],
          [address - 65536 * 0x3fff, 0x3fff],
          [(address % 65536) + 65536 * 4, Math.floor(address / 65536) - 4],
        ] as const) {
          const labels = forge(chip, rowWhere(chip, { [flag]: 1 }), { 'address[0]': low, 'address[1]': high });
          assert.ok(
            labels.some((label) => /^range: address (high|low)/.test(label)),
            `${chip}: ${labels.join('; ')}`,
          );
        }
      }
    });
  }
});
