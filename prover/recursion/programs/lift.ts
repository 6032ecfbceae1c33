/**
 * "lift": the program that verifies one core proof. One program per core tier serves every guest program: the key is an
 * untrusted witness whose digest is an output.
 *
 * Outputs, 32 felts: verifying-key digest (8), exit code (2 limbs), digest of the guest's public values (16 limbs), zeros.
 */
import type { Machine } from '../../air/machine.ts';
import { ZkError } from '../../core/errors.ts';
import { keyDigest, witnessKey, type VerifyingKey } from '../../stark/key.ts';
import { layerLayout } from '../../stark/layout.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import type { LayerProof } from '../../stark/proof.ts';
import { verifyLayer } from '../../stark/verify.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { RecursionBackend, type RecursionWires } from '../backend.ts';
import { blankKey, blankProof } from '../blank-proof.ts';
import { PUBLIC_VALUES } from '../../machines/recursion/memory.ts';
import type { Program, Witness } from '../../machines/recursion/program.ts';

/** Names of the public values that a core machine must have: the outputs are cut out of them by position. */
const CORE_PUBLIC_VALUES = 19;

/** Where the parts stand in lift's outputs. */
export const LIFT_OUTPUT = {
  keyDigest: [0, 8],
  exitCode: [8, 10],
  publicDigest: [10, 26],
  zeros: [26, PUBLIC_VALUES],
} as const;

/** One proof of the layer that a recursion program verifies, with the key and public values it is for. */
export type VerifiedProof = {
  readonly key: VerifyingKey;
  readonly publicValues: readonly number[];
  readonly proof: LayerProof;
};

/** A program of the recursion machine, run once: rows, values, public values. */
export type RecursionRun = {
  readonly program: Program;
  readonly witness: Witness;
  readonly publicValues: readonly number[];
};

/** Lift's statement over any backend: verifies the core proof and returns the 32 outputs. */
export function liftStatement<W extends Wires>(
  on: Backend<W>,
  machine: Machine,
  parameters: LayerParameters,
  { key, publicValues, proof }: VerifiedProof,
): W['felt'][] {
  if (machine.publicValueCount !== CORE_PUBLIC_VALUES || publicValues.length !== CORE_PUBLIC_VALUES) {
    throw new ZkError('BAD_LAYER', `lift expects a core machine with ${CORE_PUBLIC_VALUES} public values`);
  }
  const layout = layerLayout(machine, parameters);
  const keyWires = witnessKey(on, layout, key);
  const values = publicValues.map((value) => on.hintFelt(value));
  // Soundness: every hint above is observed by the layer's transcript; the digest is computed from the same wires.
  verifyLayer(on, machine, parameters, keyWires, values, proof);
  const digest = on.digestFelts(keyDigest(on, layout, keyWires));
  // Public values: end time, exit code (2), digest limbs (16). The end time is checked by the verifier and not an output.
  const outputs = [...digest, ...values.slice(1)];
  while (outputs.length < PUBLIC_VALUES) outputs.push(on.feltConst(0));
  return outputs;
}

/** Runs lift over a core proof. VerificationError if the proof is not accepted. */
export function recordLift(machine: Machine, parameters: LayerParameters, verified: VerifiedProof): RecursionRun {
  return record((on) => liftStatement<RecursionWires>(on, machine, parameters, verified), true);
}

/** Lift's program for one core tier, without a proof. */
export function liftProgram(machine: Machine, parameters: LayerParameters): Program {
  const layout = layerLayout(machine, parameters);
  const publicValues = new Array<number>(machine.publicValueCount).fill(0);
  const blank = { key: blankKey(layout), publicValues, proof: blankProof(layout) };
  return record((on) => liftStatement<RecursionWires>(on, machine, parameters, blank), false).program;
}

/** Records one statement. `strict`: whether a failing assertion throws. */
export function record(
  statement: (on: RecursionBackend) => Parameters<RecursionBackend['recorder']['finish']>[0],
  strict: boolean,
): RecursionRun {
  const on = new RecursionBackend({ strict });
  const outputs = statement(on);
  return { ...on.recorder.finish(outputs), publicValues: outputs.map((wire) => wire.value[0]) };
}
