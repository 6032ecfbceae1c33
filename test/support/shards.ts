/** Executions in shards: all of them, and what one proof is assumed to hold. */
import assert from 'node:assert/strict';
import { executeInShards, type Execution } from '../../prover/machines/execute.ts';
import { FAMILIES } from '../../prover/vm/isa/operations.ts';
import { NO_LIMITS, type ShardChip, type ShardLimits } from '../../prover/vm/run/limits.ts';
import type { ShardOptions } from '../../prover/vm/run/execute.ts';
import type { RecordedShard } from '../../prover/vm/run/record.ts';
import { openSystemWords, type SystemOpening } from '../../prover/vm/system-opening.ts';
import type { Program } from '../../prover/vm/program.ts';

/** A machine of about the size of the real one: its chips have so many columns. */
const CHIPS: readonly ShardChip[] = [
  ...FAMILIES.map((family) => ({ name: family, columns: 20, minLogHeight: 2, rows: [{ of: family, each: 1 }] })),
  { name: 'Boundary', columns: 22, minLogHeight: 2, rows: [{ of: 'quads', each: 1 }] },
  { name: 'Merkle', columns: 53, minLogHeight: 2, rows: [{ of: 'nodes', each: 1 }] },
  { name: 'Poseidon2', columns: 150, minLogHeight: 2, rows: [{ of: 'permutations', each: 1 }] },
  {
    name: 'Hints',
    columns: 12,
    minLogHeight: 2,
    rows: (['calls:240', 'calls:241', 'accesses:241'] as const).map((of) => ({ of, each: 1 })),
  },
];

/** Limits with so many cells for these chips. */
export function limitsOf(maxCells: number, maxLogHeight = 20): ShardLimits {
  return { maxLogHeight, maxCells, fixedCells: 1000, chips: CHIPS };
}

/** Cells that a shard takes by these limits, its chips at their heights; and the largest of these. */
export function sizeOf({ record }: RecordedShard): { cells: number; logHeight: number } {
  const counts: Record<string, number> = {
    quads: record.quads.rows,
    nodes: record.nodes.rows,
    permutations: 2 * record.nodes.rows,
    'accesses:241': record.accesses.rows,
  };
  for (const family of FAMILIES) counts[family] = record.families[family].rows;
  for (const [number, table] of record.calls) counts[`calls:${number}`] = table.rows;
  const logs = CHIPS.map(({ rows, minLogHeight }) => {
    const height = rows.reduce((sum, { of, each }) => sum + each * (counts[of] ?? 0), 0);
    return Math.max(minLogHeight, Math.ceil(Math.log2(Math.max(1, height))));
  });
  const cells = CHIPS.reduce((sum, { columns }, i) => sum + columns * 2 ** (logs[i] ?? 0), 1000);
  return { cells, logHeight: Math.max(...logs) };
}

/** All shards of an execution that halts, and its result. */
export function shardsOf(
  program: Program,
  input: readonly Uint8Array[],
  options: Partial<ShardOptions>,
): { shards: RecordedShard[]; execution: Execution; systemWords: SystemOpening } {
  const run = executeInShards(program, input, { limits: NO_LIMITS, ...options });
  const shards: RecordedShard[] = [];
  let systemWords: SystemOpening | undefined;
  for (;;) {
    const next = run.next();
    if (next.done === true) {
      assert.equal(next.value.outcome.kind, 'halt', JSON.stringify(next.value.outcome));
      return { shards, execution: next.value, systemWords: systemWords ?? assert.fail('no shard') };
    }
    shards.push(next.value);
    systemWords = openSystemWords(next.value.memory);
  }
}
