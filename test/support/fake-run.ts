/**
 * A worker whose programs run for as many shards as it is told, and whose proofs are texts: all that a prover does with a
 * long run, but for the proofs, which no verifier accepts.
 */
import { type Artifact, idOf, makeArtifact } from '../../prover/jobs/artifact.ts';
import type { ReadyJob } from '../../prover/jobs/job.ts';
import { encodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { KINDS, kindOf } from '../../prover/jobs/kinds/list.ts';
import type { ArtifactSource } from '../../prover/jobs/store.ts';
import { encodeBody } from '../../prover/proofs/body.ts';
import { blankKey } from '../../prover/stark/blank.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { zeroProof } from '../../prover/stark/proof-codec.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { RunOptions, Worker } from '../../prover/jobs/worker.ts';

/** The shape of a core proof, and for every shard another one. */
function zeroCore(inputs: readonly Artifact[]): Uint8Array {
  const system = defaultSystem();
  const [{ machine }, tier] = [system.cores[0]!, system.tiers[0]!];
  const layout = layerLayout(machine, tier);
  const number = Number.parseInt(inputs.at(-1)?.sha256.slice(0, 6) ?? '', 16);
  const publicValues = Array.from({ length: machine.publicValueCount }, (_, i) => (i === 0 ? number : 0));
  const proof = zeroProof(suiteKoalaBear, layout);
  return encodeBody(system, { kind: 'core', tier: tier.id, key: blankKey(layout), publicValues, proof });
}

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
    if (job.kind === 'core') return makeArtifact('core', zeroCore(inputs));
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
      verified: [],
      publicValues: text('values'),
      stdout: text(''),
      stderr: text(''),
    };
    return makeArtifact('execution', encodeExecuted(executed));
  }
}
