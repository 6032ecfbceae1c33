/**
 * The committed Groth16 keys: what verifies and deploys needs no file, and no file of a cache can take their place. Forged
 * proofs are made here as anybody could make them who may write in a cache: for a key of his own.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CacheError,
  createProver,
  groth16Verifier,
  GuestError,
  loadProgram,
  type Proof,
  type Prover,
  VerificationError,
} from '../../prover/index.ts';
import { ConstraintSystem } from '../../prover/groth16/circuit/r1cs/system.ts';
import { constLinear } from '../../prover/groth16/circuit/r1cs/linear.ts';
import groth16 from '../../prover/groth16/snarkjs/prover.ts';
import { keyToJson } from '../../prover/groth16/snarkjs/json.ts';
import { insecureVerifyingKey } from '../../prover/groth16/snarkjs/setup-verifying-key.ts';
import { verifierHash, verifierKeyOf, verifyingKeySha256 } from '../../prover/groth16/key/verifier-key.ts';
import { CIRCUIT, VERIFYING_KEY } from '../../prover/system/generated/groth16-key.ts';
import { cachedCap, provingKeyEntry, whileKeyUnchanged } from '../../prover/jobs/proving-key.ts';
import { verifyGroth16Statement } from '../../prover/proofs/groth16.ts';
import { lastProgram } from '../../prover/system/modes.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { CIRCUIT_DIGEST } from '../../prover/system/generated/verifying-keys.ts';
import { controlRootOf, keyOf } from '../../prover/system/keys.ts';
import { FileCache } from '../../prover/jobs/file-cache.ts';
import { assemble } from '../support/asm.ts';
import { guest, mode } from '../support/guests.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

/** Knowledge of nothing, with three public inputs. */
function smallCircuit(): ConstraintSystem {
  const system = new ConstraintSystem({ publicCount: 3, mode: 'witness' });
  for (const i of [0, 1, 2]) system.setPublic(i, BigInt(i + 2));
  const input = system.publicInput(2);
  system.enforce(input, input, constLinear(16n), 'square');
  return system;
}

