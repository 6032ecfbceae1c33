/**
 * The control root: a small tree over the keys of the programs that wrap accepts. It is carried as a public value and
 * fixed per deployment, so that a change of the VM changes this root and nothing in wrap or Groth16.
 */
import { NativeBackend, type NativeWires } from '../verifier/native-backend.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { compress, hashFelts } from '../hash/sponge-koalabear.ts';
import { authenticationPath } from '../hash/merkle-koalabear.ts';
import { constantKey, keyDigest, type KeyWires, type VerifyingKey } from '../stark/key.ts';
import type { LayerLayout } from '../stark/layout.ts';
import type { Backend, Wires } from '../verifier/backend.ts';

/** The tree has 2^CONTROL_DEPTH leaves. */
export const CONTROL_DEPTH = 3;
/** The leaf's domain says what kind of program the key is for; wrap accepts this kind alone. */
const LIFT_LEAF = 'hardhat-zkvm/control/1/lift';
const EMPTY_LEAF = 'hardhat-zkvm/control/1/empty';

/** Leaf of a lift key: a hash of the key's digest under the kind's domain. */
export function controlLeaf<W extends Wires>(on: Backend<W>, layout: LayerLayout, key: KeyWires<W>): W['digest'] {
  return on.hashFelts(LIFT_LEAF, on.digestFelts(keyDigest(on, layout, key)));
}

/** The tree over the accepted lift keys, in a fixed order of tiers. */
export type ControlTree = {
  readonly root: readonly number[];
  /** Path of the key at `index`, lowest level first. */
  readonly path: (index: number) => readonly (readonly number[])[];
};

/** Builds the control tree. RangeError for more keys than leaves, or none. */
export function controlTree(layout: LayerLayout, keys: readonly VerifyingKey[]): ControlTree {
  const count = 2 ** CONTROL_DEPTH;
  if (keys.length === 0 || keys.length > count) {
    throw new RangeError(`"keys" expected 1..${count} keys, got ${keys.length}`);
  }
  const on = new NativeBackend(suiteKoalaBear);
  const leaves = Array.from({ length: count }, (_, i): readonly number[] => {
    const key = keys[i];
    if (key === undefined) return hashFelts(EMPTY_LEAF, [i]);
    return on.digestFelts(controlLeaf<NativeWires>(on, layout, constantKey<NativeWires>(on, layout, key)));
  });
  const levels = [leaves];
  for (let level = leaves; level.length > 1;) {
    level = Array.from({ length: level.length / 2 }, (_, i) => compress(level[2 * i] ?? [], level[2 * i + 1] ?? []));
    levels.push(level);
  }
  const tree = { levels: levels.map((level) => Uint32Array.from(level.flat())) };
  return {
    root: levels.at(-1)?.[0] ?? [],
    path: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= keys.length) {
        throw new RangeError(`"index" expected 0..${keys.length - 1}, got ${index}`);
      }
      return authenticationPath(tree, index);
    },
  };
}
