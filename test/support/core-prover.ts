/** Proving core traces in tests with the engine on kernels. */
import { coreMachine } from '../../prover/machines/rv32im/machine.ts';
import type { MachineTrace, PreprocessedTraces } from '../../prover/air/machine.ts';
import { engineHashKb, type EngineHash } from '../../prover/pcs/wasm/hash-koalabear.ts';
import { suiteKb } from '../../prover/verifier/suite-koalabear.ts';
import type { ProvingKey } from '../../prover/stark/prover/interface.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import type { LayerProof } from '../../prover/stark/proof.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { commitOnEngine, createWasmEngine, wasmProverHash } from '../../prover/stark/prover/wasm.ts';
import { createEngine, type Engine } from '../../prover/wasm/thread-pool.ts';

const machine = coreMachine();

export class CoreProver {
  readonly #engine: Engine;
  readonly #hash: EngineHash;
  readonly #layer: LayerParameters;

  private constructor(engine: Engine, layer: LayerParameters) {
    this.#engine = engine;
    this.#hash = engineHashKb(engine);
    this.#layer = layer;
  }

  static async create(layer: LayerParameters): Promise<CoreProver> {
    return new CoreProver(await createEngine(), layer);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** Runs `body` and frees the keys and proofs' memory it used. */
  scope<T>(body: () => T): T {
    return this.#engine.arena.scope(body);
  }

  key(preprocessed: PreprocessedTraces, keyFelts: readonly number[]): ProvingKey {
    return setupKey(suiteKb, machine, this.#layer, preprocessed, keyFelts, commitOnEngine(this.#engine, this.#hash));
  }

  /** Proves a trace, honest or not. */
  prove(main: MachineTrace, key: ProvingKey, publicValues: readonly number[]): LayerProof {
    const create = createWasmEngine(this.#engine, this.#hash);
    const hash = wasmProverHash(suiteKb, this.#hash);
    return this.scope(() => proveLayer(hash, create, machine, this.#layer, key, publicValues, main));
  }

  verify(key: ProvingKey, publicValues: readonly number[], proof: LayerProof): void {
    verifyNative(suiteKb, machine, this.#layer, key.key, publicValues, proof);
  }
}
