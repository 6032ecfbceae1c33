/** Runs a program and records it for the proof, shard by shard. */
import { neverEnds, nextLook, windowOf } from './endless.ts';
import { runBlock } from './fast.ts';
import { PagedMemory } from './memory.ts';
import { NO_LIMITS, type ShardLimits } from './limits.ts';
import { RECORD_CYCLE_LIMIT, ShardExecution, type Stop } from './shard-execution.ts';
import type { ExecutionRecord, MemoryState } from '../execution-record.ts';
import { endless, explainStack } from '../faults.ts';
import { siblingsOf } from '../memory-nodes.ts';
import { MemoryTree } from '../memory-tree.ts';
import { trapAt, type Fault, type Outcome } from '../outcome.ts';
import type { Program } from '../program.ts';
import type { Proved } from '../syscalls/statements.ts';
import { Syscalls } from '../syscalls/syscalls.ts';
import type { SyscallTable } from '../syscalls/table.ts';
import { touchedQuads, type ShardJob } from '../shard-job.ts';

export { RECORD_CYCLE_LIMIT };

const SP = 2;

/** How a recorded run ended. */
export type RecordedRun = {
  readonly outcome: Outcome;
  readonly cycles: number;
  readonly syscalls: Syscalls;
  /** See PagedMemory. */
  readonly touchedBytes: number;
};

/** Result of a recording run as one shard. `record` exists only when the program halted. */
export type Recording = RecordedRun & { readonly record: ExecutionRecord | undefined };

/** One shard: what its proof is made of, and what another machine needs to make it again. */
export type RecordedShard = {
  readonly record: ExecutionRecord;
  readonly job: ShardJob;
  /** The memory after it, until the next one is asked for. */
  readonly memory: MemoryTree;
};

export type RecordingOptions = {
  /** Most instructions in all. */
  readonly cycleLimit: number;
  /** Most instructions in blocks outside the proof. */
  readonly unconstrainedLimit: number;
  /** What a shard has room for. */
  readonly limits: ShardLimits;
  /** Most instructions of a shard, by its index; RECORD_CYCLE_LIMIT where it is left out. */
  readonly shardCycles?: (index: number) => number;
  /** Statements of which there are proofs; default: none. */
  readonly proved?: Proved;
};

/**
 * Runs `program` on `input` for at most `cycleLimit` instructions and records it as one shard. Blocks outside the proof
 * leave no trace and may run `unconstrainedLimit` instructions. RangeError for a limit above RECORD_CYCLE_LIMIT.
 */
export function runRecorded(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  cycleLimit: number,
  unconstrainedLimit: number = cycleLimit,
  proved: Proved = [],
): Recording {
  if (!Number.isInteger(cycleLimit) || cycleLimit < 0 || cycleLimit > RECORD_CYCLE_LIMIT) {
    throw new RangeError(`"cycleLimit" expected an integer from 0 to ${RECORD_CYCLE_LIMIT}, got ${cycleLimit}`);
  }
  const shards = recordShards(program, input, table, { cycleLimit, unconstrainedLimit, limits: NO_LIMITS, proved });
  const first = shards.next();
  if (first.done === true) return { ...first.value, record: undefined };
  const end = shards.next();
  if (end.done !== true) throw new Error('a run without limits has more than one shard');
  return { ...end.value, record: first.value.record };
}

/**
 * Runs `program` and gives a shard whenever one is full, and the last one when the program halts; then how it ended. An
 * execution that ends otherwise has given all shards but its last, of which no proof would be of use.
 *
 * Memory: that of one shard, and what the program touches, several times. RangeError for limits that leave no room for one
 * instruction.
 */
export function* recordShards(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  options: RecordingOptions,
): Generator<RecordedShard, RecordedRun> {
  const recorder = new Recorder(program, input, table, options);
  const tree = MemoryTree.of(program.image);
  let start: MemoryState = { pc: program.entry, root: tree.root() };
  for (let index = 0; ; index++) {
    const outcome = recorder.runShard(index);
    if (outcome !== undefined && outcome.kind !== 'halt') return recorder.result(outcome);
    const { execution } = recorder;
    const tables = execution.close();
    const nodes = tree.update(tables.quads);
    const end: MemoryState = { pc: execution.pc, root: tree.root() };
    const job: ShardJob = {
      index,
      start,
      end,
      cycles: tables.cycles,
      quads: touchedQuads(tables.quads),
      siblings: siblingsOf(nodes),
      hints: recorder.syscalls.takeHintLog(),
    };
    yield { record: { ...tables, nodes, start, end }, job, memory: tree };
    if (outcome !== undefined) return recorder.result(outcome);
    execution.next();
    start = end;
  }
}

