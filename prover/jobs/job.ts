/** Jobs as data: a pure function by name, the names of what it takes, parameters. */
import { createHash } from 'node:crypto';
import type { ArtifactId } from './artifact.ts';
import type { System } from '../system/definition.ts';
import { CIRCUIT_DIGEST } from '../system/generated/verifying-keys.ts';
import { PROTOCOL } from '../stark/digest.ts';

/** Names a job by all that decides its result: `job-<sha256>`. */
export type JobId = string;

/** What a job takes: the name of an artifact, or of the job whose result it is. */
export type JobInput = string;

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
  readonly inputs: readonly JobInput[];
  readonly params: Params;
  readonly needs: Needs;
  /** False: its result is about the machine that ran it, so it is neither stored nor taken from a store. */
  readonly keep: boolean;
};

/** A job all of whose inputs are there. */
export type ReadyJob = Job & { readonly inputs: readonly ArtifactId[] };

const versions = new WeakMap<System, string>();

/** What a result depends on besides its job: the protocol, and with the keys of the system every machine and program. */
function versionOf(system: System): string {
  let version = versions.get(system);
  if (version === undefined) {
    const machines = system.cores.map(({ machine }) => machine.name);
    const tiers = system.tiers.map(({ id }) => id);
    const parts = [PROTOCOL, machines, tiers, [...system.keys], CIRCUIT_DIGEST];
    version = JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    versions.set(system, version);
  }
  return version;
}

/** What a job is made of. */
export type JobParts = Omit<Job, 'id' | 'params'> & { readonly params?: Params };

/** A job with its name. Same name, same result: needs, and the order in which parameters stand, are no part of it. */
export function makeJob(system: System, { kind, inputs, params = {}, needs, keep }: JobParts): Job {
  const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([versionOf(system), kind, sorted, inputs]);
  return { id: `job-${createHash('sha256').update(text).digest('hex')}`, kind, inputs, params, needs, keep };
}

/** Whether an input is the result of a job. */
export function isJobId(input: JobInput): boolean {
  return input.startsWith('job-');
}
