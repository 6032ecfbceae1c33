/** The chip of HINT_LEN and HINT_READ: what a dishonest prover may choose, and what not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HINT_READ } from '../../../prover/machines/extensions/hints/air.ts';
import { forgerOf } from '../rv32im/forge.ts';
import { programOf, worldOn } from '../rv32im/memory-worlds.ts';
import { chipIndex, columnOf } from '../rv32im/oracle.ts';
import { complaints } from '../rv32im/tree-forge.ts';
import { CORE, EVERYTHING_INPUT, everything, worldOf, type World } from '../rv32im/world.ts';

const { cell, forge, rowWhere } = forgerOf(worldOf(everything([0, 1]), EVERYTHING_INPUT));

test('pitfall 41: the words of a HINT_READ are exactly those that it names', () => {
  const read = rowWhere('Hints', { isRead: 1 });
  const [length, pointer] = [cell('Hints', read, 'second[0]'), cell('Hints', read, 'first[0]')];
  assert.notEqual(length, 0);
  // Fewer or more words, or words elsewhere, than the ecall says.
  for (const changes of [
    { 'second[0]': length - 4 },
    { 'second[0]': length + 4 },
    { 'first[0]': pointer + 4, 'value[0]': pointer + 4 },
  ]) {
    const labels = forge('Hints', read, changes);
    for (const label of ['syscall: this call', 'hint: words to write']) assert.ok(labels.includes(label), label);
  }
  const word = rowWhere('Hints', { isWord: 1 });
  const [address, left] = [cell('Hints', word, 'first[0]'), cell('Hints', word, 'first[1]')];
  for (const changes of [
    { isWord: 0 },
    { 'first[0]': address + 1 },
    { 'first[1]': left + 1 },
    { time: cell('Hints', word, 'time') + 4 },
  ]) {
    const labels = forge('Hints', word, changes);
    for (const label of ['hint: this word', 'hint: next word']) assert.ok(labels.includes(label), label);
  }
  // A word cannot pass for a call, nor a call for the other one.
  assert.ok(forge('Hints', word, { isWord: 0, isLength: 1 }).includes('syscall: this call'));
  assert.ok(forge('Hints', read, { isRead: 0, isLength: 1 }).includes('syscall: this call'));
  assert.ok(forge('Hints', read, { isLength: 1 }).includes('at most one kind of row'));
});

/** An execution that reads so many bytes with one HINT_READ, of which the call writes so many words, whatever it was told. */
function reading(bytes: number, words: number): World {
  const source = `li t0, 0xf1
    la a0, buffer
    li a1, ${bytes}
    ecall
    .data
    buffer: .zero 64`;
  const calls = new Map(CORE.syscalls);
  calls.set(HINT_READ, {
    name: 'HINT_READ',
    handle: (call) => {
      for (let i = 0; i < words; i++) call.write(call.a0 / 4 + i, 3, i + 1);
      return call.a0;
    },
  });
  return worldOn(programOf(source, {}), [], calls);
}

/** The same, whose words say that so many are left. */
function withLeft(world: World, left: readonly number[]): World {
  const rows = forgerOf(world).rowsWhere('Hints', { isWord: 1 });
  assert.equal(rows.length, left.length);
  const main = world.main.map((trace, chip) => {
    if (chip !== chipIndex('Hints')) return trace;
    const columns = trace.columns.map((column) => column.slice());
    for (const [i, row] of rows.entries()) columns[columnOf('Hints', 'first[1]')]![row] = left[i]!;
    return { ...trace, columns };
  });
  return { ...world, main };
}

test('a hint chain across a cut: what a shard leaves to the next one has no proof, nor has what the next one begins with', () => {
  // Memory and all rows are in order; it is the chain that is not.
  assert.deepEqual(complaints(withLeft(reading(16, 4), [4, 3, 2, 1])), []);
  // The last two of four words are left to the next shard.
  assert.deepEqual(complaints(withLeft(reading(16, 2), [4, 3])), ['hint']);
  assert.deepEqual(complaints(withLeft(reading(16, 2), [2, 1])), ['hint']);
  // Two words of the shard before, behind those of a call of its own; and without any call.
  assert.deepEqual(complaints(withLeft(reading(8, 4), [2, 1, 2, 1])), ['hint']);
  assert.deepEqual(complaints(withLeft(reading(0, 2), [2, 1])), ['hint']);
});
