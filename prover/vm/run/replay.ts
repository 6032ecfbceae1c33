/** Executes a shard again from its job: what a worker does before it proves. */
import { QUAD_WORDS, REGISTER_QUAD, registerAddress } from '../address-map.ts';
import { ZkError } from '../../core/errors.ts';
import { P } from '../../field/koalabear.ts';
import type { ExecutionRecord, MemoryState } from '../execution-record.ts';
import { DIGEST, nodesAbove, rootsOf, type DigestOf } from '../memory-nodes.ts';
import { hex } from '../outcome.ts';
import type { Image, Program } from '../program.ts';
import { JOB_QUAD_WORDS, touchedQuads, type ShardJob } from '../shard-job.ts';
import { ReplayedCalls } from '../syscalls/replay.ts';
import type { SyscallTable } from '../syscalls/table.ts';
import { NO_LIMITS } from './limits.ts';
import { PagedMemory } from './memory.ts';
import { RECORD_CYCLE_LIMIT, ShardExecution, type Stop } from './shard-execution.ts';

/**
 * The record of a shard, the same that `recordShards` gave with its job.
 *
 * Errors: ZkError BAD_SHARD for a job that is not one of this program: quads that are unmapped or that the instructions do
 * not touch, hints that they do not ask for, siblings that give other roots, or another end than the one it announces.
 */
export function executeShard(program: Program, table: SyscallTable, job: ShardJob): ExecutionRecord {
  if (!Number.isInteger(job.cycles) || job.cycles < 1 || job.cycles > RECORD_CYCLE_LIMIT) {
    throw bad(job, `it has ${job.cycles} instructions, expected 1 to ${RECORD_CYCLE_LIMIT}`);
  }
  const memory = new PagedMemory(withoutWords(program.image));
  const syscalls = new ReplayedCalls(table, program.image, job.hints);
  const enter = (): never => {
    throw new Error('a replayed system call does not begin a block');
  };
  const execution = new ShardExecution({ program, table, syscalls, memory, limits: NO_LIMITS, enter }, job.start.pc);
  setMemory(job, memory, execution.touched.cells);
  execution.touched.reset();
  checkStop(job, execution.run(job.cycles), execution.cycles);
  const tables = execution.close();
  if (!isSame(touchedQuads(tables.quads), job.quads))
    throw bad(job, 'its instructions touch other memory than it holds');
  if (!syscalls.isComplete) throw bad(job, 'its instructions ask for fewer hints than it holds');
  const nodes = nodesAbove(tables.quads, siblingsInOrder(job));
  const roots = rootsOf(nodes);
  checkState(job, 'start', { pc: job.start.pc, root: roots.init });
  checkState(job, 'end', { pc: execution.pc, root: roots.final });
  return { ...tables, nodes, start: job.start, end: job.end };
}

function withoutWords({ stretches, stack }: Image): Image {
  return { stretches: stretches.map(({ start, end }) => ({ start, end, words: new Uint32Array() })), stack };
}

/** Puts the words of the job's quads into memory and cells (registers, then system words). */
function setMemory(job: ShardJob, memory: PagedMemory, cells: Int32Array): void {
  let last = -1;
  for (let at = 0; at < job.quads.length; at += JOB_QUAD_WORDS) {
    const quad = job.quads[at]!;
    const words = job.quads.subarray(at + 1, at + JOB_QUAD_WORDS);
    const cell = quad * QUAD_WORDS - registerAddress(0);
    const isCell = quad >= REGISTER_QUAD && cell < cells.length;
    if (quad <= last || words.length !== QUAD_WORDS) throw bad(job, 'its memory is not in order');
    if (!isCell && !memory.isMapped(quad * QUAD_WORDS)) throw bad(job, `the words at quad ${quad} are unmapped`);
    if (isCell) cells.set(words, cell);
    else for (const [i, word] of words.entries()) memory.writeWord(quad * QUAD_WORDS + i, word);
    last = quad;
  }
}

function checkStop(job: ShardJob, stop: Stop | undefined, cycles: number): void {
  if (stop === 'full') throw new Error('a shard without limits is full');
  if (stop !== undefined && !('exitCode' in stop)) throw bad(job, `an instruction of it traps: ${stop.detail}`);
  if (cycles !== job.cycles) throw bad(job, `it halts after ${cycles} instructions and not after ${job.cycles}`);
}

/** Gives the siblings of the job one after another. */
function siblingsInOrder(job: ShardJob): DigestOf {
  const { siblings } = job;
  let at = 0;
  return () => {
    const digest = siblings.subarray(at, at + DIGEST);
    at += DIGEST;
    if (digest.length !== DIGEST || digest.some((element) => element >= P))
      throw bad(job, 'digests are missing or malformed');
    return digest;
  };
}

function checkState(job: ShardJob, which: 'start' | 'end', { pc, root }: MemoryState): void {
  const announced = job[which];
  if (pc !== announced.pc) throw bad(job, `it ${which}s at ${hex(pc)} and not at ${hex(announced.pc)}`);
  if (!isSame(root, announced.root)) throw bad(job, `it ${which}s with other memory than it announces`);
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (value, i) => value === b[i]);
}

function bad(job: ShardJob, problem: string): ZkError {
  return new ZkError('BAD_SHARD', `Shard ${job.index} is damaged or belongs to another program: ${problem}.`);
}
