/** The chip of HINT_LEN and HINT_READ: what a dishonest prover may choose, and what not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgerOf } from '../rv32im/forge.ts';
import { EVERYTHING_INPUT, everything, worldOf } from '../rv32im/world.ts';

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
