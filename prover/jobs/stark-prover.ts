/**
 * The three STARK layers on one thread pool: core proves an execution, lift verifies the core proof, wrap verifies the
 * lift proof over BN254. Synchronous; runs wherever it is constructed.
 */
import { ZkError } from '../core/errors.ts';
import { type WasmHash, wasmHashKoalaBear } from '../pcs/wasm/hash-koalabear.ts';
import { capOf, type ConstantCap } from '../groth16/circuit/constant-cap.ts';
import { wasmHashBn254 } from '../pcs/wasm/hash-bn254.ts';
import { suiteBn254 } from '../verifier/suite-bn254.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import type { ProverHash } from '../verifier/suite.ts';
import { controlTree } from '../recursion/control-root.ts';
import { liftProgram, recordLift, type RecursionRun } from '../recursion/programs/lift.ts';
import type { Program as RecursionProgram } from '../machines/recursion/program.ts';
import type { RecursionTarget } from '../recursion/target.ts';
import { recordWrap, wrapProgram } from '../recursion/programs/wrap.ts';
import type { ProvingKey } from '../stark/prover/interface.ts';
import type { VerifyingKey } from '../stark/key.ts';
import { layerLayout } from '../stark/layout.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import { proveLayer, type Step } from '../stark/prove.ts';
import { setupKey } from '../stark/setup.ts';
import { commitOnThreads, createWasmLayerProver, wasmProverHash } from '../stark/prover/wasm.ts';
import type { ExecutionRecord } from '../vm/execution-record.ts';
import type { Program } from '../vm/program.ts';
import { createThreadPool, type ThreadPool } from '../wasm/thread-pool.ts';
import type { CoreProof, ProvedLayer } from '../system/proved-layer.ts';
import { coreKeyDigest, coreProvingKey } from '../system/program-key.ts';
import { chooseTier, keyTiers, theSystem, TIERS, tierIndex } from '../system/definition.ts';
import type { SystemKeys } from '../system/keys.ts';

export type OnStep = (step: Step | 'trace' | 'key' | 'record') => void;

export class StarkProver {
  readonly #pool: ThreadPool;
  readonly #kb: { readonly hash: WasmHash; readonly prover: ProverHash };
  readonly #bn: { readonly hash: WasmHash; readonly prover: ProverHash };

  private constructor(pool: ThreadPool) {
    this.#pool = pool;
    const [kb, bn] = [wasmHashKoalaBear(pool), wasmHashBn254(pool)];
    this.#kb = { hash: kb, prover: wasmProverHash(suiteKoalaBear, kb) };
    this.#bn = { hash: bn, prover: wasmProverHash(suiteBn254, bn) };
  }

