/** What every program does with a proof of another recursion program. */
import type { Backend, Wires } from '../verifier/backend.ts';
import { witnessKey } from '../stark/key.ts';
import { layerLayout } from '../stark/layout.ts';
import { verifyLayer } from '../stark/verify.ts';
import { CONTROL_DEPTH, controlLeaf } from './control-root.ts';
import type { Accepted, ProofInput } from './program.ts';

/** The public values of a proof as witnesses. Soundness: bound once `verifyChild` has got them. */
export function hintOutputs<W extends Wires>(on: Backend<W>, { publicValues }: ProofInput): W['felt'][] {
  return publicValues.map((value) => on.hintFelt(value));
}

/** What is known of a verified proof. */
export type Child<W extends Wires> = {
  /** The control root that its key's path ends in. */
  readonly root: readonly W['felt'][];
  /** Where an input may be of several kinds: one felt per kind, 1 for the one that it is. Empty for a single kind. */
  readonly chosen: readonly W['felt'][];
};

/**
 * Verifies a proof of an accepted kind, with these public values: its key is a witness with a path, under the domain of one of
 * the kinds, to the control root. That is `root` where a program has one already; else a witness, which must become an output.
 * A kind that has a control root among its outputs must have it compared with this one.
 */
export function verifyChild<W extends Wires>(
  on: Backend<W>,
  { kinds, machine, parameters }: Accepted,
  { kind, key, proof, control }: ProofInput,
  values: readonly W['felt'][],
  root?: readonly W['felt'][],
): Child<W> {
  if (control === undefined) throw new RangeError(`a proof of kind "${kind}" expected a position in the control tree`);
  const layout = layerLayout(machine, parameters);
  const keyWires = witnessKey(on, layout, key);
  const reached = root ?? control.root.map((felt) => on.hintFelt(felt));
  const index = Array.from({ length: CONTROL_DEPTH }, (_, i) => on.hintBit(Math.floor(control.index / 2 ** i) % 2));
  const { leaf, chosen } = controlLeaf(on, layout, keyWires, kinds, kind);
  // Soundness: the whole key is bound by its leaf, and every public value by the layer's transcript.
  on.checkPath(
    on.digestFromFelts(reached),
    leaf,
    index,
    control.path,
    `${kinds.join(' or ')} key is in the control tree`,
  );
  verifyLayer(on, machine, parameters, keyWires, values, proof);
  return { root: reached, chosen };
}
