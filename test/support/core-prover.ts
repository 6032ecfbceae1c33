/** Proving core traces in tests with the layer prover on kernels. */
import { standardMachine } from '../../prover/machines/standard.ts';
import type { Machine, MachineTrace, PreprocessedTraces } from '../../prover/air/machine.ts';
import { wasmHashKoalaBear, type WasmHash } from '../../prover/pcs/wasm/hash-koalabear.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { ProvingKey } from '../../prover/stark/prover/interface.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import type { LayerProof } from '../../prover/stark/proof.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { commitOnThreads, createWasmLayerProver, wasmProverHash } from '../../prover/stark/prover/wasm.ts';
import { createThreadPool, type ThreadPool } from '../../prover/wasm/thread-pool.ts';

export class CoreProver {
  readonly #pool: ThreadPool;
  readonly #hash: WasmHash;
  readonly #layer: LayerParameters;
  readonly #machine: Machine;

  private constructor(pool: ThreadPool, layer: LayerParameters, machine: Machine) {
    this.#pool = pool;
    this.#hash = wasmHashKoalaBear(pool);
    this.#layer = layer;
    this.#machine = machine;
  }

  /** A prover of one layer, for the standard machine unless told otherwise. */
  static async create(layer: LayerParameters, machine = standardMachine().machine): Promise<CoreProver> {
    return new CoreProver(await createThreadPool(), layer, machine);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Runs `body` and frees the keys and proofs' memory it used. */
  scope<T>(body: () => T): T {
    return this.#pool.arena.scope(body);
  }

  key(preprocessed: PreprocessedTraces, keyFelts: readonly number[]): ProvingKey {
    return setupKey(
      suiteKoalaBear,
      this.#machine,
      this.#layer,
      preprocessed,
      keyFelts,
      commitOnThreads(this.#pool, this.#hash),
    );
  }

  /** Proves a trace, honest or not. */
  prove(main: MachineTrace, key: ProvingKey, publicValues: readonly number[]): LayerProof {
    const create = createWasmLayerProver(this.#pool, this.#hash);
    const hash = wasmProverHash(suiteKoalaBear, this.#hash);
    return this.scope(() => proveLayer(hash, create, this.#machine, this.#layer, key, publicValues, main));
  }

  verify(key: ProvingKey, publicValues: readonly number[], proof: LayerProof): void {
    verifyNative(suiteKoalaBear, this.#machine, this.#layer, key.key, publicValues, proof);
  }
}
