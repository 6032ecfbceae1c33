/** How many rows chips have: as a function of a record, and as what the recorder counts to know when a shard is full. */
import { CALL_FIELD, callsOf, type ExecutionRecord } from '../../vm/execution-record.ts';
import { FAMILIES, type Family } from '../../vm/isa/operations.ts';
import type { Counter, ShardChip } from '../../vm/run/limits.ts';
import { compressionsOf } from './chips/poseidon2/compressions.ts';

/** Rows of a chip, as so many of each counted thing. */
export type RowCounts = ShardChip['rows'];

/** Rows of a chip for a record, padding not included. */
export function countRows(record: ExecutionRecord, counts: RowCounts): number {
  return counts.reduce((sum, { of, each }) => sum + each * countOf(record, of), 0);
}

function countOf(record: ExecutionRecord, counter: Counter): number {
  if (isFamily(counter)) return record.families[counter].rows;
  if (counter === 'quads') return record.quads.rows;
  if (counter === 'nodes') return record.nodes.rows;
  if (counter === 'permutations') return compressionsOf(record).rows;
  const [kind, number] = counter.split(':');
  const calls = callsOf(record, Number(number));
  if (kind === 'calls') return calls.rows;
  let words = 0;
  for (let at = CALL_FIELD.accesses; at < calls.words.length; at += calls.width) words += calls.words[at]!;
  return words;
}

function isFamily(counter: Counter): counter is Family {
  return (FAMILIES as readonly string[]).includes(counter);
}
