/** The last stage: keys of the outermost circuit, its proofs, and what the contract needs to know. Edge: reads files. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Hex, SetupInfo, VerifierKey } from '../api-types.ts';
import { type CacheEntry, FileCache } from '../cache/file-cache.ts';
import { VerificationError, ZkError } from '../core/errors.ts';
import type { ConstantCap } from '../groth16/constant-cap.ts';
import { exportVerifyingKey, proveGroth16, verifyGroth16 } from '../groth16/prove.ts';
import type { ConstraintSystem } from '../groth16/r1cs/system.ts';
import { circuitDigest, type SetupProgress, writeInsecureKey } from '../groth16/setup.ts';
import { logDomain } from '../groth16/setup-scalars.ts';
import { buildShape, buildStatement, PUBLIC_DIGEST_BITS } from '../groth16/statement.ts';
import {
  encodeProof,
  PROOF_LENGTH,
  type SnarkjsProof,
  type SnarkjsVerifyingKey,
  verifierHash,
  verifierKeyFromSnarkjs,
} from '../groth16/verifier-key.ts';
import type { VerifyingKey } from '../stark/key.ts';
import type { ProvedLayer } from './stark-prover.ts';
import { theSystem } from './system.ts';
import { committedCircuitDigest, committedKeys, controlRootOf } from './system-keys.ts';

/** Base field of BN254, to which the coordinates of proof points belong. */
const Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

export type Groth16Options = {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((detail: string, fraction?: number) => void) | undefined;
};

/** Builds the circuit without a witness. About five seconds. */
export function outermostShape(key: VerifyingKey, cap: ConstantCap): ConstraintSystem {
  const { wrap, wrapLayer } = theSystem();
  return buildShape({ machine: wrap.machine, parameters: wrapLayer, key, cap }, 'deferred');
}

/** The three public inputs of a statement: program key, sha256 of the public values without its top bits, control root. */
export function publicInputs(vkey: Hex, publicValues: Hex, controlRoot: Hex): bigint[] {
  const digest = BigInt(`0x${bytesToHex(sha256(hexToBytes(publicValues.slice(2))))}`);
  return [BigInt(vkey), digest & ((1n << BigInt(PUBLIC_DIGEST_BITS)) - 1n), BigInt(controlRoot)];
}

const SETUP_STAGES: readonly SetupProgress['stage'][] = ['scalars', 'ic', 'coefficients', 'a', 'b1', 'b2', 'c', 'h'];

export class Groth16Stage {
  readonly #cache: FileCache;
  readonly #computeCap: () => Promise<ConstantCap>;
  #verifier: { readonly snarkjs: SnarkjsVerifyingKey; readonly key: VerifierKey } | undefined;

  /** `computeCap` is called where the cache has no cap of the wrap key. */
  constructor(cacheDirectory: string | undefined, computeCap: () => Promise<ConstantCap>) {
    this.#cache = new FileCache(cacheDirectory);
    this.#computeCap = computeCap;
  }

  /** Finds or makes the proving key, checks its hash, and describes it. */
  async setup(options: Groth16Options = {}): Promise<SetupInfo> {
    const start = performance.now();
    const entry = keyEntry();
    const created = !(await this.#cache.has(entry));
    let shape: ConstraintSystem | undefined;
    const cap = await this.#cap(options);
    const keyFile = await this.#cache.obtain(entry, async (file) => {
      options.onProgress?.('recording the circuit', 0);
      shape = outermostShape(committedKeys().wrap, cap);
      const digest = circuitDigest(shape);
      if (digest !== entry.digest) {
        throw new ZkError(
          'KEY_MISMATCH',
          'The outermost circuit is not the one its committed digest is for: run "npm run generate".',
        );
      }
      await writeInsecureKey(shape, file, {
        ...(options.threads === undefined ? {} : { threads: options.threads }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        onProgress: ({ stage, done, total }) => {
          const before = SETUP_STAGES.indexOf(stage);
          options.onProgress?.(`development key, part ${stage}`, (before + done / total) / SETUP_STAGES.length);
        },
      });
    });
    const { key } = await this.verifier();
    const { size } = await stat(keyFile);
    const hash = (await readFile(`${keyFile}.sha256`, 'utf8')).trim();
    const facts = await this.#facts(shape, cap);
    return {
      keyFile,
      keyHash: `0x${hash}`,
      keyBytes: size,
      ...facts,
      created,
      seconds: (performance.now() - start) / 1000,
      verifier: key,
    };
  }

