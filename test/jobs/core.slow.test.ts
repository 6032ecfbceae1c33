/** Core proofs through the public API: what is accepted, what is refused, and how runs end early. Several minutes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  createProver,
  execute,
  GuestError,
  type GuestRun,
  type Hex,
  type Proof,
  type ProgressEvent,
  type Prover,
  VerificationError,
  ZkError,
} from '../../prover/index.ts';
import { decodeCore, encodeBody } from '../../prover/proofs/body.ts';
import { decodeExecution } from '../../prover/proofs/execution-body.ts';
import { proofBytes } from '../../prover/proofs/file.ts';
import { makeArtifact } from '../../prover/jobs/artifact.ts';
import { createProver as createProverOf } from '../../prover/jobs/prover.ts';
import type { Worker } from '../../prover/jobs/worker.ts';
import { MachineWorker } from '../../prover/jobs/workers/machine.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { OPENING_DIGESTS } from '../../prover/vm/system-opening.ts';
import { STEPS } from '../../prover/stark/prove.ts';
import { abortAt } from '../support/abort.ts';
import { guest, mode, u32 } from '../support/guests.ts';
import { changedAt, samplePlaces } from '../support/mutation.ts';
import { seeded } from '../support/seeded.ts';
import { changedByte, changedFields, refuses, sampleOffsets, verifyStored } from '../support/stored-proof.ts';

/** The opened system words, then tier, key and public values of a core proof lie within the first bytes of its body. */
const HEAD_BYTES = 4 * (1 + 8 * OPENING_DIGESTS) + 160;
const BODY_SAMPLES = 60;

const add = guest('add');
const fibonacci = guest('fibonacci');
const cycles = execute(add, []).cycles;

/** The tier of the only shard of a proof. */
function tierOf({ proof: text }: Proof): string {
  const { shards } = decodeExecution(defaultSystem(), proofBytes(text));
  assert.equal(shards.length, 1);
  return shards[0]?.tier ?? '';
}

let cacheDir: string;
let prover: Prover;
let proof: Proof;
let fibonacciKey: Hex;

before(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), 'zkvm-core-'));
  prover = await createProver({ cacheDir, threads: 2 });
  // The limit is exact: a run of `cycles` instructions is within a limit of `cycles`.
  proof = await prover.prove(add, [], { mode: 'core', cycleLimit: cycles });
  fibonacciKey = (await prover.programKey(fibonacci)).vkey;
});
after(async () => {
  await prover.close();
  await rm(cacheDir, { recursive: true, force: true });
});

describe('a core proof', () => {
  it('is accepted, states what ran, and belongs to the program', async () => {
    const { vkey } = await prover.programKey(add);
    await verifyStored(prover, proof, vkey);
    assert.equal(proof.vkey, vkey);
    assert.equal(proof.publicValues, '0x');
    assert.equal(proof.exitCode, 0);
    assert.equal(proof.stats.cycles, cycles);
    assert.equal(tierOf(proof), 'core-s');
    assert.notEqual(vkey, fibonacciKey);
  });

  it('is refused for another program', async () => {
    await assert.rejects(
      prover.verify(proof, fibonacciKey),
      (error: unknown) => error instanceof VerificationError && error.code === 'program-key',
    );
  });

  it('is refused when any field of the file says something else', async () => {
    for (const [what, changed] of changedFields(proof, fibonacciKey)) await refuses(prover, changed, what);
  });

  it('is refused when a byte of its body is changed', async (t) => {
    const random = seeded();
    t.diagnostic(`seed ${random.seed}`);
    const { length } = proofBytes(proof.proof);
    for (const at of sampleOffsets(length, HEAD_BYTES, BODY_SAMPLES)) {
      const mask = 1 + (random.word() % 255);
      await refuses(prover, changedByte(proof, at, mask), `byte ${at} of ${length} xor ${mask}`);
    }
    // The highest byte of a word: most such words are no canonical elements.
    for (const at of sampleOffsets(length, 40, 10).map((offset) => Math.min(offset | 3, length - 1))) {
      await refuses(prover, changedByte(proof, at, 0xff), `byte ${at} of ${length} xor 255`);
    }
  });

  it('is the same with one thread as with two, from two provers at once on one cache directory', async () => {
    const provers = await Promise.all([1, 2].map((threads) => createProver({ cacheDir, threads })));
    const proofs = await Promise.all(provers.map((other) => other.prove(add, [], { mode: 'core' })));
    for (const other of proofs) assert.equal(other.proof, proof.proof);
    for (const [i, other] of provers.entries()) {
      await other.verify(proofs[1 - i] ?? proof, proof.vkey);
      await other.close();
    }
  });

  it('is verified before anybody gets it', async () => {
    const stages: string[] = [];
    const onProgress = ({ stage, status }: ProgressEvent): void => void (status === 'start' && stages.push(stage));
    const machine = new MachineWorker({ threads: 2 });
    // A worker like any other, but for one number of its core proofs.
    const liar: Worker = {
      name: 'liar',
      capabilities: machine.capabilities,
      close: () => machine.close(),
      async run(...args) {
        const artifact = await machine.run(...args);
        if (artifact.kind !== 'core') return artifact;
        const core = decodeCore(defaultSystem(), artifact.bytes);
        const place = samplePlaces(core.proof, 7)[3] ?? [];
        const changed = { ...core, proof: changedAt(core.proof, place) };
        return makeArtifact('core', encodeBody(defaultSystem(), changed));
      },
    };
    const other = await createProverOf({ cacheDir, onProgress }, { workers: [liar] });
    await assert.rejects(other.prove(add, [], { mode: 'core' }), (error: unknown) => {
      assert.ok(error instanceof ZkError && error.code === 'PROOF_REFUSED', String(error));
      assert.ok(error.cause instanceof VerificationError);
      return true;
    });
    assert.deepEqual(stages, ['execute', 'core', 'verify']);
    await other.close();
  });

  it('takes one job at a time', async () => {
    const first = prover.programKey(add);
    await assert.rejects(prover.programKey(fibonacci), { code: 'PROVER_BUSY' });
    assert.equal((await first).vkey, proof.vkey);
  });
});

