/** `createProver`: the public object. It plans, has the jobs scheduled, and verifies what comes out. */
import { stat } from 'node:fs/promises';
import { VerificationError, ZkError } from '../core/errors.ts';
import type { Hex } from '../core/hex.ts';
import { MAX_SHARDS } from '../proofs/execution-body.ts';
import { provedStatements } from '../proofs/composition.ts';
import { groth16Verifier } from '../proofs/groth16.ts';
import type { Proof, VerifyReport } from '../proofs/proof.ts';
import { modeSecurityBits } from '../proofs/verify.ts';
import { defaultSystem } from '../system/default.ts';
import type { System } from '../system/definition.ts';
import { CIRCUIT } from '../system/generated/groth16-key.ts';
import { KIND_OF_MODE } from '../system/modes.ts';
import { CapacityError } from '../system/tiers.ts';
import type { Program } from '../vm/program.ts';
import { type Artifact, ArtifactError, type ArtifactId, idOf } from './artifact.ts';
import { refuseExitCode } from './errors.ts';
import { FileCache } from './file-cache.ts';
import type { Job, JobId } from './job.ts';
import { checksIn, notInCore, refusedInput, reliedOn } from './given-proofs.ts';
import { cap, capArtifact, decodeCap, rootOf } from './kinds/cap.ts';
import { decodeCoreArtifact } from './kinds/core.ts';
import { decodeExecuted, type Executed } from './kinds/execution.ts';
import { inputArtifact, programArtifact } from './kinds/input.ts';
import { jobOf } from './kinds/kind.ts';
import { decodeProgramKey, programKey } from './kinds/program-key.ts';
import { setup } from './kinds/setup.ts';
import { madeProof } from './made-proof.ts';
import { PeakMemory } from './peak-memory.ts';
import { executeJob, plan, type Plan } from './plan.ts';
import { cachedCap, committedEntry, hasCap } from './proving-key.ts';
import { madeAgain, Progress, RunProgress } from './progress.ts';
import { RunFolder } from './run-folder.ts';
import { schedule, type ScheduleOptions } from './scheduler.ts';
import { type Statement, verifyStatement } from './statement.ts';
import { type ArtifactStore, MemoryStore } from './store.ts';
import type { ProveOptions, Prover, ProverOptions, SetupInfo } from './types.ts';
import { busy, type Worker } from './worker.ts';
import { MachineWorker } from './workers/machine.ts';

/** What a prover can be given besides its settings. */
export type ProverParts = {
  /** What runs the jobs, instead of this machine; it is closed with the prover. The proving key is made where `setup` is run. */
  readonly workers?: readonly Worker[];
  /** File or address of the module of a Groth16 implementation (`Groth16Prover`, its default export) for this machine. */
  readonly groth16?: string | URL;
  /** Another system than that of this version; its workers must be given, and know the same. */
  readonly system?: System;
};

/** What a run begins with. */
type GivenArtifacts = { readonly program: Artifact; readonly input: Artifact };

/** What is watched of jobs: the time they take, who made them, how far they are. */
type Watch = {
  readonly seconds?: Record<string, number>;
  readonly made?: Set<JobId>;
  readonly watch?: RunProgress;
} & Pick<ScheduleOptions, 'wanted' | 'givenBy'>;

/** Starts nothing yet: threads begin with the first job. */
export function createProver(options: ProverOptions = {}, parts: ProverParts = {}): Promise<Prover> {
  return Promise.resolve(new LocalProver(options, parts));
}

class LocalProver implements Prover {
  readonly #system: System;
  readonly #options: ProverOptions;
  readonly #cache: FileCache;
  readonly #workers: readonly Worker[];
  readonly #progress: Progress;
  #isBusy = false;

  constructor(options: ProverOptions, { workers, groth16, system = defaultSystem() }: ProverParts) {
    this.#system = system;
    this.#options = options;
    this.#cache = new FileCache(options.cacheDir);
    const { threads } = options;
    this.#workers = workers ?? [new MachineWorker({ threads, cache: this.#cache, groth16 })];
    this.#progress = new Progress(options.onProgress);
  }

  setup(): Promise<SetupInfo> {
    return this.#stopped(() => this.#progress.stage('setup', () => this.#setup()));
  }

