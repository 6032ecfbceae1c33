/** Jobs as data: a pure function by name, the names of what it takes, parameters. */
import { createHash } from 'node:crypto';
import type { ArtifactId } from './artifact.ts';
import { committedCircuitDigest, committedKeys } from '../system/keys.ts';
import { SYSTEM_VERSION } from '../system/definition.ts';

/** Names a job by all that decides its result: `job-<sha256>`. */
export type JobId = string;

/** Plain values: parameters cross process boundaries and are hashed. */
export type Params = Readonly<Record<string, string | number | boolean | null>>;

/** What a worker must have to run a job well. */
export type Needs = {
  /** Most memory that it takes, roughly: of examples that were measured. */
  readonly memoryBytes: number;
  /** Fewest threads with which it makes sense. */
  readonly threads: number;
};

export type Job = {
  readonly id: JobId;
  readonly kind: string;
  /** Each the name of an artifact, or of the job whose result it is. */
  readonly inputs: readonly (ArtifactId | JobId)[];
  readonly params: Params;
  readonly needs: Needs;
  /** False: its result is about the machine that ran it, so it is neither stored nor taken from a store. */
  readonly keep: boolean;
};

/** A job all of whose inputs are there. */
export type ReadyJob = Job & { readonly inputs: readonly ArtifactId[] };

let version: string | undefined;

/** What a result depends on besides its job: the version of the system, and with its keys every machine and program. */
function proverVersion(): string {
  version ??= JSON.stringify([SYSTEM_VERSION, committedKeys(), committedCircuitDigest()], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return version;
}

/** What a job is made of. */
export type JobParts = Omit<Job, 'id' | 'params'> & { readonly params?: Params };

/** A job with its name. Same name, same result: needs, and the order in which parameters stand, are no part of it. */
export function makeJob({ kind, inputs, params = {}, needs, keep }: JobParts): Job {
  const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([proverVersion(), kind, sorted, inputs]);
  return { id: `job-${createHash('sha256').update(text).digest('hex')}`, kind, inputs, params, needs, keep };
}

/** Whether an input is the result of a job. */
export function isJobId(input: ArtifactId | JobId): boolean {
  return input.startsWith('job-');
}
