/**
 * Every stage of the prover on one guest program: time of stages and their steps, peak memory, proof bytes, and native
 * verification of every layer. The same threads and stages as behind `createProver`, with the proofs in between kept.
 *
 *   node bench/stages/prover.ts add
 *   node bench/stages/prover.ts fibonacci 100000 --rounds=3
 *
 * Needs a Groth16 key in the cache.
 */
import { parseArgs } from 'node:util';
import { bytesToHex } from '@noble/hashes/utils.js';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { FileCache } from '../../prover/jobs/file-cache.ts';
import { capArtifact, rootOf } from '../../prover/jobs/kinds/cap.ts';
import { decodeCoreArtifact } from '../../prover/jobs/kinds/core.ts';
import { decodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { decodeGroth16Artifact } from '../../prover/jobs/kinds/groth16.ts';
import { inputArtifact, programArtifact } from '../../prover/jobs/kinds/input.ts';
import { decodeProved } from '../../prover/jobs/kinds/recursion.ts';
import { executeJob, plan } from '../../prover/jobs/plan.ts';
import { cachedCap } from '../../prover/jobs/proving-key.ts';
import { schedule } from '../../prover/jobs/scheduler.ts';
import { MemoryStore } from '../../prover/jobs/store.ts';
import { MachineWorker } from '../../prover/jobs/workers/machine.ts';
import type { Artifact } from '../../prover/jobs/artifact.ts';
import { encodeProof as encodeForContract } from '../../prover/groth16/key/verifier-key.ts';
import { groth16Verifier, verifyGroth16Statement } from '../../prover/proofs/groth16.ts';
import { coreKeyDigest } from '../../prover/system/program-key.ts';
import { packDigest } from '../../prover/vm/packed-digest.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { coreOf } from '../../prover/system/definition.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { guest, inputOf } from '../programs/guest.ts';
import type { Hex } from '../../prover/index.ts';
import { fail } from '../report.ts';
import { Recorder } from './recorder.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '1' }, threads: { type: 'string' } },
});
const [name = 'add', n] = positionals;
const threads = flags.threads === undefined ? undefined : Number(flags.threads);
const label = `stages/${[name, n].filter((part) => part !== undefined).join(' ')}`;
const recorder = new Recorder(label);
const system = defaultSystem();

/** Native verification of every layer, and the bytes of its proof. The verifying key of the program. */
async function layers(core: Artifact, ...recursion: readonly Artifact[]): Promise<Hex> {
  recorder.add('core/proof bytes', 'bytes', core.bytes.length);
  const proved = decodeCoreArtifact(system, core);
  const named = coreOf(system, proved.key.machine, proved.tier);
  await recorder.time('core/verify', () =>
    verifyNative(suiteKoalaBear, named.core.machine, named.tier, proved.key, proved.publicValues, proved.proof),
  );
  for (const artifact of recursion) {
    recorder.add(`${artifact.kind}/proof bytes`, 'bytes', artifact.bytes.length);
    const proof = decodeProved(system, artifact);
    await recorder.time(`${proof.kind}/verify`, () => verifyRecursion(system, proof));
  }
  return packDigest(coreKeyDigest(named, proved.key));
}

async function round(): Promise<void> {
  const cache = new FileCache();
  const machine = new MachineWorker({ threads, cache });
  const store = new MemoryStore();
  try {
    const noCap = (): never => {
      throw new Error('there is no Groth16 key in the cache: zkvm setup');
    };
    const inputs = {
      program: await store.put(programArtifact(guest(name))),
      input: await store.put(inputArtifact(inputOf(n))),
    };
    const cap = await store.put(capArtifact(await cachedCap(cache, rootOf(system), noCap)));
    const options = { workers: [machine], store, onEvent: recorder.listener() };
    const first = executeJob(system, inputs);
    const executed = await schedule([first], options);
    const execution = decodeExecuted(await store.get(executed.get(first.id) ?? ''));
    if (execution.shards.length > 1)
      throw new Error(`${label} takes ${execution.shards.length} shards: see stages/long.ts`);
    const jobs = plan(system, 'groth16', inputs, execution, { cap });
    const results = await schedule(jobs.jobs, options);
    const result = (kind: string): Promise<Artifact> =>
      store.get(results.get(jobs.jobs.find((job) => job.kind === kind)?.id ?? '') ?? '');
    const { cycles, publicValues } = execution;
    recorder.add('cycles', 'instructions', cycles);
    const vkey = await layers(await result('core'), await result('fused'), await result('wrap'));
    const bytes = encodeForContract(groth16Verifier(), decodeGroth16Artifact(await result('groth16')));
    recorder.add('groth16/proof bytes', 'bytes', (bytes.length - 2) / 2);
    await recorder.time('groth16/verify', () => verifyGroth16Statement(bytes, vkey, `0x${bytesToHex(publicValues)}`));
  } finally {
    await machine.close();
  }
}

try {
  for (let i = 0; i < Number(flags.rounds); i++) await round();
} catch (error) {
  fail(label, error);
} finally {
  recorder.print();
}
