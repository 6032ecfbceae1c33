/** The last stage: the proving key of the outermost circuit, and proofs with it. Edge: reads files. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { Hex } from '../core/hex.ts';
import type { SetupInfo } from '../api.ts';
import { CacheError, type CacheEntry, FileCache } from './file-cache.ts';
import { ZkError } from '../core/errors.ts';
import { assertCap, type ConstantCap } from '../groth16/circuit/constant-cap.ts';
import { proveGroth16 } from '../groth16/snarkjs/prove.ts';
import type { ConstraintSystem } from '../groth16/circuit/r1cs/system.ts';
import { circuitDigest, type SetupProgress, writeInsecureKey } from '../groth16/snarkjs/setup.ts';
import { buildShape, buildStatement, type WrapLayer } from '../groth16/circuit/statement.ts';
import { encodeProof } from '../groth16/key/verifier-key.ts';
import { CIRCUIT } from '../system/generated/groth16-key.ts';
import { groth16Verifier } from '../proofs/groth16.ts';
import type { ProvedLayer } from '../system/proved-layer.ts';
import { CIRCUIT_DIGEST } from '../system/generated/verifying-keys.ts';
import type { System } from '../system/definition.ts';
import { keyOf } from '../system/keys.ts';
import { lastProgram } from '../system/modes.ts';

export type Groth16Options = {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((detail: string, fraction?: number) => void) | undefined;
};

/** Builds the circuit without a witness. About five seconds. */
export function outermostShape(system: System, cap: ConstantCap): ConstraintSystem {
  return buildShape(wrapLayerOf(system, cap), 'deferred');
}

/** The layer that the outermost circuit verifies, under its key. */
function wrapLayerOf(system: System, cap: ConstantCap): WrapLayer {
  const program = lastProgram(system);
  const { target, layer } = program.kind;
  return { machine: target.machine, parameters: layer, key: keyOf(system, program.id), cap };
}

const SETUP_STAGES: readonly SetupProgress['stage'][] = ['scalars', 'ic', 'coefficients', 'a', 'b1', 'b2', 'c', 'h'];

/** Name and place of the development key of a circuit in the cache. */
export function provingKeyEntry(digest: string, sha256?: string): CacheEntry {
  const entry = { name: 'groth16-insecure-development', digest, extension: 'zkey' };
  return sha256 === undefined ? entry : { ...entry, sha256 };
}

/** Writes the development key of a circuit to a new file. */
export function writeKey(shape: ConstraintSystem, file: string, options: Groth16Options = {}): Promise<void> {
  return writeInsecureKey(shape, file, {
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onProgress: ({ stage, done, total }) => {
      const before = SETUP_STAGES.indexOf(stage);
      options.onProgress?.(`development key, part ${stage}`, (before + done / total) / SETUP_STAGES.length);
    },
  });
}

export class Groth16Stage {
  readonly #system: System;
  readonly #cache: FileCache;
  readonly #computeCap: () => Promise<ConstantCap>;

  /** `computeCap` is called where the cache has no cap of the wrap key. */
  constructor(system: System, cacheDirectory: string | undefined, computeCap: () => Promise<ConstantCap>) {
    this.#system = system;
    this.#cache = new FileCache(cacheDirectory);
    this.#computeCap = computeCap;
  }

  /** Finds or makes the proving key, checks that it is the one of this version, and describes it. */
  async setup(options: Groth16Options = {}): Promise<SetupInfo> {
    const start = performance.now();
    const entry = committedEntry();
    const created = !(await this.#cache.has(entry));
    if (!created) options.onProgress?.('checking the proving key');
    const keyFile = await this.#cache.obtain(entry, async (file) => {
      const cap = await this.#cap(options);
      options.onProgress?.('recording the circuit', 0);
      const shape = outermostShape(this.#system, cap);
      if (circuitDigest(shape) !== entry.digest) throw notOfThisVersion('outermost circuit', 'digest');
      await writeKey(shape, file, options);
    });
    const { size } = await stat(keyFile);
    const { constraints, logDomain, provingKeySha256 } = CIRCUIT;
    return {
      keyFile,
      keyHash: `0x${provingKeySha256}`,
      keyBytes: size,
      constraints,
      logDomain,
      created,
      seconds: (performance.now() - start) / 1000,
      verifier: groth16Verifier(),
    };
  }

  /** Proves a wrap proof; the 260 bytes that the contract takes. The proving key must exist. */
  async prove(wrapped: ProvedLayer, options: Groth16Options = {}): Promise<Hex> {
    if (!(await this.#cache.has(committedEntry()))) throw missingKey();
    options.onProgress?.('building the circuit');
    await new Promise((resolve) => setImmediate(resolve));
    const cap = await this.#cap(options);
    const system = buildStatement(wrapLayerOf(this.#system, cap), wrapped, 'deferred');
    options.signal?.throwIfAborted();
    // Soundness: a foreign proving key could not make a false proof acceptable, but it could put the witness into it.
    const { proof } = await this.#cache.whileUnchanged(committedEntry(), (keyFile) => {
      options.onProgress?.('proving with snarkjs');
      return proveGroth16(system, keyFile, options.signal === undefined ? {} : { signal: options.signal });
    });
    return encodeProof(groth16Verifier(), proof);
  }

  /** The cap of the wrap key's tree: from the cache, or computed; in either case it hashes to the committed root. */
  async #cap(options: Groth16Options): Promise<ConstantCap> {
    const { root } = keyOf(this.#system, lastProgram(this.#system).id);
    const digest = BigInt(String(root)).toString(16).padStart(64, '0');
    const entry = { name: 'wrap-key-cap', digest, extension: 'json' };
    const file = await this.#cache.obtain(entry, async (temporary) => {
      options.onProgress?.('wrap key', 0);
      const cap = await this.#computeCap();
      if (cap.root !== root) throw notOfThisVersion('wrap program', 'key');
      await writeFile(temporary, JSON.stringify({ logNodes: cap.logNodes, nodes: cap.nodes.map(String) }));
    });
    try {
      const { logNodes, nodes } = JSON.parse(await readFile(file, 'utf8')) as { logNodes: number; nodes: string[] };
      const cap = { root: BigInt(String(root)), logNodes, nodes: nodes.map(BigInt) };
      assertCap(cap);
      return cap;
    } catch (error) {
      throw new CacheError(
        'CACHE_DAMAGED',
        `The file ${file} does not hold the nodes of the wrap key of this version: delete it and run the command again to make it anew.`,
        { cause: error },
      );
    }
  }
}

function committedEntry(): CacheEntry {
  return provingKeyEntry(CIRCUIT_DIGEST, CIRCUIT.provingKeySha256);
}

function notOfThisVersion(what: string, committed: string): ZkError {
  return new ZkError(
    'KEY_MISMATCH',
    `The ${what} is not the one its committed ${committed} is for: install the package anew; after a change of the prover itself run "npm run generate -- keys".`,
  );
}

function missingKey(): ZkError {
  return new ZkError('KEY_MISSING', 'There is no Groth16 key in the cache: run "zkvm setup" first.');
}