/** Into how many shards an execution falls. */
export type ShardCount = RecordedRun & {
  /** Shards, the unfinished one of an execution that did not halt included. */
  readonly shards: number;
};

/** As `recordShards`, without what only proofs need: no digest is computed and nothing is kept. */
export function countShards(
  program: Program,
  input: readonly Uint8Array[],
  table: SyscallTable,
  options: RecordingOptions,
): ShardCount {
  const recorder = new Recorder(program, input, table, options);
  for (let index = 0; ; index++) {
    const outcome = recorder.runShard(index);
    recorder.syscalls.takeHintLog();
    if (outcome !== undefined) return { ...recorder.result(outcome), shards: index + 1 };
    recorder.execution.next();
  }
}

/** An execution with all that surrounds its instructions: limits, blocks outside the proof, endless loops. */
class Recorder {
  readonly execution: ShardExecution;
  readonly syscalls: Syscalls;
  readonly #program: Program;
  readonly #memory: PagedMemory;
  readonly #options: RecordingOptions;
  #look: number;

  constructor(program: Program, input: readonly Uint8Array[], table: SyscallTable, options: RecordingOptions) {
    this.#program = program;
    this.#options = options;
    this.#memory = new PagedMemory(program.image);
    this.syscalls = new Syscalls(table, input, program.image, options.proved, true);
    const { limits, unconstrainedLimit } = options;
    const { syscalls } = this;
    const memory = this.#memory;
    this.execution = new ShardExecution(
      {
        program,
        table,
        syscalls,
        memory,
        limits,
        enter: (call, registers) => {
          const limit = unconstrainedLimit - syscalls.unconstrainedCycles;
          const stop = runBlock(program, syscalls, memory, registers, call, limit);
          return stop === undefined ? undefined : { ...stop.fault, at: stop.pc };
        },
      },
      program.entry,
    );
    this.#look = nextLook(0, options.cycleLimit);
  }

  /** Runs until the shard is full, or the execution ends; gives how it ended. */
  runShard(index: number): Outcome | undefined {
    const { execution } = this;
    const { cycleLimit, shardCycles } = this.#options;
    const before = execution.totalCycles;
    const most = Math.min(RECORD_CYCLE_LIMIT, shardCycles?.(index) ?? RECORD_CYCLE_LIMIT);
    if (!Number.isInteger(most) || most < 1) throw new RangeError(`"shardCycles" expected at least 1, got ${most}`);
    for (;;) {
      if (execution.totalCycles >= cycleLimit) return { kind: 'limit' };
      const until = Math.min(most, this.#look - before);
      const stop = execution.run(until);
      if (stop === 'full') return undefined;
      if (stop !== undefined) return 'exitCode' in stop ? { kind: 'halt', exitCode: stop.exitCode } : this.#trap(stop);
      if (execution.totalCycles === this.#look && this.#isEndless()) return this.#trap(endless());
      if (execution.totalCycles < cycleLimit && execution.cycles === most) return undefined;
    }
  }

  result(outcome: Outcome): RecordedRun {
    const { syscalls } = this;
    return { outcome, cycles: this.execution.totalCycles, syscalls, touchedBytes: this.#memory.touchedBytes };
  }

  #isEndless(): boolean {
    const { cycleLimit } = this.#options;
    const look = this.#look;
    this.#look = nextLook(look, cycleLimit);
    const { touched, pc } = this.execution;
    return neverEnds(this.#program, this.#memory, touched.cells, pc, windowOf(look, cycleLimit));
  }

  /** The end by a fault of the instruction at pc, or of one in a block outside the proof. */
  #trap(fault: Exclude<Stop, string | { exitCode: number }>): Outcome {
    const { pc, totalCycles, touched } = this.execution;
    if (fault.at !== undefined) return trapAt(fault, fault.at, totalCycles);
    return trapAt(explainStack(this.#program.image, fault as Fault, touched.cells[SP]!), pc, totalCycles);
  }
}
