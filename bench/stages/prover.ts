/**
 * Every stage of the prover on one guest program: time of stages and their steps, peak memory, proof bytes, and native
 * verification of every layer. The same threads and stages as behind `createProver`, with the proofs in between kept.
 *
 *   node bench/stages/prover.ts add
 *   node bench/stages/prover.ts fibonacci 100000 --rounds=3
 *
 * Needs the committed verifying keys and a Groth16 key in the cache; without them it measures what it can and fails.
 */
import { parseArgs } from 'node:util';
import { bytesToHex } from '@noble/hashes/utils.js';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { Groth16Stage } from '../../prover/jobs/groth16-stage.ts';
import { verifyGroth16Statement } from '../../prover/proofs/groth16.ts';
import type { ProveResult } from '../../prover/jobs/jobs.ts';
import { packDigest } from '../../prover/system/program-key.ts';
import { encodeBody } from '../../prover/proofs/body.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { ProverThread } from '../../prover/jobs/prover-thread.ts';
import { outputOf } from '../../prover/recursion/program.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { coreOf, kindOf } from '../../prover/system/definition.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { guest, inputOf } from '../programs/guest.ts';
import { fail } from '../report.ts';
import { watchMemory } from './memory.ts';
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

async function layers({ core, lift, wrap }: ProveResult): Promise<void> {
  recorder.add('core/proof bytes', 'bytes', encodeBody(system, core).length);
  const named = coreOf(system, core.key.machine, core.tier);
  await recorder.time('core/verify', () =>
    verifyNative(suiteKoalaBear, named.core.machine, named.tier, core.key, core.publicValues, core.proof),
  );
  for (const proof of [lift, wrap]) {
    if (proof === undefined) continue;
    recorder.add(`${proof.kind}/proof bytes`, 'bytes', encodeBody(system, proof).length);
    await recorder.time(`${proof.kind}/verify`, () => verifyRecursion(system, proof));
  }
}

async function round(): Promise<void> {
  const program = guest(name);
  const target = system.keys.size === 0 ? 'core' : 'wrap';
  const thread = new ProverThread(threads);
  const groth16 = new Groth16Stage(system, undefined, () => thread.cap());
  try {
    const job = { kind: 'execute', program, input: inputOf(n), target, cycleLimit: undefined } as const;
    const { cycles, publicValues } = await thread.execute(job, recorder.listener());
    recorder.add('cycles', 'instructions', cycles);
    const result = await thread.prove({ kind: 'prove', target }, recorder.listener());
    await layers(result);
    const { lift, wrap } = result;
    if (lift === undefined || wrap === undefined)
      throw new Error(
        'there are no committed verifying keys (npm run generate -- keys), so nothing after core can run',
      );
    // As in the pipeline: the STARK memory goes before snarkjs comes.
    await thread.close();
    const stopMemory = watchMemory();
    const bytes = await recorder.time('groth16', () => groth16.prove(wrap, { threads }));
    recorder.add('groth16/peak memory', 'bytes', stopMemory());
    recorder.add('groth16/proof bytes', 'bytes', (bytes.length - 2) / 2);
    const vkey = packDigest(outputOf(kindOf(system, lift.kind), lift.publicValues, 'keyDigest'));
    await recorder.time('groth16/verify', () => verifyGroth16Statement(bytes, vkey, `0x${bytesToHex(publicValues)}`));
  } finally {
    await thread.close();
  }
}

try {
  for (let i = 0; i < Number(flags.rounds); i++) await round();
} catch (error) {
  fail(label, error);
} finally {
  recorder.print();
}