  static async create(threads?: number): Promise<StarkProver> {
    return new StarkProver(await createThreadPool(threads === undefined ? {} : { threads }));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Digest of the program's verifying key: eight base elements. */
  programDigest(program: Program): number[] {
    const tier = keyTiers(theSystem().rv32im.preprocess(program))[0] ?? TIERS[0]!;
    return this.#pool.arena.scope(() => {
      const { key } = coreProvingKey(program, tier, commitOnThreads(this.#pool, this.#kb.hash));
      return coreKeyDigest(tier, key);
    });
  }

  /** Proves an execution. CapacityError when it is too long. */
  core(program: Program, record: ExecutionRecord, onStep: OnStep = () => undefined): CoreProof {
    onStep('trace');
    const { rv32im } = theSystem();
    const { main, publicValues } = rv32im.fill(program, record);
    const tier = chooseTier(rv32im.preprocess(program), main);
    return this.#pool.arena.scope(() => {
      onStep('key');
      const provingKey = coreProvingKey(program, tier, commitOnThreads(this.#pool, this.#kb.hash));
      const { core } = theSystem();
      const create = createWasmLayerProver(this.#pool, this.#kb.hash);
      const proof = proveLayer(this.#kb.prover, create, core, tier, provingKey, publicValues, main, { onStep });
      return { tier: tier.id, key: provingKey.key, publicValues, proof };
    });
  }

  /** Proves that the core proof verifies. */
  lift(core: CoreProof, keys: SystemKeys, onStep: OnStep = () => undefined): ProvedLayer {
    const { core: machine, lift, liftLayer } = theSystem();
    onStep('record');
    const tier = TIERS[tierIndex(core.tier)]!;
    const run = recordLift(machine, tier, core);
    const expected = keys.lift[tierIndex(core.tier)];
    return this.#recursion(lift, liftLayer, run, this.#kb, expected, onStep);
  }

  /** Proves over BN254 that the lift proof verifies. */
  wrap(lifted: ProvedLayer, keys: SystemKeys, onStep: OnStep = () => undefined): ProvedLayer {
    const { lift, liftLayer, wrap, wrapLayer } = theSystem();
    onStep('record');
    const index = keys.lift.findIndex(({ root }) => String(root) === String(lifted.key.root));
    if (index < 0) throw new ZkError('BAD_KEY', 'the lift proof is under a key that this version does not list');
    const tree = controlTree(layerLayout(lift.machine, liftLayer), keys.lift);
    const control = { root: tree.root, index, path: tree.path(index) };
    const run = recordWrap(lift.machine, liftLayer, lifted, control);
    return this.#recursion(wrap, wrapLayer, run, this.#bn, keys.wrap, onStep);
  }

  /** The verifying keys of all lift programs and of wrap, computed from their programs. Takes a minute. */
  systemKeys(onKey: (name: string) => void = () => undefined): SystemKeys {
    const { core, lift, liftLayer, wrap, wrapLayer } = theSystem();
    const keyOf = (
      target: RecursionTarget,
      layer: LayerParameters,
      program: RecursionProgram,
      side: { readonly hash: WasmHash; readonly prover: ProverHash },
    ): VerifyingKey => this.#pool.arena.scope(() => this.#recursionKey(target, layer, program, side).key);
    return {
      lift: TIERS.map((tier) => {
        onKey(`lift of ${tier.id}`);
        return keyOf(lift, liftLayer, liftProgram(core, tier), this.#kb);
      }),
      wrap: (onKey('wrap'), keyOf(wrap, wrapLayer, wrapProgram(lift.machine, liftLayer), this.#bn)),
    };
  }

  /** The upper nodes of the tree of wrap's key: constants of the outermost circuit. */
  wrapCap(): ConstantCap {
    const { lift, liftLayer, wrap, wrapLayer } = theSystem();
    return this.#pool.arena.scope(() => {
      const { tree } = this.#recursionKey(wrap, wrapLayer, wrapProgram(lift.machine, liftLayer), this.#bn);
      const cap = capOf(tree);
      if (cap === undefined) throw new RangeError('the tree of the wrap key is too small for a cap');
      return cap;
    });
  }

  #recursionKey(
    target: RecursionTarget,
    layer: LayerParameters,
    program: RecursionProgram,
    side: { readonly hash: WasmHash; readonly prover: ProverHash },
  ): ProvingKey {
    const commit = commitOnThreads(this.#pool, side.hash);
    return setupKey(side.prover, target.machine, layer, target.preprocess(program), [], commit);
  }

  #recursion(
    target: RecursionTarget,
    layer: LayerParameters,
    run: RecursionRun,
    side: { readonly hash: WasmHash; readonly prover: ProverHash },
    expected: VerifyingKey | undefined,
    onStep: OnStep,
  ): ProvedLayer {
    return this.#pool.arena.scope(() => {
      onStep('key');
      const provingKey = this.#recursionKey(target, layer, run.program, side);
      if (expected === undefined || String(provingKey.key.root) !== String(expected.root)) {
        throw new ZkError(
          'KEY_MISMATCH',
          `The "${layer.id}" program of this prover is not the one its committed verifying keys are for: run "npm run generate".`,
        );
      }
      const create = createWasmLayerProver(this.#pool, side.hash);
      const trace = target.trace(run);
      const { machine } = target;
      const proof = proveLayer(side.prover, create, machine, layer, provingKey, run.publicValues, trace, { onStep });
      return { key: provingKey.key, publicValues: run.publicValues, proof };
    });
  }
}
