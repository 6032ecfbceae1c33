/**
 * The STARK stages on one thread pool: core proves an execution, every other stage is a recursion program that verifies proofs
 * of earlier ones. Synchronous; runs wherever it is constructed.
 */
import type { MachineTrace } from '../air/machine.ts';
import { ZkError } from '../core/errors.ts';
import { wasmHashBn254 } from '../pcs/wasm/hash-bn254.ts';
import { type WasmHash, wasmHashKoalaBear } from '../pcs/wasm/hash-koalabear.ts';
import { CORE, type Notes, type RecursionKind, type RecursionProgram } from '../recursion/program.ts';
import { recordProgram, recordRun } from '../recursion/record.ts';
import type { Program as RecordedProgram } from '../machines/recursion/program.ts';
import type { VerifyingKey } from '../stark/key.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import type { LayerProof } from '../stark/proof.ts';
import { proveLayer, type Step } from '../stark/prove.ts';
import type { ProvingKey } from '../stark/prover/interface.ts';
import { commitOnThreads, commitOutside, createWasmLayerProver, wasmProverHash } from '../stark/prover/wasm.ts';
import { type CommitColumns, setupKey } from '../stark/setup.ts';
import type { ProverHash } from '../verifier/suite.ts';
import { suiteOf } from '../verifier/suites.ts';
import type { ExecutionRecord } from '../vm/execution-record.ts';
import type { Program } from '../vm/program.ts';
import { createThreadPool, type ThreadPool } from '../wasm/thread-pool.ts';
import type { System } from './definition.ts';
import { controlRootOf, inputOf, keyOf, programFor } from './keys.ts';
import { KeyCache } from './key-cache.ts';
import { coreKeyDigest, coreProvingKey } from './program-key.ts';
import type { CoreProof, ProvedLayer, StageProof } from './proved-layer.ts';
import { chooseCore, keyTiers } from './tiers.ts';

/** What a stage is doing: a step of the layer's prover, or one before it. */
export type OnStep = (step: Step | 'trace' | 'key' | 'record') => void;

type Layer = { readonly machine: RecursionKind['target']['machine']; readonly parameters: LayerParameters };

export class StarkProver {
  readonly #system: System;
  readonly #pool: ThreadPool;
  readonly #keys = new KeyCache();
  readonly #hashes: Readonly<Record<LayerParameters['hash'], WasmHash>>;

  private constructor(system: System, pool: ThreadPool) {
    this.#system = system;
    this.#pool = pool;
    this.#hashes = { kb: wasmHashKoalaBear(pool), bn: wasmHashBn254(pool) };
  }

  static async create(system: System, threads?: number): Promise<StarkProver> {
    return new StarkProver(system, await createThreadPool(threads === undefined ? {} : { threads }));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Digest of the program's verifying key on the smallest machine: eight base elements. CapacityError. */
  programDigest(program: Program): number[] {
    const { cores, tiers } = this.#system;
    const core = cores[0]!;
    const tier = keyTiers(tiers, core.preprocess(program))[0]!;
    return this.#pool.arena.scope(() => {
      const { key } = coreProvingKey(program, { core, tier }, this.#commit(tier));
      return coreKeyDigest({ core, tier }, key);
    });
  }

