/** Proving core traces in tests with the layer prover on kernels. */
import { coreMachine } from '../../prover/machines/rv32im/machine.ts';
import type { MachineTrace, PreprocessedTraces } from '../../prover/air/machine.ts';
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

const machine = coreMachine();

export class CoreProver {
  readonly #pool: ThreadPool;
  readonly #hash: WasmHash;
  readonly #layer: LayerParameters;

  private constructor(pool: ThreadPool, layer: LayerParameters) {
    this.#pool = pool;
    this.#hash = wasmHashKoalaBear(pool);
    this.#layer = layer;
  }

  static async create(layer: LayerParameters): Promise<CoreProver> {
    return new CoreProver(await createThreadPool(), layer);
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
      machine,
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
    return this.scope(() => proveLayer(hash, create, machine, this.#layer, key, publicValues, main));
  }

  verify(key: ProvingKey, publicValues: readonly number[], proof: LayerProof): void {
    verifyNative(suiteKoalaBear, machine, this.#layer, key.key, publicValues, proof);
  }
}
