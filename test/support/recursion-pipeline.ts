/** Toy proof -> lift proof -> wrap, at test-only parameters and with the reference layer prover. */
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { RecursionHeights } from '../../prover/machines/recursion/machine.ts';
import { controlTree, type ControlPosition } from '../../prover/recursion/control-root.ts';
import { CORE, type ProofInput, type RecursionProgram } from '../../prover/recursion/program.ts';
import { liftKind, liftProgram, type LiftKind } from '../../prover/recursion/programs/lift.ts';
import { wrapKind, wrapProgram } from '../../prover/recursion/programs/wrap.ts';
import { record, recordProgram, recordRun } from '../../prover/recursion/record.ts';
import { LIFT_HEIGHTS } from '../../prover/recursion/target.ts';
import type { RecursionWires } from '../../prover/recursion/backend.ts';
import type { ProvingKey } from '../../prover/stark/prover/interface.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { VerifiedProof } from '../../prover/stark/proof.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import type { LayerCase } from './layer.ts';
import { check, fittingHeights, lay } from './recursion.ts';
import { testOnlyRecursion } from './test-layers.ts';

/** TEST ONLY. 2^12 rows: room for lift over a toy proof. */
export const TEST_ONLY_LIFT = testOnlyRecursion('test-only-lift', 12);

/** TEST ONLY. 2^13 rows: room for wrap over such a lift proof. */
export const TEST_ONLY_WRAP = testOnlyRecursion('test-only-wrap', 13);

/** The program on the smallest machine that holds it. */
export function fitted<P extends RecursionProgram>(make: (heights: RecursionHeights) => P): P {
  return make(fittingHeights(recordProgram(make(LIFT_HEIGHTS))));
}

/** A toy proof as lift takes it. */
export function coreInput({ provingKey, publicValues, proof }: LayerCase): ProofInput {
  return { kind: CORE, key: provingKey.key, publicValues, proof, control: undefined };
}

/** Lift for the machine and layer of a toy proof. */
export function liftOf({ machine, parameters }: Pick<LayerCase, 'machine' | 'parameters'>): RecursionProgram & {
  readonly kind: LiftKind;
} {
  return fitted((heights) => {
    const kind = liftKind(TEST_ONLY_LIFT, heights);
    return { ...liftProgram(kind, machine, parameters), kind };
  });
}

/** Wrap for the proofs of one kind, with a KoalaBear layer. */
export function wrapOf(lift: LiftKind): RecursionProgram {
  return fitted((heights) => wrapProgram(wrapKind(TEST_ONLY_WRAP, heights), lift));
}

export type Proved<P extends RecursionProgram = RecursionProgram> = {
  readonly program: P;
  readonly provingKey: ProvingKey;
  readonly verified: VerifiedProof;
};

/** Proves a run of a recursion program over these inputs. */
export function proveRun<P extends RecursionProgram>(program: P, inputs: readonly ProofInput[]): Proved<P> {
  const { target, layer } = program.kind;
  const run = recordRun(program, inputs);
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

/** Lift's proof over a toy proof. */
export function liftCase(toy: LayerCase): Proved<ReturnType<typeof liftOf>> {
  return proveRun(liftOf(toy), [coreInput(toy)]);
}

/** The position of a key as the only one of its control tree. */
export function controlOf({ program: { kind }, provingKey: { key } }: Proved): ControlPosition {
  return controlTree([{ kind: kind.name, layout: layerLayout(kind.target.machine, kind.layer), key }]).position(0);
}

/** A proof as input of another program. */
export function inputOf(proved: Proved, control = controlOf(proved)): ProofInput {
  return { ...proved.verified, kind: proved.program.kind.name, control };
}

/** Whether the recorded run, honest or not, is a witness of its program. */
export function hasWitness(program: RecursionProgram, ...inputs: readonly ProofInput[]): boolean {
  const run = record((on) => program.statement<RecursionWires>(on, inputs), false);
  return check(lay({ ...run, publicValues: [...run.publicValues] })).ok;
}
