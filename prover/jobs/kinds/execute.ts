/**
 * Runs the program, cuts the execution into shards and says what came out. What cannot be proved is refused here, in seconds:
 * GuestError, CapacityError. Every shard is given as soon as it is cut: memory does not grow with their number.
 */
import { type System, syscallsOf } from '../../system/definition.ts';
import { MOST_SHARDS, shardLimits, tooManyShards } from '../../system/tiers.ts';
import { HALTED_PC } from '../../vm/address-map.ts';
import type { Program } from '../../vm/program.ts';
import { DEFAULT_CYCLE_LIMIT, type Execution, executeInShards } from '../../vm/run/execute.ts';
import type { RecordedShard } from '../../vm/run/record.ts';
import { encodeShard } from '../../vm/shard-codec.ts';
import { openSystemWords } from '../../vm/system-opening.ts';
import { type Artifact, type ArtifactId, idOf, makeArtifact } from '../artifact.ts';
import { refuseOutcome } from '../errors.ts';
import { endingArtifact } from './ending.ts';
import { encodeExecuted, type Executed } from './execution.ts';
import { decodeInput, type RunInput } from './input.ts';
import { type JobKind, optionalCount } from './kind.ts';

export const execute: JobKind = {
  name: 'execute',
  inputs: ['program', 'input'],
  output: 'execution',
  needs: { memoryBytes: 2 ** 30, threads: 1 },
  steps: [],
  thread: 'stark',
  keep: true,
  run([program, input], { params, resources, give, onStep }) {
    if (program === undefined || input === undefined) throw new RangeError('"inputs" expected program and input');
    const loaded = resources.program(program);
    const limit = optionalCount(params, 'cycleLimit');
    const onShard = ({ record }: RecordedShard, shard: Artifact, index: number): void => {
      give(shard);
      // The only shard of a short execution is proved as it is. Those of long ones are executed again, one at a time.
      resources.keepRecord(recordName(program, shard), index === 0 ? { program: loaded, record } : undefined);
      if (index > 0) onStep({ step: `shard ${index + 1}` });
    };
    const run = runProgram(resources.system, loaded, decodeInput(input.bytes), limit, onShard);
    give(run.ending);
    return Promise.resolve(encodeExecuted(run.executed));
  },
};

/** Names a recorded shard by what it is computed from. */
export function recordName(program: Artifact, shard: Artifact): string {
  return `${idOf(program)}/${idOf(shard)}`;
}

type OnShard = (recorded: RecordedShard, shard: Artifact, index: number) => void;

/** Runs and cuts. GuestError and CapacityError for a run that has no proof. */
export function runProgram(
  system: System,
  program: Program,
  { items, proved }: RunInput,
  limit: number | undefined,
  onShard: OnShard,
  most: number = MOST_SHARDS,
): { readonly executed: Executed; readonly ending: Artifact } {
  const cycleLimit = limit ?? DEFAULT_CYCLE_LIMIT;
  const options = { limits: shardLimits(system, program), cycleLimit, unconstrainedLimit: cycleLimit, proved };
  const run = executeInShards(program, items, syscallsOf(system), options);
  const shards: { readonly id: ArtifactId; readonly cycles: number }[] = [];
  let ending: Artifact | undefined;
  for (;;) {
    const next = run.next();
    if (next.done === true) {
      const { exitCode, execution } = halted(next.value, cycleLimit);
      if (ending === undefined) throw new Error('a halted run has a last shard');
      const { cycles, verified, publicValues, stdout, stderr } = execution;
      const executed = { exitCode, cycles, shards, ending: idOf(ending), verified, publicValues, stdout, stderr };
      return { executed, ending };
    }
    if (shards.length === most) {
      const cycles = shards.reduce((sum, shard) => sum + shard.cycles, 0);
      throw tooManyShards(most, cycles);
    }
    const { job, memory } = next.value;
    const shard = makeArtifact('shard', encodeShard(job));
    onShard(next.value, shard, shards.length);
    shards.push({ id: idOf(shard), cycles: job.cycles });
    if (job.end.pc === HALTED_PC) ending = endingArtifact(openSystemWords(memory));
  }
}

function halted(
  execution: Execution,
  cycleLimit: number,
): { readonly exitCode: number; readonly execution: Execution } {
  const { outcome } = execution;
  if (outcome.kind === 'halt') return { exitCode: outcome.exitCode, execution };
  throw refuseOutcome(outcome, cycleLimit)!;
}
