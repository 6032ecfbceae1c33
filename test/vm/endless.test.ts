/** Programs that can never go on are stopped as such: exactly, on all paths at the same cycle. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { neverEnds, nextLook, windowOf } from '../../prover/vm/run/endless.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { execute } from '../../prover/machines/execute.ts';
import { PagedMemory } from '../../prover/vm/run/memory.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence, writeSequence } from '../support/guest.ts';
import { run } from './run.ts';

const LOOK = 2 ** 16;
const LIMIT = 200_000;

/** Loops that nothing ends: each has to be found. */
const ENDLESS: readonly (readonly [name: string, source: string])[] = [
  ['a jump to itself', 'loop: j loop'],
  ['a spin on a flag', 'la x5, d\nloop: lw x6, 0(x5)\nbeqz x6, loop\n.data\nd: .word 0'],
  ['a spin on each width', 'la x5, d\nloop: lbu x6, 1(x5)\nlh x7, 2(x5)\nlb x8, 0(x5)\nj loop\n.data\nd: .word -2'],
  // At the limit this one is still counting: the look goes on to where it spins.
  ['one that begins later', `li x5, ${LOOK / 2 + 9000}\na: addi x5, x5, -1\nbnez x5, a\nloop: j loop`],
  [
    'a call that saves and restores',
    'la sp, d\nloop: jal f\nj loop\nf: addi sp, sp, -8\nsw ra, 4(sp)\nsb x0, 1(sp)\nsh x0, 2(sp)\nlw ra, 4(sp)\naddi sp, sp, 8\nret\n.data\n.word 0, 0, 0, 0\nd: .word 0',
  ],
  ['one with a period of its own', 'loop: addi x5, x5, 1\nandi x5, x5, 1023\nmul x6, x5, x5\nj loop'],
  [
    'an exchange that gives the same',
    'la x5, d\nli x6, 1\nloop: lw x7, 0(x5)\nsw x6, 0(x5)\nbnez x7, loop\n.data\nd: .word 1',
  ],
  [
    'a byte of memory that goes round',
    'la x5, d\nloop: lbu x6, 3(x5)\naddi x6, x6, 1\nsb x6, 3(x5)\nj loop\n.data\nd: .word 0',
  ],
  [
    'a half of memory to and fro',
    'la x5, d\nloop: lhu x6, 2(x5)\nxori x6, x6, 1\nsh x6, 2(x5)\nmv x6, x0\nj loop\n.data\nd: .word 0',
  ],
  [
    'a word far away to and fro',
    'li x5, 0x10000000\nloop: lw x6, 0(x5)\nxori x6, x6, -1\nsw x6, 0(x5)\nli x6, 0\nj loop',
  ],
  [
    'a count of references that goes up and down',
    'la x5, d\nloop: lw x6, 0(x5)\naddi x6, x6, 1\nsw x6, 0(x5)\nlw x6, 0(x5)\naddi x6, x6, -1\nsw x6, 0(x5)\nj loop\n.data\nd: .word 7',
  ],
];

/** Loops that end, or go on in another state: none may be called endless. */
const OTHERS: readonly (readonly [name: string, source: string])[] = [
  ['a register that counts', 'loop: addi x5, x5, 1\nj loop'],
  [
    'a word of memory that counts',
    'la x5, d\nloop: lw x6, 0(x5)\naddi x6, x6, 1\nsw x6, 0(x5)\nli x6, 0\nj loop\n.data\nd: .word 0',
  ],
  [
    'a bit more in memory each round',
    'la x5, d\nli x7, 1\nloop: lw x6, 0(x5)\nadd x6, x6, x7\nsw x6, 0(x5)\nli x6, 0\nj loop\n.data\nd: .word 0',
  ],
  ['system calls', `${writeSequence(1, 'd', 0)}\nloop: ecall\nj loop\n.data\nd: .word 0`],
  ['reading lengths', 'li t0, 0xf0\nloop: ecall\nj loop'],
];

describe('a program that can never go on', () => {
  for (const [name, source] of ENDLESS) {
    it(`${name} traps`, () => {
      const { outcome, cycles } = run(assemble(source), [], LIMIT);
      assert.equal(outcome.kind === 'trap' && outcome.cause, 'never-ends', JSON.stringify(outcome));
      // Long periods are found by the longer look at the limit.
      assert.ok([LOOK, 2 * LOOK, LIMIT].includes(cycles), `${cycles} cycles`);
      assert.match(outcome.kind === 'trap' ? outcome.detail : '', /nothing can end it: there are no other threads/);
    });
    it(`${name} is found at the cycle limit as well`, () => {
      const { outcome, cycles } = run(assemble(source), [], LOOK - 5);
      assert.equal(outcome.kind === 'trap' && outcome.cause, 'never-ends');
      assert.equal(cycles, LOOK - 5);
    });
  }

  for (const [name, source] of OTHERS) {
    it(`is not one with ${name}`, () => {
      assert.deepEqual(run(assemble(source), [], LIMIT).outcome, { kind: 'limit' });
    });
  }

  it('is not one that ends in a moment, wherever it is looked at', () => {
    // 256 rounds of a loop that seems endless but for one register, looked at after each instruction of some rounds.
    const source = `li x5, 256\nloop: lw x6, 0(x7)\naddi x5, x5, -1\nbnez x5, loop\n${haltSequence(0)}`;
    const program = loadProgram(assemble(`li x7, 0x10000000\n${source}`).elf);
    for (let limit = 1; limit < 60; limit++) {
      assert.deepEqual(execute(program, [], { cycleLimit: limit }).outcome, { kind: 'limit' });
    }
  });

  it('may fault on the way, and traps by that fault', () => {
    for (const [source, cause] of [
      ['lw x6, 0(x0)', 'unmapped-memory'],
      ['sw x6, 2(x7)', 'misaligned-store'],
      ['jr x8', 'pc-outside-text'],
      ['.word 0', 'illegal-instruction'],
    ] as const) {
      const program = assemble(`li x7, 0x10000000\nli x8, 0x100\nnop\n${source}`);
      const { outcome } = run(program, [], 50);
      assert.equal(outcome.kind === 'trap' && outcome.cause, cause);
      const loaded = loadProgram(program.elf);
      assert.equal(neverEnds(loaded, new PagedMemory(loaded.image), new Int32Array(32), loaded.entry, 100), false);
    }
  });

  it('is looked for at fixed cycles, and at the limit', () => {
    const looks = (limit: number): number[] => {
      const found = [nextLook(0, limit)];
      while ((found.at(-1) ?? 0) < limit) found.push(nextLook(found.at(-1) ?? 0, limit));
      return found;
    };
    assert.deepEqual(looks(300_000), [65536, 131072, 262144, 300_000]);
    const long = looks(2 ** 26 + 1);
    assert.deepEqual(long.slice(-4), [2 ** 25, 3 * 2 ** 24, 2 ** 26, 2 ** 26 + 1]);
    assert.deepEqual([nextLook(0, 0), nextLook(0, 1)], [0, 1]);
    const windows = [2 ** 16, 2 ** 20, 2 ** 25].map((cycles) => windowOf(cycles, 2 ** 32));
    assert.deepEqual([...windows, windowOf(100, 100)], [512, 4096, 2 ** 16, 2 ** 16]);
  });
});
