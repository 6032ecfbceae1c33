/** What programs do with the proof of a shard: the proof of a core machine on one tier. */
import type { Machine } from '../../air/machine.ts';
import { ZkError } from '../../core/errors.ts';
import { keyDigest, witnessKey } from '../../stark/key.ts';
import { layerLayout } from '../../stark/layout.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import { verifyLayer } from '../../stark/verify.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { CORE, type Accepted, type ProofInput } from '../program.ts';

/** Felts of a state: pc and root. */
const STATE = 9;
/** A core machine's public values: the states before and after, and the end time, which the verifier checks. */
const PUBLIC_VALUES = 2 * STATE + 1;
/** A core machine's key felts: the state in which an execution begins. */
const KEY_FELTS = STATE;

/** A pc and the root of a memory. */
export type StateWires<W extends Wires> = { readonly pc: W['felt']; readonly root: readonly W['felt'][] };

/** What the proof of a shard says. */
export type Shard<W extends Wires> = {
  /** The digest of the program's key. */
  readonly subject: readonly W['felt'][];
  /** Where an execution of the program begins. */
  readonly entry: StateWires<W>;
  readonly before: StateWires<W>;
  readonly after: StateWires<W>;
};

/** Proofs of shards as what a program accepts. ZkError BAD_LAYER for a machine without a core machine's values. */
export function acceptShard(machine: Machine, parameters: LayerParameters): Accepted {
  const { publicValueCount, keyFeltNames, name } = machine;
  if (publicValueCount !== PUBLIC_VALUES || keyFeltNames.length !== KEY_FELTS) {
    throw new ZkError(
      'BAD_LAYER',
      `a core machine has ${PUBLIC_VALUES} public values and ${KEY_FELTS} key felts, "${name}" has ${publicValueCount} and ${keyFeltNames.length}`,
    );
  }
  return { kind: CORE, machine, parameters };
}

/** Verifies the proof of a shard. Its key is a witness: whose it is, is said by its digest. */
export function verifyShard<W extends Wires>(
  on: Backend<W>,
  { machine, parameters }: Accepted,
  { key, publicValues, proof }: ProofInput,
): Shard<W> {
  const layout = layerLayout(machine, parameters);
  const keyWires = witnessKey(on, layout, key);
  const values = publicValues.map((value) => on.hintFelt(value));
  // Soundness: every hint above is observed by the layer's transcript; the digest is computed from the same wires.
  verifyLayer(on, machine, parameters, keyWires, values, proof);
  return {
    subject: on.digestFelts(keyDigest(on, layout, keyWires)),
    entry: stateOf(keyWires.felts),
    before: stateOf(values),
    after: stateOf(values.slice(STATE)),
  };
}

/** The state that a list begins with. */
export function stateOf<W extends Wires>(felts: readonly W['felt'][]): StateWires<W> {
  const [pc, ...root] = felts.slice(0, STATE);
  return { pc: pc as W['felt'], root };
}
