/** Toy proof -> lift proof -> wrap, at test-only parameters and with the reference layer prover. */
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { controlTree } from '../../prover/recursion/control-root.ts';
import {
  liftProgram,
  recordLift,
  type RecursionRun,
  type VerifiedProof,
} from '../../prover/recursion/programs/lift.ts';
import type { Program } from '../../prover/machines/recursion/program.ts';
import { recursionTarget, type RecursionTarget } from '../../prover/recursion/target.ts';
import type { ControlPosition } from '../../prover/recursion/programs/wrap.ts';
import type { ProvingKey } from '../../prover/stark/prover/interface.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import type { LayerCase } from './layer.ts';
import { fittingHeights } from './recursion.ts';
import { TEST_ONLY_SMALL } from './test-layers.ts';

/** TEST ONLY. 2^12 rows: room for lift over a toy proof. */
export const TEST_ONLY_LIFT: LayerParameters = {
  ...TEST_ONLY_SMALL,
  id: 'test-only-lift',
  logRows: 12,
  logColumns: 6,
  mainColumns: 40,
  preStart: 48,
  logPreColumns: 4,
  logPreRows: 12,
  folds: [6, 4, 4],
  shrinks: [5, 1],
  queries: [3, 2, 2],
};

/** TEST ONLY. 2^13 rows: room for wrap over such a lift proof. */
export const TEST_ONLY_WRAP: LayerParameters = {
  ...TEST_ONLY_LIFT,
  id: 'test-only-wrap',
  logRows: 13,
  logPreRows: 13,
};

export function verified(toy: LayerCase): VerifiedProof {
  return { key: toy.provingKey.key, publicValues: toy.publicValues, proof: toy.proof };
}

export type Proved = { target: RecursionTarget; provingKey: ProvingKey; verified: VerifiedProof };

/** Proves a run of a recursion program on the smallest machine that holds it. */
export function proveRun(program: Program, run: RecursionRun, parameters: LayerParameters): Proved {
  const target = recursionTarget(fittingHeights(program));
  const { machine } = target;
  const provingKey = setupKey(suiteKoalaBear, machine, parameters, target.preprocess(program), []);
  const trace = target.trace(run);
  const proof = proveLayer(
    suiteKoalaBear,
    createReferenceLayerProver,
    machine,
    parameters,
    provingKey,
    run.publicValues,
    trace,
  );
  return { target, provingKey, verified: { key: provingKey.key, publicValues: run.publicValues, proof } };
}

/** Lift's proof over a toy proof. */
export function liftCase(toy: LayerCase): Proved {
  const run = recordLift(toy.machine, toy.parameters, verified(toy));
  return proveRun(liftProgram(toy.machine, toy.parameters), run, TEST_ONLY_LIFT);
}

/** The position of a lift key as the only one of its control tree. */
export function controlOf({ target, provingKey }: Proved): ControlPosition {
  const tree = controlTree(layerLayout(target.machine, TEST_ONLY_LIFT), [provingKey.key]);
  return { root: tree.root, index: 0, path: tree.path(0) };
}
