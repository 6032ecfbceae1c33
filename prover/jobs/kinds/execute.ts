/**
 * Runs the program and says what came out. What cannot be proved is refused here, in seconds: GuestError, CapacityError.
 * The recorded execution stays in the thread for the job that proves it.
 */
import { loadProgram } from '../../elf/load.ts';
import { type System, syscallsOf } from '../../system/definition.ts';
import { CapacityError, chooseCore, MAX_CYCLES } from '../../system/tiers.ts';
import type { ExecutionRecord } from '../../vm/execution-record.ts';
import type { Program } from '../../vm/program.ts';
import { DEFAULT_CYCLE_LIMIT, type Execution, executeRecorded } from '../../vm/run/execute.ts';
import { type Artifact, type ArtifactId, decoded, idOf, partsOf } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { refuseOutcome } from '../errors.ts';
import { decodeInput } from './input.ts';
import { type JobKind, optionalCount } from './kind.ts';

/** An execution that can be proved. */
export type Executed = {
  readonly exitCode: number;
  readonly cycles: number;
  /** The artifacts that prove it, in order, with their instructions. */
  readonly shards: readonly { readonly id: ArtifactId; readonly cycles: number }[];
  /** The artifact that opens the system words in the last memory. */
  readonly ending: ArtifactId;
  readonly publicValues: Uint8Array;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
};

export const execute: JobKind = {
  name: 'execute',
  inputs: ['program', 'input'],
  output: 'execution',
  needs: { memoryBytes: 2 ** 30, threads: 1 },
  steps: [],
  thread: 'stark',
  keep: true,
  run([program, input], { params, resources }) {
    if (program === undefined || input === undefined) throw new RangeError('"inputs" expected program and input');
    const loaded = loadProgram(program.bytes);
    const { system } = resources;
    const limit = optionalCount(params, 'cycleLimit');
    const { executed, record } = runProgram(system, loaded, decodeInput(input.bytes), limit);
    chooseCore(system, loaded, record);
    resources.keepRecord(recordName(program, input), { program: loaded, record });
    return Promise.resolve(encodeExecuted(executed));
  },
};

/** Names an execution by what it is computed from. */
export function recordName(program: Artifact, input: Artifact): string {
  return `${idOf(program)}/${idOf(input)}`;
}

/** Runs and records. GuestError and CapacityError for a run that has no proof. */
export function runProgram(
  system: System,
  program: Program,
  input: readonly Uint8Array[],
  limit: number | undefined,
): { readonly executed: Executed; readonly record: ExecutionRecord } {
  const cycleLimit = Math.min(limit ?? MAX_CYCLES, MAX_CYCLES);
  const limits = { cycleLimit, unconstrainedLimit: limit ?? DEFAULT_CYCLE_LIMIT };
  const { execution, record } = executeRecorded(program, input, syscallsOf(system), limits);
  refuseExecution(execution, cycleLimit, limit);
  const { outcome, cycles, publicValues, stdout, stderr } = execution;
  if (record === undefined || outcome.kind !== 'halt') throw new Error('a halted run has a record');
  return { executed: { exitCode: outcome.exitCode, cycles, publicValues, stdout, stderr }, record };
}

function refuseExecution({ outcome }: Execution, cycleLimit: number, limit: number | undefined): void {
  if (outcome.kind === 'limit' && (limit ?? Infinity) > MAX_CYCLES) {
    throw new CapacityError(
      'TOO_LARGE',
      `The program did not halt within ${MAX_CYCLES.toLocaleString('en-US')} instructions, the most that one proof has room for: shorten the execution or split the work over several proofs.`,
    );
  }
  const refusal = refuseOutcome(outcome, cycleLimit);
  if (refusal !== undefined) throw refusal;
}

export function encodeExecuted(executed: Executed): Uint8Array {
  const { exitCode, cycles, shards, ending, publicValues, stdout, stderr } = executed;
  const hash = (id: ArtifactId): Uint8Array => Buffer.from(partsOf(id).sha256, 'hex');
  const writer = new ByteWriter('execution').u32(exitCode).u64(cycles).list(hash(ending)).u32(shards.length);
  for (const shard of shards) writer.u64(shard.cycles).list(hash(shard.id));
  return writer.list(publicValues).list(stdout).list(stderr).end();
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeExecuted(artifact: Artifact): Executed {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('execution', bytes);
    const idIn = (kind: string): ArtifactId => {
      const hash = reader.list();
      if (hash.length !== 32) throw reader.refuse(`a hash has ${hash.length} bytes`);
      return `${kind}-${Buffer.from(hash).toString('hex')}`;
    };
    const exitCode = reader.u32();
    const cycles = reader.u64();
    const ending = idIn('ending');
    const shards: { readonly id: ArtifactId; readonly cycles: number }[] = [];
    for (let left = reader.u32(); left > 0; left--) {
      const count = reader.u64();
      shards.push({ cycles: count, id: idIn('shard') });
    }
    if (shards.length === 0) throw reader.refuse('it has no shards');
    if (shards.reduce((sum, shard) => sum + shard.cycles, 0) !== cycles) {
      throw reader.refuse('its shards do not have its cycles');
    }
    const [publicValues, stdout, stderr] = [reader.list(), reader.list(), reader.list()];
    reader.end();
    return { exitCode, cycles, shards, ending, publicValues, stdout, stderr };
  });
}