let cacheDir: string;
let prover: Prover;
before(async () => {
  cacheDir = await mkdtemp(path.join(tmpdir(), 'zkvm-groth16-key-'));
  prover = await createProver({ cacheDir, threads: 1 });
});
after(async () => {
  await prover.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const keyFile = (): string => new FileCache(cacheDir).pathOf(provingKeyEntry(CIRCUIT_DIGEST));

describe('the committed verifying key', () => {
  it('is of the committed circuit, has its hash, and is part of the verifier', () => {
    assert.equal(CIRCUIT.digest, CIRCUIT_DIGEST);
    assert.equal(verifyingKeySha256(VERIFYING_KEY), CIRCUIT.verifyingKeySha256);
    assert.match(CIRCUIT.provingKeySha256, /^[0-9a-f]{64}$/);
    assert.equal(2 ** CIRCUIT.logDomain >= CIRCUIT.constraints + 4, true);
    const controlRoot = BigInt(controlRootOf(defaultSystem()).packed);
    const expected = verifierKeyOf(VERIFYING_KEY, { controlRoot, insecureSetup: true });
    assert.deepEqual(groth16Verifier(), expected);
  });

  it('is computed from a circuit as setup computes it', async () => {
    const file = path.join(cacheDir, 'small.zkey');
    await groth16.setup(smallCircuit(), file, { threads: 1 });
    const key = await insecureVerifyingKey(smallCircuit());
    assert.deepEqual(key, await groth16.exportKey(file));
    await rm(file);
    // The secrets of all circuits are the same: these points are the committed ones.
    assert.deepEqual(
      [key.alpha, key.beta, key.gamma, key.delta],
      [VERIFYING_KEY.alpha, VERIFYING_KEY.beta, VERIFYING_KEY.gamma, VERIFYING_KEY.delta],
    );
  });

  it('verifies without a cache, and refuses proofs for any other key', async () => {
    const controlRoot = BigInt(groth16Verifier().controlRoot);
    const toy = await toyGroth16(controlRoot);
    const forged = toy.prove(5n, 0n);
    const selector = verifierHash(groth16Verifier()).slice(2, 10);
    const vkey = `0x${'5'.padStart(64, '0')}` as const;
    await assert.rejects(verifyGroth16Statement(forged, vkey, '0x'), { code: 'selector' });
    const renamed = `0x${selector}${forged.slice(10)}` as const;
    await assert.rejects(verifyGroth16Statement(renamed, vkey, '0x'), (error: unknown) => {
      assert.ok(error instanceof VerificationError && error.code === 'groth16', String(error));
      assert.match(error.message, /damaged or was made for another program or other public values \(groth16\)\.$/);
      return true;
    });
    await assert.rejects(verifyGroth16Statement(`0x${renamed.slice(2)}00`, vkey, '0x'), { code: 'proof-shape' });
    const high = `0x${renamed.slice(2, 10)}${'f'.repeat(64)}${renamed.slice(74)}` as const;
    await assert.rejects(verifyGroth16Statement(high, vkey, '0x'), { code: 'non-canonical' });
  });
});

describe('a cache that somebody could write to', () => {
  /** Everything an attacker can leave there: a key of his own, with records beside it that call it right. */
  const poison = async (bytes: Uint8Array): Promise<void> => {
    await writeFile(keyFile(), bytes);
    await writeFile(`${keyFile()}.sha256`, `${createHash('sha256').update(bytes).digest('hex')}\n`);
    const digest = CIRCUIT_DIGEST.slice(0, 32);
    const foreign = keyToJson({ ...VERIFYING_KEY, alpha: VERIFYING_KEY.ic[0]! });
    for (const name of [`groth16-verifier-insecure-${digest}.json`, `groth16-facts-${digest}.json`]) {
      const text = JSON.stringify(foreign);
      await writeFile(path.join(cacheDir, name), text);
      await writeFile(path.join(cacheDir, `${name}.sha256`), createHash('sha256').update(text).digest('hex'));
    }
  };
  const refusesKey = (run: Promise<unknown>): Promise<void> =>
    assert.rejects(run, (error: unknown) => {
      assert.ok(error instanceof CacheError && error.code === 'CACHE_DAMAGED', String(error));
      assert.ok(error.message.includes(keyFile()) && error.message.includes('delete it'), error.message);
      return true;
    });
  const use = (): Promise<unknown> => whileKeyUnchanged(new FileCache(cacheDir), () => assert.fail('must not be used'));

  it('does not change the verifier', async () => {
    const verifier = groth16Verifier();
    const toy = await toyGroth16(BigInt(verifier.controlRoot));
    await poison(Uint8Array.of(1, 2, 3));
    const proof: Proof = {
      format: 'hardhat-zkvm-proof',
      version: 1,
      mode: 'groth16',
      vkey: `0x${'5'.padStart(64, '0')}`,
      publicValues: '0x',
      exitCode: 0,
      proof: toy.prove(5n, BigInt(`0x${createHash('sha256').digest('hex')}`) & ((1n << 253n) - 1n)),
      stats: { cycles: 1, seconds: {}, peakMemoryBytes: 1, securityBits: 100 },
    };
    await assert.rejects(prover.verify(proof), { code: 'selector' });
    assert.deepEqual(groth16Verifier(), verifier);
  });

  it('is refused where it is used: a foreign key, a truncated or an empty one', async () => {
    const file = path.join(cacheDir, 'foreign.zkey');
    await groth16.setup(smallCircuit(), file, { threads: 1 });
    const foreign = await readFile(file);
    for (const bytes of [foreign, foreign.subarray(0, 1000), new Uint8Array()]) {
      await poison(bytes);
      await refusesKey(prover.setup());
      await refusesKey(use());
    }
    await rm(file);
  });

  it('is refused where a folder is in the place of the key', async () => {
    await rm(keyFile());
    await mkdir(keyFile());
    await assert.rejects(prover.setup(), (error: unknown) => {
      assert.ok(error instanceof CacheError && error.code === 'CACHE_UNREADABLE', String(error));
      return true;
    });
    await rm(keyFile(), { recursive: true });
  });

  it('with other nodes of the wrap key is refused', async () => {
    await rm(`${keyFile()}.sha256`);
    const root = BigInt(String(keyOf(defaultSystem(), lastProgram(defaultSystem()).id).root));
    const digest = root.toString(16).padStart(64, '0');
    const file = new FileCache(cacheDir).pathOf({ name: 'wrap-key-cap', digest, extension: 'json' });
    const nodes = Array.from({ length: 4096 }, (_, i) => String(i));
    for (const text of ['', '{}', 'null', JSON.stringify({ logNodes: 12, nodes })]) {
      await writeFile(file, text);
      await writeFile(`${file}.sha256`, createHash('sha256').update(text).digest('hex'));
      const cap = cachedCap(new FileCache(cacheDir), root, () => assert.fail('must not be computed'));
      await assert.rejects(cap, (error: unknown) => {
        assert.ok(error instanceof CacheError && error.code === 'CACHE_DAMAGED', String(error));
        assert.ok(error.message.includes(file), error.message);
        return true;
      });
    }
    for (const name of await readdir(cacheDir)) await rm(path.join(cacheDir, name));
  });
});

describe('proving with an empty cache', () => {
  const rejects = async (run: Promise<unknown>, kind: abstract new (...args: never) => Error, code: string) => {
    const start = performance.now();
    await assert.rejects(run, (error: unknown) => {
      assert.ok(error instanceof kind, String(error));
      assert.equal((error as { code?: unknown }).code, code);
      return true;
    });
    // Making the key takes minutes.
    assert.ok(performance.now() - start < 30_000);
    assert.deepEqual(await readdir(cacheDir), [], 'nothing was made');
  };

  it('a program that fails, traps or does not halt is refused before any key is made', async () => {
    const selftest = guest('selftest');
    await rejects(prover.prove(selftest, [mode('panic')], { mode: 'groth16' }), GuestError, 'GUEST_EXIT');
    await rejects(prover.prove(selftest, [mode('null')], { mode: 'groth16' }), GuestError, 'GUEST_TRAP');
    const limited = prover.prove(guest('add'), [], { mode: 'groth16', cycleLimit: 10 });
    await rejects(limited, GuestError, 'GUEST_LIMIT');
    const endless = loadProgram(assemble('here: j here').elf);
    await rejects(prover.prove(endless, [], { mode: 'groth16' }), GuestError, 'GUEST_TRAP');
    const counting = loadProgram(assemble('here: addi t0, t0, 1\n j here').elf);
    const counted = prover.prove(counting, [], { mode: 'groth16', cycleLimit: 2 ** 21 });
    await rejects(counted, GuestError, 'GUEST_LIMIT');
  });

  it('two proofs at a time are refused, and the first one is that of its program', async () => {
    const first = prover.prove(guest('selftest'), [mode('null')], { mode: 'groth16' });
    await assert.rejects(prover.prove(guest('add'), [], { mode: 'core' }), { code: 'PROVER_BUSY' });
    await assert.rejects(first, { code: 'GUEST_TRAP' });
  });
});
