/** What a thread has for its jobs: provers made at the first use, and the execution that is to be proved next. */
import type { Groth16Prover } from '../../groth16/proving/interface.ts';
import { loadProgram } from '../../elf/load.ts';
import type { System } from '../../system/definition.ts';
import type { ExecutionRecord } from '../../vm/execution-record.ts';
import type { Program } from '../../vm/program.ts';
import { type Artifact, type ArtifactId, idOf } from '../artifact.ts';
import { type Stark, startStark } from './stark.ts';

export type ResourceOptions = {
  readonly threads?: number | undefined;
  /** Address of the module of a Groth16 implementation. */
  readonly groth16?: string | undefined;
  /** The proving key, checked, where the jobs need one. */
  readonly keyFile?: string | undefined;
};

/** A recorded execution: hundreds of megabytes, so it is no artifact. */
export type Recorded = { readonly program: Program; readonly record: ExecutionRecord };

export class Resources {
  readonly options: ResourceOptions;
  /** The system whose proofs are made here. */
  readonly system: System;
  #stark: Promise<Stark> | undefined;
  #program: { readonly id: ArtifactId; readonly program: Program } | undefined;
  #recorded: (Recorded & { readonly name: string }) | undefined;

  constructor(system: System, options: ResourceOptions) {
    this.system = system;
    this.options = options;
  }

  stark(): Promise<Stark> {
    this.#stark ??= startStark(this.system, this.options.threads);
    return this.#stark;
  }

  /** A program. The one that was asked for last is kept: all shards of an execution are of one, and so is its key. */
  program(artifact: Artifact): Program {
    const id = idOf(artifact);
    if (this.#program?.id !== id) this.#program = { id, program: loadProgram(artifact.bytes) };
    return this.#program.program;
  }

  /** The implementation that was chosen. RangeError for a module whose default export is none. */
  async groth16(): Promise<Groth16Prover> {
    const { groth16 } = this.options;
    if (groth16 === undefined) return (await import('../../groth16/default-prover.ts')).default;
    const { default: prover } = (await import(groth16)) as { readonly default?: Groth16Prover };
    if (typeof prover?.prove !== 'function')
      throw new RangeError(`"groth16" expected a module of a prover: ${groth16}`);
    return prover;
  }

  /** Keeps an execution for the job that proves it, instead of the one before; or none. */
  keepRecord(name: string, recorded: Recorded | undefined): void {
    this.#recorded = recorded === undefined ? undefined : { name, ...recorded };
  }

  /** The execution of this name if it is the one that is kept; it is kept no longer. */
  takeRecord(name: string): Recorded | undefined {
    const recorded = this.#recorded;
    this.#recorded = undefined;
    return recorded?.name === name ? recorded : undefined;
  }

  async close(): Promise<void> {
    const stark = this.#stark;
    this.#stark = undefined;
    this.#recorded = undefined;
    this.#program = undefined;
    await (await stark)?.close();
  }
}
