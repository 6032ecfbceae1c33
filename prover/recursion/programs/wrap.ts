/**
 * "wrap": the program that verifies one lift proof, committed and hashed over BN254 so that Groth16 can verify it.
 *
 * Which lift program made the proof is a witness: its key has a path to the control root, which is an output. A guest
 * that exits with another code than 0 has no wrap proof.
 *
 * Outputs, 32 felts: verifying-key digest of the guest (8), digest of its public values (16 limbs), control root (8).
 */
import type { Machine } from '../../air/machine.ts';
import { witnessKey } from '../../stark/key.ts';
import { layerLayout } from '../../stark/layout.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import { verifyLayer } from '../../stark/verify.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import type { RecursionWires } from '../backend.ts';
import { blankKey, blankProof } from '../blank-proof.ts';
import { CONTROL_DEPTH, controlLeaf } from '../control-root.ts';
import { LIFT_OUTPUT, record, type RecursionRun, type VerifiedProof } from './lift.ts';
import { PUBLIC_VALUES } from '../../machines/recursion/memory.ts';
import type { Program } from '../../machines/recursion/program.ts';

/** Where the key stands in the control tree. */
export type ControlPosition = {
  readonly root: readonly number[];
  readonly index: number;
  readonly path: readonly (readonly number[])[];
};

/** Wrap's statement over any backend: verifies the lift proof and returns the 32 outputs. */
export function wrapStatement<W extends Wires>(
  on: Backend<W>,
  liftMachine: Machine,
  parameters: LayerParameters,
  { key, publicValues, proof }: VerifiedProof,
  control: ControlPosition,
): W['felt'][] {
  if (publicValues.length !== PUBLIC_VALUES) {
    throw new RangeError(`"publicValues" expected ${PUBLIC_VALUES} elements, got ${publicValues.length}`);
  }
  const layout = layerLayout(liftMachine, parameters);
  const values = publicValues.map((value) => on.hintFelt(value));
  const part = (name: keyof typeof LIFT_OUTPUT): W['felt'][] => values.slice(...LIFT_OUTPUT[name]);
  // Soundness: unconditional. The limbs are canonical elements, so zero in the field is zero.
  for (const limb of part('exitCode')) on.assertFeltEqual(limb, on.feltConst(0), 'exit code is zero');
  for (const felt of part('zeros')) on.assertFeltEqual(felt, on.feltConst(0), 'unused outputs of lift are zero');

  const keyWires = witnessKey(on, layout, key);
  const root = control.root.map((felt) => on.hintFelt(felt));
  const index = Array.from({ length: CONTROL_DEPTH }, (_, i) => on.hintBit(Math.floor(control.index / 2 ** i) % 2));
  const leaf = controlLeaf(on, layout, keyWires);
  on.checkPath(on.digestFromFelts(root), leaf, index, control.path, 'lift key is in the control tree');

  verifyLayer(on, liftMachine, parameters, keyWires, values, proof);
  return [...part('keyDigest'), ...part('publicDigest'), ...root];
}

/** Runs wrap over a lift proof. VerificationError if the proof is not accepted or the exit code is not 0. */
export function recordWrap(
  liftMachine: Machine,
  parameters: LayerParameters,
  verified: VerifiedProof,
  control: ControlPosition,
): RecursionRun {
  return record((on) => wrapStatement<RecursionWires>(on, liftMachine, parameters, verified, control), true);
}

/** Wrap's program, without a proof. */
export function wrapProgram(liftMachine: Machine, parameters: LayerParameters): Program {
  const layout = layerLayout(liftMachine, parameters);
  const zeros = new Array<number>(8).fill(0);
  const blank = {
    key: blankKey(layout),
    publicValues: new Array<number>(PUBLIC_VALUES).fill(0),
    proof: blankProof(layout),
  };
  const control = { root: zeros, index: 0, path: new Array<readonly number[]>(CONTROL_DEPTH).fill(zeros) };
  return record((on) => wrapStatement<RecursionWires>(on, liftMachine, parameters, blank, control), false).program;
}
