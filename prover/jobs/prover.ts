/** `createProver`: the public object over the prover thread, the Groth16 stage and the verifiers. */
import type { Hex } from '../core/hex.ts';
import type { ProgressEvent, ProveOptions, Prover, ProverOptions, SetupInfo } from '../api.ts';
import type { Proof, VerifyReport } from '../proofs/proof.ts';
import { bytesToHex } from '@noble/hashes/utils.js';
import { VerificationError, ZkError } from '../core/errors.ts';
import type { Program } from '../vm/program.ts';
import { Groth16Stage } from './groth16-stage.ts';
import { verifyGroth16Statement } from '../proofs/groth16.ts';
import type { ExecuteResult, ProveResult, StageEvent } from './jobs.ts';
import { PeakMemory } from './peak-memory.ts';
import { coreKeyDigest, packDigest } from '../system/program-key.ts';
import { encodeBody } from '../proofs/body.ts';
import { proofText } from '../proofs/file.ts';
import { busy, ProverThread } from './prover-thread.ts';
import { outputOf } from '../recursion/program.ts';
import { KIND_OF_MODE } from '../system/modes.ts';
import { defaultSystem } from '../system/default.ts';
import { coreOf, kindOf, type System } from '../system/definition.ts';
import { modeSecurityBits, verifyCompressed, verifyCore } from '../proofs/verify.ts';

type Report = (detail: string, fraction?: number) => void;

/** A proof without what it cost. */
type Statement = Omit<Proof, 'stats'>;

/** Starts nothing yet: the thread begins with the first job. */
export function createProver(options: ProverOptions = {}): Promise<Prover> {
  return Promise.resolve(new LocalProver(defaultSystem(), options));
}

class LocalProver implements Prover {
  readonly #system: System;
  readonly #options: ProverOptions;
  readonly #thread: ProverThread;
  readonly #groth16: Groth16Stage;
  #proving = false;

  constructor(system: System, options: ProverOptions) {
    this.#system = system;
    this.#options = options;
    this.#thread = new ProverThread(options.threads);
    this.#groth16 = new Groth16Stage(system, options.cacheDir, () => this.#thread.cap(options.signal));
  }

