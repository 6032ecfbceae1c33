/**
 * "lift": the program that verifies one core proof. One program per core machine and tier serves every guest program: the key
 * is an untrusted witness whose digest is an output.
 */
import type { Machine } from '../../air/machine.ts';
import { ZkError } from '../../core/errors.ts';
import { PUBLIC_VALUES } from '../../machines/recursion/memory.ts';
import type { RecursionHeights } from '../../machines/recursion/machine.ts';
import { keyDigest, witnessKey } from '../../stark/key.ts';
import { layerLayout } from '../../stark/layout.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import { verifyLayer } from '../../stark/verify.ts';
import { CORE, recursionProgram, type RecursionKind, type RecursionProgram, type Statement } from '../program.ts';
import { recursionTarget } from '../target.ts';

/** Public values that a core machine must have: the outputs are cut out of them by position. */
const CORE_PUBLIC_VALUES = 19;

/** Digest of the guest's verifying key, its exit code as two limbs, the digest of its public values as 16 limbs, zeros. */
const OUTPUTS = {
  keyDigest: [0, 8],
  exitCode: [8, 10],
  publicDigest: [10, 26],
  zeros: [26, PUBLIC_VALUES],
} as const;

export type LiftKind = RecursionKind<keyof typeof OUTPUTS>;

/** Proofs of lift on machines of these heights. */
export function liftKind(layer: LayerParameters, heights: RecursionHeights): LiftKind {
  return { name: 'lift', target: recursionTarget(heights), layer, outputs: OUTPUTS };
}

/** Lift for the proofs of one core machine on one tier. ZkError BAD_LAYER for a machine without a core machine's public values. */
export function liftProgram(kind: LiftKind, machine: Machine, parameters: LayerParameters): RecursionProgram {
  if (machine.publicValueCount !== CORE_PUBLIC_VALUES) {
    throw new ZkError('BAD_LAYER', `lift expects a core machine with ${CORE_PUBLIC_VALUES} public values`);
  }
  const layout = layerLayout(machine, parameters);
  const statement: Statement = (on, inputs) => {
    const { key, publicValues, proof } = inputs[0]!;
    const keyWires = witnessKey(on, layout, key);
    const values = publicValues.map((value) => on.hintFelt(value));
    // Soundness: every hint above is observed by the layer's transcript; the digest is computed from the same wires.
    verifyLayer(on, machine, parameters, keyWires, values, proof);
    const digest = on.digestFelts(keyDigest(on, layout, keyWires));
    // Public values: end time, exit code (2), digest limbs (16). The end time is checked by the verifier and not an output.
    const outputs = [...digest, ...values.slice(1)];
    while (outputs.length < PUBLIC_VALUES) outputs.push(on.feltConst(0));
    return outputs;
  };
  return recursionProgram({
    id: `lift/${machine.name}/${parameters.id}`,
    kind,
    accepts: [{ kinds: [CORE], machine, parameters }],
    statement,
  });
}
