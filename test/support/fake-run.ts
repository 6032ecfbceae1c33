/**
 * A worker whose programs run for as many shards as it is told, and whose proofs are texts: all that a prover does with a
 * long run, but for the proofs, which no verifier accepts.
 */
import { type Artifact, idOf, makeArtifact } from '../../prover/jobs/artifact.ts';
import { ByteWriter } from '../../prover/jobs/bytes.ts';
import type { ReadyJob } from '../../prover/jobs/job.ts';
import { encodeExecuted } from '../../prover/jobs/kinds/execute.ts';
import { KINDS, kindOf } from '../../prover/jobs/kinds/list.ts';
import type { ArtifactSource } from '../../prover/jobs/store.ts';
import type { RunOptions, Worker } from '../../prover/jobs/worker.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Instructions of each shard but the last, which has half. */
export const SHARD_CYCLES = 1000;

export class FakeRunWorker implements Worker {
  readonly name = 'fake';
  readonly capabilities = { kinds: KINDS.map(({ name }) => name), threads: 1 };
  readonly ran: string[] = [];
  readonly #shards: number;
  readonly #before: ((kind: string, job: ReadyJob) => void | Promise<void>) | undefined;

  constructor(shards: number, before?: (kind: string, job: ReadyJob) => void | Promise<void>) {
    this.#shards = shards;
    this.#before = before;
  }

  async run(
    job: ReadyJob,
    store: ArtifactSource,
    { signal, onArtifact, onStart, onStep }: RunOptions = {},
  ): Promise<Artifact> {
    const inputs = await Promise.all(job.inputs.map((id) => store.get(id)));
    onStart?.();
    await this.#before?.(job.kind, job);
    signal?.throwIfAborted();
    this.ran.push(job.kind);
    onStep?.({ step: 'working' });
    if (job.kind === 'execute') return this.#execute(inputs, onArtifact);
    if (job.kind === 'program-key')
      return makeArtifact(job.kind, new ByteWriter(job.kind).u32(1, 2, 3, 4, 5, 6, 7, 8).end());
    return makeArtifact(kindOf(job.kind)?.output ?? '', text(`${job.kind}(${inputs.map(idOf).join()})`));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #execute(inputs: readonly Artifact[], give: RunOptions['onArtifact']): Artifact {
    const ending = makeArtifact('ending', text(`ending of ${inputs.map(idOf).join()}`));
    const shards = Array.from({ length: this.#shards }, (_, i) => ({
      cycles: i === this.#shards - 1 ? SHARD_CYCLES / 2 : SHARD_CYCLES,
      artifact: makeArtifact('shard', text(`shard ${i} of ${inputs.map(idOf).join()}`)),
    }));
    for (const { artifact } of shards) give?.(artifact);
    give?.(ending);
    const executed = {
      exitCode: 0,
      cycles: shards.reduce((sum, { cycles }) => sum + cycles, 0),
      shards: shards.map(({ artifact, cycles }) => ({ id: idOf(artifact), cycles })),
      ending: idOf(ending),
      publicValues: text('values'),
      stdout: text(''),
      stderr: text(''),
    };
    return makeArtifact('execution', encodeExecuted(executed));
  }
}
