/**
 * The control root: a small tree over the keys of the programs whose proofs other programs accept. It is carried as a public
 * value and fixed per deployment, so that a change of the VM changes this root and nothing in wrap or Groth16.
 */
import { NativeBackend, type NativeWires } from '../verifier/native-backend.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { ZkError } from '../core/errors.ts';
import { compress, DIGEST_LENGTH, hashFelts } from '../hash/sponge-koalabear.ts';
import { authenticationPath } from '../hash/merkle-koalabear.ts';
import { constantKey, keyDigest, type KeyWires, type VerifyingKey } from '../stark/key.ts';
import type { LayerLayout } from '../stark/layout.ts';
import type { Backend, Wires } from '../verifier/backend.ts';

/** The tree has 2^CONTROL_DEPTH leaves; a constant of every program that verifies others, so of wrap and its Groth16 keys. */
export const CONTROL_DEPTH = 5;

/** Leaves that hold no key. */
const EMPTY = 'empty';

/** The leaf's domain says of what kind the proofs under the key are: a program accepts the kind it names and no other. */
function leafDomain(kind: string): string {
  return `hardhat-zkvm/control/1/${kind}`;
}

/** Whether keys of such a kind can stand in a control tree: small letters, digits and hyphens, but not "empty". */
export function isKindName(kind: string): boolean {
  return kind !== EMPTY && /^[a-z][a-z0-9-]{0,31}$/.test(kind);
}

/** Where a key stands in the control tree. */
export type ControlPosition = {
  readonly root: readonly number[];
  readonly index: number;
  /** Lowest level first. */
  readonly path: readonly (readonly number[])[];
};

/** A position of the right shape and nothing else. */
export function blankPosition(): ControlPosition {
  const zeros = new Array<number>(DIGEST_LENGTH).fill(0);
  return { root: zeros, index: 0, path: new Array<readonly number[]>(CONTROL_DEPTH).fill(zeros) };
}

/** Leaf of a key of this kind: a hash of the key's digest under the kind's domain. */
export function controlLeaf<W extends Wires>(
  on: Backend<W>,
  layout: LayerLayout,
  key: KeyWires<W>,
  kind: string,
): W['digest'] {
  return on.hashFelts(leafDomain(kind), on.digestFelts(keyDigest(on, layout, key)));
}

/** A key that stands in a control tree. */
export type ControlledKey = { readonly kind: string; readonly layout: LayerLayout; readonly key: VerifyingKey };

/** The tree over keys in a fixed order. */
export type ControlTree = {
  readonly root: readonly number[];
  /** Position of the key at `index` of the list. */
  readonly position: (index: number) => ControlPosition;
};

/** Builds the control tree. ZkError CONTROL_TREE for more keys than leaves, for none, or a bad kind. */
export function controlTree(keys: readonly ControlledKey[]): ControlTree {
  const count = 2 ** CONTROL_DEPTH;
  if (keys.length === 0 || keys.length > count) {
    throw new ZkError(
      'CONTROL_TREE',
      `The control tree has room for 1 to ${count} keys of recursion programs, got ${keys.length}: remove programs or tiers, or raise CONTROL_DEPTH, which changes wrap and with it the Groth16 keys.`,
    );
  }
  const on = new NativeBackend(suiteKoalaBear);
  const leaves = Array.from({ length: count }, (_, i): readonly number[] => {
    const entry = keys[i];
    if (entry === undefined) return hashFelts(leafDomain(EMPTY), [i]);
    const { kind, layout, key } = entry;
    if (!isKindName(kind)) throw new ZkError('CONTROL_TREE', `"${kind}" is not a name that a kind of proofs may have.`);
    const wires = constantKey<NativeWires>(on, layout, key);
    return on.digestFelts(controlLeaf<NativeWires>(on, layout, wires, kind));
  });
  const levels = [leaves];
  for (let level = leaves; level.length > 1;) {
    level = Array.from({ length: level.length / 2 }, (_, i) => compress(level[2 * i] ?? [], level[2 * i + 1] ?? []));
    levels.push(level);
  }
  const tree = { levels: levels.map((level) => Uint32Array.from(level.flat())) };
  const root = levels.at(-1)?.[0] ?? [];
  return {
    root,
    position: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= keys.length) {
        throw new RangeError(`"index" expected 0..${keys.length - 1}, got ${index}`);
      }
      return { root, index, path: authenticationPath(tree, index) };
    },
  };
}