  /** Proves an execution on the smallest machine and tier that can. CapacityError when it is too long. */
  core(program: Program, record: ExecutionRecord, onStep: OnStep = () => undefined): CoreProof {
    onStep('trace');
    const layer = chooseCore(this.#system, program, record);
    const { core, tier } = layer;
    const { main, publicValues } = core.fill(program, record);
    return this.#pool.arena.scope(() => {
      onStep('key');
      const key = this.#kept(program, { machine: core.machine, parameters: tier }, (commit) =>
        coreProvingKey(program, layer, commit),
      );
      const proof = this.#prove({ machine: core.machine, parameters: tier }, key, publicValues, main, onStep);
      return { kind: CORE, tier: tier.id, key: key.key, publicValues, proof };
    });
  }

  /**
   * Proves that these proofs verify, with the program that makes a proof of `kind` from them; it is told the control root and
   * `notes`. Errors: ZkError BAD_KIND, BAD_KEY, KEY_MISSING, KEY_MISMATCH; RangeError for a missing note; VerificationError for
   * proofs that do not verify, or are not those that the program is about.
   */
  prove(kind: string, proofs: readonly StageProof[], notes: Notes = {}, onStep: OnStep = () => undefined): ProvedLayer {
    const program = programFor(this.#system, kind, proofs);
    const expected = keyOf(this.#system, program.id);
    onStep('record');
    const inputs = proofs.map((proof) => inputOf(this.#system, proof));
    const isRootless = Object.hasOwn(program.blankNotes, 'controlRoot');
    const root = isRootless ? { controlRoot: controlRootOf(this.#system).felts } : {};
    const run = recordRun(program, inputs, { ...root, ...notes });
    return this.#pool.arena.scope(() => {
      onStep('key');
      const key = this.#kept(program, layerOf(program.kind), (commit) => this.#key(program, run.program, commit));
      if (String(key.key.root) !== String(expected.root)) throw notOfItsKey(program);
      const { target } = program.kind;
      const proof = this.#prove(layerOf(program.kind), key, run.publicValues, target.trace(run), onStep);
      return { kind, key: key.key, publicValues: run.publicValues, proof };
    });
  }

  /** The verifying keys of all recursion programs by their ids, computed from the programs. Takes a minute at full size. */
  computeKeys(onKey: (id: string) => void = () => undefined): Map<string, VerifyingKey> {
    return new Map(
      this.#system.programs.map((program) => {
        onKey(program.id);
        return [program.id, this.withKey(program, ({ key }) => key)];
      }),
    );
  }

  /** Computes the key of a program, with its tree, for as long as `use` runs. */
  withKey<T>(program: RecursionProgram, use: (key: ProvingKey) => T): T {
    return this.#pool.arena.scope(() => use(this.#key(program, recordProgram(program))));
  }

  #key({ kind }: RecursionProgram, recorded: RecordedProgram, commit = this.#commit(kind.layer)): ProvingKey {
    const { machine, parameters } = layerOf(kind);
    return setupKey(this.#hash(parameters), machine, parameters, kind.target.preprocess(recorded), [], commit);
  }

  /** The key of a program, kept from an earlier proof or made for as long as the arena's scope. */
  #kept(owner: object, { machine, parameters }: Layer, make: (commit: CommitColumns) => ProvingKey): ProvingKey {
    if (!this.#keys.hasRoomFor(parameters)) return make(this.#commit(parameters));
    const outside = (): ProvingKey => make(commitOutside(this.#pool, this.#hashes[parameters.hash]));
    return this.#keys.get(owner, machine.name, parameters, outside);
  }

  #prove(
    { machine, parameters }: Layer,
    key: ProvingKey,
    publicValues: readonly number[],
    trace: MachineTrace,
    onStep: OnStep,
  ): LayerProof {
    const create = createWasmLayerProver(this.#pool, this.#hashes[parameters.hash]);
    return proveLayer(this.#hash(parameters), create, machine, parameters, key, publicValues, trace, { onStep });
  }

  #hash(parameters: LayerParameters): ProverHash {
    return wasmProverHash(suiteOf(parameters), this.#hashes[parameters.hash]);
  }

  #commit({ hash }: LayerParameters): CommitColumns {
    return commitOnThreads(this.#pool, this.#hashes[hash]);
  }
}

function layerOf({ target, layer }: RecursionKind): Layer {
  return { machine: target.machine, parameters: layer };
}

function notOfItsKey({ id }: RecursionProgram): ZkError {
  return new ZkError(
    'KEY_MISMATCH',
    `The recursion program "${id}" of this prover is not the one its committed verifying key is for: run "npm run generate".`,
  );
}