  programKey(program: Program): Promise<{ readonly vkey: Hex }> {
    return this.#alone(async () => {
      const store = new MemoryStore();
      const job = jobOf(this.#system, programKey, [await store.put(programArtifact(program))]);
      return { vkey: decodeProgramKey(await this.#resultOf(job, store)) };
    });
  }

  async prove(program: Program, input: readonly Uint8Array[], options: ProveOptions): Promise<Proof> {
    if (!Object.hasOwn(KIND_OF_MODE, options.mode)) throw unknownMode(options.mode);
    return this.#alone(() => this.#prove(program, input, options));
  }

  /** The proof of a run, with what is finished of it in a folder of its own where there is one for runs. */
  async #prove(program: Program, input: readonly Uint8Array[], options: ProveOptions): Promise<Proof> {
    const { resultsDir } = this.#options;
    const { proofs = [], onProof = () => Promise.resolve() } = options;
    const given = {
      program: programArtifact(program),
      input: inputArtifact(input, provedStatements(proofs)),
    };
    if (resultsDir === undefined) {
      const proof = await this.#proveIn(new MemoryStore(), given, options, () => undefined);
      await onProof(proof);
      return proof;
    }
    const folder = await RunFolder.open(resultsDir, runDigest(this.#system, given));
    let isWorthKeeping = !folder.isNew;
    try {
      const proof = await this.#proveIn(folder.store, given, options, () => void (isWorthKeeping = true));
      await onProof(proof);
      // A proof that is there is not lost because a folder stays.
      await folder.finish().catch((error: unknown) => this.#progress.note((error as Error).message));
      return proof;
    } catch (error) {
      const isRefused = error instanceof ZkError && error.code === 'PROOF_REFUSED';
      if (isRefused || !isWorthKeeping) await folder.remove().catch(() => undefined);
      else await folder.release();
      throw error;
    }
  }

  async #proveIn(
    store: ArtifactStore,
    given: GivenArtifacts,
    { mode, cycleLimit, proofs: provedBefore = [], onRun }: ProveOptions,
    onProve: () => void,
  ): Promise<Proof> {
    const system = this.#system;
    const inputs = { program: await store.put(given.program), input: await store.put(given.input), cycleLimit };
    const seconds: Record<string, number> = {};
    const made = new Set<JobId>();
    // First what takes a second: a program that fails, or has no room in a proof, is refused before anything is made.
    const first = executeJob(system, inputs);
    const executed = await this.#executed(first, store, { seconds, made });
    const { exitCode, stdout, stderr, cycles } = executed;
    if (mode === 'groth16') refuseExitCode(exitCode, stderr);
    if (mode === 'core' && executed.shards.length > MAX_SHARDS) throw tooManyShards(executed.shards.length);
    const relied = reliedOn(executed.verified, provedBefore, (sentence) => this.#progress.note(sentence));
    if (mode === 'core' && relied.length > 0) throw notInCore();
    onRun?.({ exitCode, stdout, stderr });
    await this.#verifyGiven(relied, provedBefore, seconds);
    // Before the long work: a missing key is made now, and a cache that cannot be used is refused now.
    const known = mode === 'groth16' ? await this.#keys(store) : undefined;
    onProve();
    const memory = new PeakMemory();
    const checks = await checksIn(store, executed.verified, relied);
    const run = plan(system, mode, inputs, executed, { cap: known, checks });
    const wanted = [...run.proofs, run.key].map(({ id }) => id);
    const options = { wanted: [...wanted, executed.ending], givenBy: run.givenBy };
    const results = await this.#run(run.jobs, store, { seconds, made, watch: new RunProgress(run), ...options });
    const artifactOf = (job: Job): Promise<Artifact> => store.get(results.get(job.id) ?? '');
    const [key, ending] = [await artifactOf(run.key), await store.get(executed.ending)];
    const proofs = await Promise.all(run.proofs.map(artifactOf));
    const madeOf = (): Statement => madeProof(system, mode, executed, { key, proofs, ending });
    const statement = await this.#progress.stage('verify', () => this.#checkOwn(madeOf, run, store), seconds);
    // Which tiers later shards took stands in their proofs alone: the weakest one is meant.
    const tier = executed.shards.length === 1 ? decodeCoreArtifact(system, key).tier : undefined;
    const securityBits = modeSecurityBits(system, mode, tier);
    return { ...statement, stats: { cycles, seconds, peakMemoryBytes: memory.stop(), securityBits } };
  }

  /** The record of the execution: an earlier one if it is one, else a new one. */
  async #executed(first: Job, store: ArtifactStore, watch: Watch): Promise<Executed> {
    try {
      return decodeExecuted(await this.#resultOf(first, store, watch));
    } catch (error) {
      if (!(error instanceof ArtifactError) || watch.made?.has(first.id) === true) throw error;
      this.#progress.note(madeAgain(first, undefined, error));
      await store.forgetResult(first.id);
      return decodeExecuted(await this.#resultOf(first, store, watch));
    }
  }

  async verify(proof: Proof, vkey?: Hex): Promise<VerifyReport> {
    const start = performance.now();
    if (vkey !== undefined && vkey.toLowerCase() !== proof.vkey) {
      const problem = `the proof is for program ${proof.vkey}, expected ${vkey}`;
      const sentence = `The proof is for another program: its verifying key is ${proof.vkey}, expected was ${vkey}`;
      throw new VerificationError('program-key', 'statement', problem, sentence);
    }
    await verifyStatement(this.#system, proof);
    const { mode, publicValues, exitCode } = proof;
    const seconds = (performance.now() - start) / 1000;
    return {
      mode,
      vkey: proof.vkey,
      publicValues,
      exitCode,
      seconds,
      securityBits: modeSecurityBits(this.#system, mode),
    };
  }

  /** A bad proof among those that a program relies on is found in seconds, and not when it is checked, after minutes. */
  async #verifyGiven(
    relied: readonly Proof[],
    given: readonly Proof[],
    seconds: Record<string, number>,
  ): Promise<void> {
    if (relied.length === 0) return;
    await this.#progress.stage(
      'verify-inputs',
      async () => {
        for (const proof of new Set(relied)) {
          this.#options.signal?.throwIfAborted();
          await verifyStatement(this.#system, proof).catch((error: unknown) => {
            throw error instanceof ZkError ? refusedInput(proof, given, error) : error;
          });
        }
      },
      seconds,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** Finds or makes the proving key, checks that it is the one of this version, and describes it. */
  async #setup(): Promise<SetupInfo> {
    const start = performance.now();
    this.#options.signal?.throwIfAborted();
    const entry = committedEntry();
    const created = !(await this.#cache.has(entry));
    if (!created) this.#progress.tick('setup', { step: 'checking the proving key' });
    const keyFile = await this.#cache.obtain(entry, async (file) => {
      const store = new MemoryStore();
      const nodes = await this.#cap(store);
      await this.#run([jobOf(this.#system, setup, [nodes], { file })], store);
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

  /** What mode groth16 takes of the cache: the proving key, made where it is missing, and the nodes of wrap's key. */
  async #keys(store: ArtifactStore): Promise<ArtifactId> {
    await this.setup();
    return this.#cap(store);
  }

  /** The nodes of wrap's key, from the cache, where they are kept when they had to be computed. */
  async #cap(store: ArtifactStore): Promise<ArtifactId> {
    if (!(await hasCap(this.#cache, rootOf(this.#system))))
      this.#progress.tick('setup', { step: 'wrap key', fraction: 0 });
    const compute = async () => decodeCap(this.#system, await this.#resultOf(jobOf(this.#system, cap, []), store));
    return store.put(capArtifact(await cachedCap(this.#cache, rootOf(this.#system), compute)));
  }

  #run(jobs: readonly Job[], store: ArtifactStore, { seconds = {}, made, watch, ...more }: Watch = {}) {
    return schedule(jobs, {
      workers: this.#workers,
      store,
      signal: this.#options.signal,
      onEvent: this.#progress.ofJobs(seconds, watch),
      onLeft: (left) => {
        const sentence = watch?.left(left);
        if (sentence !== undefined) this.#progress.note(sentence);
      },
      made,
      ...more,
    });
  }

  async #resultOf(job: Job, store: ArtifactStore, watch: Watch = {}): Promise<Artifact> {
    return store.get((await this.#run([job], store, watch)).get(job.id) ?? '');
  }

  /** One call at a time: between the jobs of one proof a worker keeps one execution only. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw busy();
    this.#isBusy = true;
    try {
      return await this.#stopped(work);
    } finally {
      this.#isBusy = false;
    }
  }

  /** When a call rejects because it was aborted, nothing of it is left: workers that idle since an earlier job go as well. */
  async #stopped<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.#options.signal?.aborted === true) await this.close();
      throw error;
    }
  }

  /** Nobody gets a proof that no verifier accepts, whatever went wrong: a fault of ours, of a machine, a key exchanged meanwhile. */
  async #checkOwn(made: () => Statement, { jobs }: Plan, store: ArtifactStore): Promise<Statement> {
    try {
      const proof = made();
      await verifyStatement(this.#system, proof);
      return proof;
    } catch (error) {
      const { message } = error as Error;
      // Which stage was wrong, nobody knows.
      for (const job of jobs) await store.forgetResult(job.id);
      throw new ZkError(
        'PROOF_REFUSED',
        `The proof that was made is refused by the verifier, so it was thrown away: ${message} Try again, and report it if it happens again.`,
        { cause: error },
      );
    }
  }
}

/** Callers without types may ask for anything. */
function unknownMode(mode: string): RangeError {
  return new RangeError(`"mode" expected ${Object.keys(KIND_OF_MODE).join(', ')}, got ${JSON.stringify(mode)}`);
}

function tooManyShards(count: number): CapacityError {
  return new CapacityError(
    'TOO_LARGE',
    `The execution falls into ${count} shards, and a proof of mode core has room for ${MAX_SHARDS}: prove it in mode compressed or groth16, whose proofs have one size for any number.`,
  );
}

/** Names a run: version, program and input, whatever the mode and the limit. */
function runDigest(system: System, { program, input }: GivenArtifacts): string {
  return executeJob(system, { program: idOf(program), input: idOf(input) }).id.replace(/^job-/, '');
}
