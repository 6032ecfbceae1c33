/** What every program does with proofs of other recursion programs. */
import { at } from '../core/lists.ts';
import type { Backend, Wires } from '../verifier/backend.ts';
import { witnessKey } from '../stark/key.ts';
import { layerLayout } from '../stark/layout.ts';
import { verifyLayer } from '../stark/verify.ts';
import { CONTROL_DEPTH, controlLeaf } from './control-root.ts';
import { outputOf, type Accepted, type ProofInput, type RecursionKind } from './program.ts';

/** A kind whose proofs say under which control root they were made. */
export type RootedKind<Names extends string = string> = RecursionKind<Names | 'controlRoot'>;

/** Proofs of a kind as what a program accepts. */
export function accept({ name, target, layer }: RecursionKind): Accepted {
  return { kind: name, machine: target.machine, parameters: layer };
}

/** Verified proofs. */
export type Children<W extends Wires> = {
  /** The outputs of each. */
  readonly values: readonly (readonly W['felt'][])[];
  /** The one control root of all of them, which must become an output. */
  readonly root: readonly W['felt'][];
};

/**
 * Verifies proofs of these kinds. Soundness: there is one control root. It is what each of them says and where the path of each
 * key ends, under the domain of its kind: else a genuine program may stand on a foreign one below a tree of the prover's own.
 */
export function verifyChildren<W extends Wires>(
  on: Backend<W>,
  kinds: readonly RootedKind[],
  inputs: readonly ProofInput[],
): Children<W> {
  const values = inputs.map(({ publicValues }) => publicValues.map((value) => on.hintFelt(value)));
  const roots = kinds.map((kind, i) => outputOf(kind, at(values, i), 'controlRoot'));
  const root = at(roots, 0);
  for (const other of roots.slice(1)) assertSame(on, other, root, 'one control root');
  for (const [i, kind] of kinds.entries()) verifyChild(on, kind, at(inputs, i), at(values, i), root);
  return { values, root };
}

/** Asserts that two lists hold the same elements. */
export function assertSame<W extends Wires>(
  on: Backend<W>,
  left: readonly W['felt'][],
  right: readonly W['felt'][],
  why: string,
): void {
  if (left.length !== right.length) throw new RangeError(`"right" expected ${left.length} elements: ${why}`);
  for (const [i, felt] of left.entries()) on.assertFeltEqual(felt, at(right, i), why);
}

/** Verifies a proof with these outputs: its key is a witness with a path to the control root. */
function verifyChild<W extends Wires>(
  on: Backend<W>,
  { name, target: { machine }, layer }: RecursionKind,
  { key, proof, control }: ProofInput,
  values: readonly W['felt'][],
  root: readonly W['felt'][],
): void {
  if (control === undefined) throw new RangeError(`a proof of kind "${name}" expected a position in the control tree`);
  const layout = layerLayout(machine, layer);
  const keyWires = witnessKey(on, layout, key);
  const index = Array.from({ length: CONTROL_DEPTH }, (_, i) => on.hintBit(Math.floor(control.index / 2 ** i) % 2));
  const leaf = controlLeaf(on, layout, keyWires, name);
  // Soundness: the whole key is bound by its leaf, and every output by the layer's transcript.
  on.checkPath(on.digestFromFelts(root), leaf, index, control.path, `${name} key is in the control tree`);
  verifyLayer(on, machine, layer, keyWires, values, proof);
}
