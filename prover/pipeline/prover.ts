/** `createProver`: the public object over the prover thread, the Groth16 stage and the verifiers. */
import type {
  Hex,
  ProgressEvent,
  Proof,
  ProveOptions,
  Prover,
  ProverOptions,
  SetupInfo,
  VerifyReport,
} from '../api-types.ts';
import { bytesToHex } from '@noble/hashes/utils.js';
import { VerificationError } from '../core/errors.ts';
import type { Program } from '../vm/program.ts';
import { Groth16Stage } from './groth16-stage.ts';
import type { StageEvent, Target } from './jobs.ts';
import { PeakMemory } from './memory.ts';
import { coreKeyDigest, packDigest } from './program-key.ts';
import { encodeCore, encodeLift, proofText } from './proof-file.ts';
import { ProverThread } from './prover-thread.ts';
import { LIFT_OUTPUT } from '../recursion/lift.ts';
import { TIERS, tierIndex } from './system.ts';
import { modeSecurityBits, verifyCompressed, verifyCore } from './verify.ts';

const TARGET: Readonly<Record<Proof['mode'], Target>> = { core: 'core', compressed: 'lift', groth16: 'wrap' };

/** Starts nothing yet: the thread begins with the first job. */
export function createProver(options: ProverOptions = {}): Promise<Prover> {
  return Promise.resolve(new LocalProver(options));
}

class LocalProver implements Prover {
  readonly #options: ProverOptions;
  readonly #thread: ProverThread;
  readonly #groth16: Groth16Stage;

  constructor(options: ProverOptions) {
    this.#options = options;
    this.#thread = new ProverThread(options.threads);
    this.#groth16 = new Groth16Stage(options.cacheDir, () => this.#thread.cap(options.signal));
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
    const { signal } = this.#options;
    // Before the long work: a missing key is made now, and a cache that cannot be used is refused now.
    if (mode === 'groth16') await this.setup();
    const memory = new PeakMemory();
    const job = { kind: 'prove', program, input: [...input], target: TARGET[mode], cycleLimit } as const;
    const result = await this.#thread.prove(
      job,
      (event) => (event.status === 'run' ? onRun?.(event.run) : this.#forward(event)),
      signal,
    );
    const seconds: Record<string, number> = { ...result.seconds };
    const { core, lift, wrap } = result;
    let text: string;
    if (wrap !== undefined) {
      // The STARK memory is not needed any more, and snarkjs needs its own.
      await this.#thread.close();
      const start = performance.now();
      text = await this.#stage('groth16', (report) => this.#groth16.prove(wrap, { signal, onProgress: report }));
      seconds['groth16'] = (performance.now() - start) / 1000;
    } else text = proofText(lift === undefined ? encodeCore(core) : encodeLift(lift));
    const digest =
      lift === undefined
        ? coreKeyDigest(TIERS[tierIndex(core.tier)]!, core.key)
        : lift.publicValues.slice(...LIFT_OUTPUT.keyDigest);
    return {
      format: 'hardhat-zkvm-proof',
      version: 1,
      mode,
      vkey: packDigest(digest),
      publicValues: `0x${bytesToHex(result.publicValues)}`,
      exitCode: result.exitCode,
      proof: text,
      stats: {
        cycles: result.cycles,
        seconds,
        peakMemoryBytes: memory.stop(),
        securityBits: modeSecurityBits(mode, core.tier),
      },
    };
  }

  async verify(proof: Proof, vkey?: Hex): Promise<VerifyReport> {
    const start = performance.now();
    if (vkey !== undefined && vkey.toLowerCase() !== proof.vkey) {
      throw new VerificationError(
        'program-key',
        'statement',
        `the proof is for program ${proof.vkey}, expected ${vkey}`,
      );
    }
    if (proof.mode === 'core') verifyCore(proof);
    else if (proof.mode === 'compressed') verifyCompressed(proof);
    else {
      if (proof.exitCode !== 0)
        throw new VerificationError('statement', 'statement', 'a groth16 proof is for exit code 0');
      await this.setup();
      await this.#groth16.verify(proof.proof as Hex, proof.vkey, proof.publicValues);
    }
    const { mode, publicValues, exitCode } = proof;
    return {
      mode,
      vkey: proof.vkey,
      publicValues,
      exitCode,
      seconds: (performance.now() - start) / 1000,
      securityBits: modeSecurityBits(mode),
    };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #report(event: ProgressEvent): void {
    this.#options.onProgress?.(event);
  }

  #forward(event: Exclude<StageEvent, { status: 'run' }>): void {
    if (event.status === 'tick') this.#report({ stage: event.stage, status: 'tick', detail: event.step });
    else this.#report(event);
  }

  async #stage<T>(stage: string, run: (report: (detail: string, fraction?: number) => void) => Promise<T>): Promise<T> {
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
