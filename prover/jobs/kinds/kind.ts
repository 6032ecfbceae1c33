/** What a kind of job is. One file of this folder declares one; `list.ts` lists them. */
import type { System } from '../../system/definition.ts';
import type { Artifact } from '../artifact.ts';
import { type Job, type JobInput, makeJob, type Needs, type Params } from '../job.ts';
import type { RunOptions, Step } from '../worker.ts';
import type { Resources } from './resources.ts';

/** What a running job is given besides its inputs. */
export type JobContext = {
  readonly resources: Resources;
  readonly params: Params;
  readonly signal: RunOptions['signal'];
  readonly onStep: (step: Step) => void;
  /** Gives an artifact besides the result. Its name must follow from inputs and parameters, as the result does. */
  readonly give: (artifact: Artifact) => void;
};

export type JobKind = {
  readonly name: string;
  /** Kinds of the artifacts that it takes, in order, and of the one it gives. */
  readonly inputs: readonly string[];
  /** The last input may stand several times, at least this often. */
  readonly repeats?: number;
  readonly output: string;
  readonly needs: Needs;
  /** Steps that it reports, in their order; further ones may come in between. */
  readonly steps: readonly string[];
  /** Kinds of one thread share its memory; the thread of the other ones is ended before, so that its memory is free. */
  readonly thread: 'stark' | 'groth16';
  /** False: the result is about the machine that ran it. */
  readonly keep: boolean;
  /** Starts what takes its time once for all jobs, and is no part of the time of one. */
  readonly prepare?: (resources: Resources) => Promise<unknown>;
  /** The same bytes for the same inputs and parameters, up to randomness of no consequence. */
  run(inputs: readonly Artifact[], context: JobContext): Promise<Uint8Array>;
};

/** A job of a kind. RangeError for another number of inputs than the kind has. */
export function jobOf(system: System, kind: JobKind, inputs: readonly JobInput[], params: Params = {}): Job {
  const { name, needs, keep } = kind;
  if (!isCount(kind, inputs.length)) {
    throw new RangeError(`"inputs" of ${name} expected ${inputsText(kind)}, got ${inputs.length}`);
  }
  return makeJob(system, { kind: name, inputs, params, needs, keep });
}

function isCount({ inputs, repeats }: JobKind, count: number): boolean {
  return repeats === undefined ? count === inputs.length : count >= inputs.length - 1 + repeats;
}

/** Whether a kind takes artifacts of these kinds. */
export function takes(kind: JobKind, kinds: readonly string[]): boolean {
  const { inputs } = kind;
  return isCount(kind, kinds.length) && kinds.every((given, i) => given === (inputs[i] ?? inputs.at(-1)));
}

/** What a kind takes, for messages. */
export function inputsText({ inputs, repeats }: JobKind): string {
  const texts = inputs.map((kind, i) =>
    repeats !== undefined && i === inputs.length - 1 ? `${kind} (${repeats} or more)` : kind,
  );
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}

/** A whole or no number in the parameters. RangeError for anything else. */
export function optionalCount(params: Params, name: string): number | undefined {
  const value = params[name] ?? null;
  if (value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`"${name}" expected an integer of at least 0, got ${JSON.stringify(value)}`);
  }
  return value;
}
