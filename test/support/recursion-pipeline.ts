/** Proofs of recursion programs over toy proofs, at test-only parameters and with the reference layer prover. */
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { RecursionHeights } from '../../prover/machines/recursion/machine.ts';
import { controlTree, type ControlPosition } from '../../prover/recursion/control-root.ts';
import { CORE, type Notes, type ProofInput, type RecursionProgram } from '../../prover/recursion/program.ts';
import { claimKind, spanKind, type ClaimKind, type SpanKind } from '../../prover/recursion/programs/kinds.ts';
import { fusedProgram } from '../../prover/recursion/programs/fused.ts';
import { liftProgram } from '../../prover/recursion/programs/lift.ts';
import { wrapKind, wrapProgram } from '../../prover/recursion/programs/wrap.ts';
import { recordProgram, recordRun } from '../../prover/recursion/record.ts';
import { recursionTarget, SPAN_HEIGHTS } from '../../prover/recursion/target.ts';
import type { ProvingKey } from '../../prover/stark/prover/interface.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { VerifiedProof } from '../../prover/stark/proof.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import type { LayerCase } from './layer.ts';
import { fittingHeights } from './recursion.ts';
import { testOnlyRecursion } from './test-layers.ts';
import type { ToyExecution } from './toy-guest.ts';

/** TEST ONLY. 2^12 rows: room for lift over a toy proof. */
export const TEST_ONLY_LIFT = testOnlyRecursion('test-only-lift', 12);

/** TEST ONLY. 2^13 rows: room for wrap over such a lift proof. */
export const TEST_ONLY_WRAP = testOnlyRecursion('test-only-wrap', 13);

/** The program on the smallest machine that holds it. */
export function fitted<P extends RecursionProgram>(make: (heights: RecursionHeights) => P): P {
  return make(fittingHeights(recordProgram(make(SPAN_HEIGHTS))));
}

/** A toy proof as lift takes it. */
export function coreInput({ provingKey, publicValues, proof }: LayerCase): ProofInput {
  return { kind: CORE, key: provingKey.key, publicValues, proof, control: undefined };
}

/** Lift for the machine and layer of a toy proof. */
export function liftOf({ machine, parameters }: Pick<LayerCase, 'machine' | 'parameters'>): RecursionProgram & {
  readonly kind: SpanKind;
} {
  return fitted((heights) => {
    const kind = spanKind(recursionTarget(heights), TEST_ONLY_LIFT);
    return { ...liftProgram(kind, machine, parameters), kind };
  });
}

/** Fused for the machine and layer of a toy proof. */
export function fusedOf({ machine, parameters }: Pick<LayerCase, 'machine' | 'parameters'>): RecursionProgram & {
  readonly kind: ClaimKind;
} {
  return fitted((heights) => {
    const kind = claimKind(recursionTarget(heights), TEST_ONLY_LIFT);
    return { ...fusedProgram(kind, machine, parameters), kind };
  });
}

/** Wrap for claims of a kind, with a KoalaBear layer. */
export function wrapOf(claim: ClaimKind): RecursionProgram {
  return fitted((heights) => wrapProgram(wrapKind(TEST_ONLY_WRAP, heights), claim));
}

export type Proved<P extends RecursionProgram = RecursionProgram> = {
  readonly program: P;
  readonly provingKey: ProvingKey;
  readonly verified: VerifiedProof;
};

/** Proves a run of a recursion program over these inputs. */
export function proveRun<P extends RecursionProgram>(
  program: P,
  inputs: readonly ProofInput[],
  notes: Notes = {},
): Proved<P> {
  const { target, layer } = program.kind;
  const run = recordRun(program, inputs, notes);
  const preprocessed = target.preprocess(recordProgram(program));
  const provingKey = setupKey(suiteKoalaBear, target.machine, layer, preprocessed, []);
  const proof = proveLayer(
    suiteKoalaBear,
    createReferenceLayerProver,
    target.machine,
    layer,
    provingKey,
    run.publicValues,
    target.trace(run),
  );
  return { program, provingKey, verified: { key: provingKey.key, publicValues: run.publicValues, proof } };
}

/** The claim of a toy execution in one shard, under the root of the tree that has its program alone. */
export function fusedCase({ shards: [shard], words }: ToyExecution): Proved<ReturnType<typeof fusedOf>> {
  const program = fusedOf(shard!);
  const { target, layer } = program.kind;
  const preprocessed = target.preprocess(recordProgram(program));
  const { key } = setupKey(suiteKoalaBear, target.machine, layer, preprocessed, []);
  const { root } = controlTree([{ kind: program.kind.name, layout: layerLayout(target.machine, layer), key }]).position(
    0,
  );
  return proveRun(program, [coreInput(shard!)], { controlRoot: root, words });
}

/** The position of a key as the only one of its control tree. */
export function controlOf({ program: { kind }, provingKey: { key } }: Proved): ControlPosition {
  return controlTree([{ kind: kind.name, layout: layerLayout(kind.target.machine, kind.layer), key }]).position(0);
}

/** A proof as input of another program. */
export function inputOf(proved: Proved, control = controlOf(proved)): ProofInput {
  return { ...proved.verified, kind: proved.program.kind.name, control };
}