  setup(): Promise<SetupInfo> {
    return this.#stage('setup', (report) =>
      this.#groth16.setup({ threads: this.#options.threads, signal: this.#options.signal, onProgress: report }),
    );
  }

  async programKey(program: Program): Promise<{ readonly vkey: Hex }> {
    return { vkey: packDigest(await this.#thread.digest({ kind: 'digest', program }, this.#options.signal)) };
  }

  async prove(
    program: Program,
    input: readonly Uint8Array[],
    { mode, cycleLimit, onRun }: ProveOptions,
  ): Promise<Proof> {
    // Between the two jobs of one proof the thread is free, and keeps one execution only.
    if (this.#proving) throw busy();
    this.#proving = true;
    try {
      const { signal } = this.#options;
      const forward = (event: StageEvent): void => this.#forward(event);
      const target = KIND_OF_MODE[mode];
      // First what takes a second: a program that fails, or has no room in a proof, is refused before anything is made.
      const run = { kind: 'execute', program, input: [...input], target, cycleLimit } as const;
      const executed = await this.#thread.execute(run, forward, signal);
      const { exitCode, stdout, stderr } = executed;
      onRun?.({ exitCode, stdout, stderr });
      // Before the long work: a missing key is made now, and a cache that cannot be used is refused now.
      if (mode === 'groth16') await this.setup();
      const memory = new PeakMemory();
      const result = await this.#thread.prove({ kind: 'prove', target }, forward, signal);
      const seconds: Record<string, number> = { execute: executed.seconds, ...result.seconds };
      const timed = async <T>(stage: string, work: (report: Report) => Promise<T>): Promise<T> => {
        const start = performance.now();
        const value = await this.#stage(stage, work);
        seconds[stage] = (performance.now() - start) / 1000;
        return value;
      };
      const text = await this.#finish(result, timed);
      const proof = { ...statementOf(this.#system, mode, executed, result), proof: text };
      await timed('verify', () => this.#checkOwn(proof));
      const securityBits = modeSecurityBits(this.#system, mode, result.core.tier);
      const stats = { cycles: executed.cycles, seconds, peakMemoryBytes: memory.stop(), securityBits };
      return { ...proof, stats };
    } finally {
      this.#proving = false;
    }
  }

  /** The last proof of a run as text; Groth16 where wrap was proved. */
  async #finish(
    { core, lift, wrap }: ProveResult,
    timed: (stage: string, work: (report: Report) => Promise<Hex>) => Promise<Hex>,
  ): Promise<string> {
    if (wrap === undefined) return proofText(encodeBody(this.#system, lift ?? core));
    // The STARK memory is not needed any more, and snarkjs needs its own.
    await this.#thread.close();
    const { signal } = this.#options;
    return timed('groth16', (report) => this.#groth16.prove(wrap, { signal, onProgress: report }));
  }

  /** Nobody gets a proof that no verifier accepts, whatever went wrong: a fault of ours, of the machine, a key exchanged meanwhile. */
  async #checkOwn(proof: Statement): Promise<void> {
    try {
      await verifyStatement(this.#system, proof);
    } catch (error) {
      const { message } = error as Error;
      throw new ZkError(
        'PROOF_REFUSED',
        `The proof that was made is refused by the verifier, so it was thrown away: ${message} Try again, and report it if it happens again.`,
        { cause: error },
      );
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
    return {
      mode,
      vkey: proof.vkey,
      publicValues,
      exitCode,
      seconds: (performance.now() - start) / 1000,
      securityBits: modeSecurityBits(this.#system, mode),
    };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #report(event: ProgressEvent): void {
    this.#options.onProgress?.(event);
  }

  #forward(event: StageEvent): void {
    if (event.status === 'tick') this.#report({ stage: event.stage, status: 'tick', detail: event.step });
    else this.#report(event);
  }

  async #stage<T>(stage: string, run: (report: Report) => Promise<T>): Promise<T> {
    this.#report({ stage, status: 'start' });
    const start = performance.now();
    const result = await run((detail, fraction) =>
      this.#report({ stage, status: 'tick', detail, ...(fraction === undefined ? {} : { fraction }) }),
    ).catch(async (error: unknown) => {
      // A thread that idles since an earlier job goes as well.
      if (this.#options.signal?.aborted === true) await this.#thread.close();
      throw error;
    });
    this.#report({ stage, status: 'done', seconds: (performance.now() - start) / 1000 });
    return result;
  }
}

/** What a run proves. */
function statementOf(
  system: System,
  mode: Proof['mode'],
  { publicValues, exitCode }: ExecuteResult,
  { core, lift }: ProveResult,
): Omit<Statement, 'proof'> {
  const digest =
    lift === undefined
      ? coreKeyDigest(coreOf(system, core.key.machine, core.tier), core.key)
      : outputOf(kindOf(system, lift.kind), lift.publicValues, 'keyDigest');
  return {
    format: 'hardhat-zkvm-proof',
    version: 1,
    mode,
    vkey: packDigest(digest),
    publicValues: `0x${bytesToHex(publicValues)}`,
    exitCode,
  };
}

/** Verifies a proof of any mode against the statement beside it. VerificationError, ProofFileError. */
async function verifyStatement(system: System, proof: Statement): Promise<void> {
  if (proof.mode === 'core') verifyCore(system, proof);
  else if (proof.mode === 'compressed') verifyCompressed(system, proof);
  else {
    if (proof.exitCode !== 0) {
      const sentence = `The file states exit code ${proof.exitCode}, but a groth16 proof is always one of exit code 0`;
      throw new VerificationError('statement', 'statement', 'a groth16 proof is for exit code 0', sentence);
    }
    await verifyGroth16Statement(proof.proof as Hex, proof.vkey, proof.publicValues);
  }
}