describe('a proof of half a million instructions', () => {
  it('is on a larger tier under the same kind of key, and is refused with other public values', async () => {
    const large = await prover.prove(fibonacci, [u32(100_000)], { mode: 'core' });
    assert.equal(tierOf(large), 'core-m');
    assert.equal(large.vkey, fibonacciKey);
    await verifyStored(prover, large, fibonacciKey);
    await refuses(prover, large, 'the key of another program', proof.vkey);
    for (const [what, changed] of changedFields(large, proof.vkey)) await refuses(prover, changed, what);
    // The program's key does not depend on the tier.
    const small = await prover.prove(fibonacci, [u32(20)], { mode: 'core' });
    assert.equal(tierOf(small), 'core-s');
    await verifyStored(prover, small, fibonacciKey);
    // Statements of two proofs of one program cannot be exchanged.
    await refuses(prover, { ...small, publicValues: large.publicValues }, 'public values of another run');
    await refuses(prover, { ...large, proof: small.proof }, 'the body of another run');
  });
});

describe('a proof of more than 2^20 instructions', () => {
  it('is made where every chip has room', async () => {
    const input = [u32(250_000)];
    const proofOfMany = await prover.prove(fibonacci, input, { mode: 'core' });
    assert.ok(proofOfMany.stats.cycles > 2 ** 20);
    assert.equal(tierOf(proofOfMany), 'core-l');
    await verifyStored(prover, proofOfMany, fibonacciKey);
  });

  it('falls into two shards where one has no room, which are one proof', async () => {
    const two = await prover.prove(fibonacci, [u32(400_000)], { mode: 'core' });
    const { shards } = decodeExecution(defaultSystem(), proofBytes(two.proof));
    assert.deepEqual(
      shards.map(({ tier }) => tier),
      ['core-l', 'core-m'],
    );
    await verifyStored(prover, two, fibonacciKey);
  });
});

describe('runs without a good end', () => {
  const selftest = guest('selftest');
  const rejects = (run: Promise<unknown>, kind: typeof GuestError, code: string): Promise<void> =>
    assert.rejects(run, (error: unknown) => {
      assert.ok(error instanceof kind, String(error));
      assert.equal(error.code, code);
      assert.ok(!error.message.includes('\n'), 'one line');
      return true;
    });

  it('a panic is proved with exit code 1, and goes no further than that', async () => {
    const runs: GuestRun[] = [];
    const panicked = await prover.prove(selftest, [mode('panic')], { mode: 'core', onRun: (run) => runs.push(run) });
    assert.equal(panicked.exitCode, 1);
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.exitCode, 1);
    assert.match(new TextDecoder().decode(runs[0].stderr), /the answer is not 42/);
    assert.deepEqual(Object.keys(panicked.stats.seconds), ['execute', 'core', 'verify']);
    await verifyStored(prover, panicked);
    await refuses(prover, { ...panicked, exitCode: 0 }, 'exit code 0');
  });

  it('a trap is not proved', async () => {
    await rejects(prover.prove(selftest, [mode('null')], { mode: 'core' }), GuestError, 'GUEST_TRAP');
    await rejects(prover.prove(selftest, [mode('abort')], { mode: 'core' }), GuestError, 'GUEST_TRAP');
  });

  it('the cycle limit is exact', async () => {
    await rejects(prover.prove(add, [], { mode: 'core', cycleLimit: cycles - 1 }), GuestError, 'GUEST_LIMIT');
    await rejects(prover.prove(add, [], { mode: 'core', cycleLimit: 0 }), GuestError, 'GUEST_LIMIT');
  });
});

describe('interruption', () => {
  const prove = (other: Prover): Promise<Proof> => other.prove(add, [], { mode: 'core' });

  it('before the call', async () => {
    const other = await createProver({ cacheDir, signal: AbortSignal.abort(new Error('never')) });
    await assert.rejects(prove(other), { message: 'never' });
    await assert.rejects(other.programKey(add), { message: 'never' });
    await other.close();
  });

  it('while executing', () => abortAt(cacheDir, ({ stage }) => stage === 'execute', prove));

  for (const step of ['trace', 'key', ...STEPS]) {
    it(`in the step "${step}"`, () =>
      abortAt(cacheDir, ({ stage, detail }) => stage === 'core' && detail === step, prove));
  }

  it('does not disturb another prover or the next proof', async () => {
    const next = await prove(prover);
    assert.equal(next.proof, proof.proof);
  });

  it('leaves a process that ends by itself, also with an idle prover that nobody closed', async (t) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../support/abandon.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ZKVM_CACHE_DIR: cacheDir },
    });
    t.after(() => child.kill('SIGKILL'));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(120_000) })) as [number | null];
    assert.equal(output.trim(), 'Error: abandoned');
    assert.equal(code, 0);
  });
});
