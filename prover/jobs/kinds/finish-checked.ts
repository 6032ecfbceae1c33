/**
 * As finish, for a program that verified statements: it takes the span of the whole execution, and that of all statements, each of
 * which was checked.
 */
import { endNotes } from './finish.ts';
import { recursionJob } from './recursion.ts';

export const finishChecked = recursionJob({
  name: 'finish-checked',
  inputs: ['span', 'span', 'core', 'ending'],
  output: 'claim',
  verifies: 2,
  notes: endNotes(2),
});
