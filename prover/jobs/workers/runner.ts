/** Runs jobs where it is constructed: what stands at the end of every worker. Blocks its thread while STARK layers run. */
import { availableParallelism } from 'node:os';
import { ZkError } from '../../core/errors.ts';
import type { System } from '../../system/definition.ts';
import { type Artifact, makeArtifact, partsOf } from '../artifact.ts';
import type { ReadyJob } from '../job.ts';
import { inputsText, takes } from '../kinds/kind.ts';
import { KINDS, kindOf } from '../kinds/list.ts';
import { type ResourceOptions, Resources } from '../kinds/resources.ts';
import type { ArtifactSource } from '../store.ts';
import type { Capabilities, RunOptions, Worker } from '../worker.ts';

export class JobRunner implements Worker {
  readonly name = 'this thread';
  readonly capabilities: Capabilities;
  readonly #resources: Resources;

  constructor(system: System, options: ResourceOptions = {}) {
    this.#resources = new Resources(system, options);
    this.capabilities = {
      kinds: KINDS.map(({ name }) => name),
      threads: options.threads ?? availableParallelism(),
    };
  }

  /** Errors besides those of the job: ZkError BAD_JOB for one that this version does not know. */
  async run(
    { kind: name, inputs: ids, params }: ReadyJob,
    store: ArtifactSource,
    { signal, onStart, onStep, onArtifact }: RunOptions = {},
  ): Promise<Artifact> {
    const kind = kindOf(name);
    if (kind === undefined) throw badJob(`there is no kind "${name}"`);
    const kinds = ids.map((id) => partsOf(id).kind);
    if (!takes(kind, kinds)) throw badJob(`"${name}" takes ${inputsText(kind)}, got ${kinds.join(', ')}`);
    const inputs = await Promise.all(ids.map((id) => store.get(id)));
    await kind.prepare?.(this.#resources);
    signal?.throwIfAborted();
    onStart?.();
    const give = (artifact: Artifact): void => onArtifact?.(artifact);
    const context = { resources: this.#resources, params, signal, give, onStep: onStep ?? ((): void => undefined) };
    return makeArtifact(kind.output, await kind.run(inputs, context));
  }

  close(): Promise<void> {
    return this.#resources.close();
  }
}

function badJob(problem: string): ZkError {
  return new ZkError('BAD_JOB', `This worker cannot run the job, it may be of another version: ${problem}.`);
}