  /** The verifying key, from the cache or out of the proving key, which must exist. */
  async verifier(): Promise<{ readonly snarkjs: SnarkjsVerifyingKey; readonly key: VerifierKey }> {
    if (this.#verifier !== undefined) return this.#verifier;
    const entry = { ...keyEntry(), name: 'groth16-verifier-insecure', extension: 'json' };
    const file = await this.#cache.obtain(entry, async (temporary) => {
      if (!(await this.#cache.has(keyEntry()))) throw missingKey();
      await writeFile(temporary, JSON.stringify(await exportVerifyingKey(this.#cache.pathOf(keyEntry()))));
    });
    const snarkjs = JSON.parse(await readFile(file, 'utf8')) as SnarkjsVerifyingKey;
    const controlRoot = BigInt(controlRootOf(committedKeys()).packed);
    const key = verifierKeyFromSnarkjs(snarkjs, { controlRoot, insecureSetup: true });
    this.#verifier = { snarkjs, key };
    return this.#verifier;
  }

  /** Proves a wrap proof; the 260 bytes that the contract takes. */
  async prove(wrapped: ProvedLayer, options: Groth16Options = {}): Promise<Hex> {
    const { wrap, wrapLayer } = theSystem();
    const keyFile = await this.#cache.obtain(keyEntry(), () => Promise.reject(missingKey()));
    options.onProgress?.('building the circuit');
    await new Promise((resolve) => setImmediate(resolve));
    const cap = await this.#cap(options);
    const layer = { machine: wrap.machine, parameters: wrapLayer, key: committedKeys().wrap, cap };
    const system = buildStatement(layer, wrapped, 'deferred');
    options.signal?.throwIfAborted();
    options.onProgress?.('proving with snarkjs');
    const { proof } = await proveGroth16(
      system,
      keyFile,
      options.signal === undefined ? {} : { signal: options.signal },
    );
    return encodeProof((await this.verifier()).key, proof);
  }

  /** Checks 260 proof bytes against a statement. VerificationError with the reason. */
  async verify(bytes: Hex, vkey: Hex, publicValues: Hex): Promise<void> {
    const { snarkjs, key } = await this.verifier();
    const proof = decodeGroth16(bytes, key);
    const inputs = publicInputs(vkey, publicValues, key.controlRoot);
    if (!(await verifyGroth16(snarkjs, inputs, proof))) {
      throw new VerificationError(
        'groth16',
        'groth16',
        'the pairing check fails: the proof is not for this program and these public values',
      );
    }
  }

  /** The cap of the wrap key's tree: from the cache, or computed. The circuit checks it against the key's root. */
  async #cap(options: Groth16Options): Promise<ConstantCap> {
    const { root } = committedKeys().wrap;
    const digest = BigInt(String(root)).toString(16).padStart(64, '0');
    const entry = { name: 'wrap-key-cap', digest, extension: 'json' };
    const file = await this.#cache.obtain(entry, async (temporary) => {
      options.onProgress?.('wrap key', 0);
      const cap = await this.#computeCap();
      if (cap.root !== root) {
        throw new ZkError(
          'KEY_MISMATCH',
          'The wrap program is not the one its committed key is for: run "npm run generate".',
        );
      }
      await writeFile(temporary, JSON.stringify({ logNodes: cap.logNodes, nodes: cap.nodes.map(String) }));
    });
    const data = JSON.parse(await readFile(file, 'utf8')) as { logNodes: number; nodes: string[] };
    return { root: BigInt(String(root)), logNodes: data.logNodes, nodes: data.nodes.map(BigInt) };
  }

  /** Size of the circuit: from the circuit at hand, or from the cache, or recorded now. */
  async #facts(
    shape: ConstraintSystem | undefined,
    cap: ConstantCap,
  ): Promise<{ constraints: number; logDomain: number }> {
    const entry = { ...keyEntry(), name: 'groth16-facts', extension: 'json' };
    const file = await this.#cache.obtain(entry, async (temporary) => {
      const system = shape ?? outermostShape(committedKeys().wrap, cap);
      const facts = { constraints: system.constraintCount, logDomain: logDomain(system) };
      await writeFile(temporary, JSON.stringify(facts));
    });
    return JSON.parse(await readFile(file, 'utf8')) as { constraints: number; logDomain: number };
  }
}

/** Reads proof bytes. VerificationError for a wrong length, selector, or a coordinate outside the field. */
export function decodeGroth16(bytes: Hex, key: VerifierKey): SnarkjsProof {
  const refuse = (code: string, problem: string): never => {
    throw new VerificationError(code, 'groth16', problem);
  };
  const length = (bytes.length - 2) / 2;
  if (length !== PROOF_LENGTH) refuse('proof-shape', `a proof has ${PROOF_LENGTH} bytes, got ${length}`);
  const selector = verifierHash(key).slice(0, 10);
  if (bytes.slice(0, 10).toLowerCase() !== selector) {
    refuse('selector', `the proof is for verifier ${bytes.slice(0, 10)}, this version is ${selector}`);
  }
  const words = Array.from({ length: 8 }, (_, i) => BigInt(`0x${bytes.slice(10 + 64 * i, 74 + 64 * i)}`));
  if (words.some((value) => value >= Q)) refuse('non-canonical', 'a coordinate is not below the field modulus');
  const at = (i: number): string => String(words[i]);
  return {
    pi_a: [at(0), at(1), '1'],
    pi_b: [
      [at(3), at(2)],
      [at(5), at(4)],
      ['1', '0'],
    ],
    pi_c: [at(6), at(7), '1'],
  };
}

function keyEntry(): CacheEntry {
  return { name: 'groth16-insecure-development', digest: committedCircuitDigest(), extension: 'zkey' };
}

function missingKey(): ZkError {
  return new ZkError('KEY_MISSING', 'There is no Groth16 key in the cache: run "zkvm setup" first.');
}
