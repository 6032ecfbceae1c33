/** The verifying keys of the recursion programs: what makes "a proof of this system" mean one thing everywhere. */
import type { Hex } from '../core/hex.ts';
import { ZkError } from '../core/errors.ts';
import { controlTree, type ControlPosition, type ControlTree } from '../recursion/control-root.ts';
import { CORE, type Accepted, type ProofInput, type RecursionProgram } from '../recursion/program.ts';
import type { VerifyingKey } from '../stark/key.ts';
import { layerLayout } from '../stark/layout.ts';
import type { DigestValue } from '../verifier/backend.ts';
import { packDigest } from '../vm/packed-digest.ts';
import { controlled, coreOf, type System } from './definition.ts';
import type { CoreProof, StageProof } from './proved-layer.ts';

/** Roots as they are committed: eight base elements, or a BN254 scalar in decimal, by the id of the program. */
export type KeyRoots = Readonly<Record<string, readonly number[] | string>>;

/** Keys from roots: recursion programs have constant heights and places, so their keys are their roots. */
export function recursionKeys(programs: readonly RecursionProgram[], roots: KeyRoots): Map<string, VerifyingKey> {
  const known = programs.filter(({ id }) => Object.hasOwn(roots, id));
  return new Map(
    known.map(({ id, kind }) => {
      const root = roots[id]!;
      const value: DigestValue = typeof root === 'string' ? BigInt(root) : root;
      return [id, { machine: kind.target.machine.name, root: value, logHeights: [], positions: [], felts: [] }];
    }),
  );
}

/** The key of a recursion program. ZkError KEY_MISSING where the system has none. */
export function keyOf({ keys }: System, id: string): VerifyingKey {
  const key = keys.get(id);
  if (key !== undefined) return key;
  throw new ZkError(
    'KEY_MISSING',
    `There is no verifying key of the recursion program "${id}": run "npm run generate -- keys".`,
  );
}

/** The program of a kind that a key belongs to; undefined where the system lists none. */
export function programOfKey(system: System, kind: string, key: VerifyingKey): RecursionProgram | undefined {
  return system.programs.find(
    (program) => program.kind.name === kind && String(keyOf(system, program.id).root) === String(key.root),
  );
}

const trees = new WeakMap<System, ControlTree>();

function treeOf(system: System): ControlTree {
  let tree = trees.get(system);
  if (tree === undefined) {
    const entries = controlled(system).map(({ id, kind }) => ({
      kind: kind.name,
      layout: layerLayout(kind.target.machine, kind.layer),
      key: keyOf(system, id),
    }));
    trees.set(system, (tree = controlTree(entries)));
  }
  return tree;
}

/** The control root of a system: eight base elements, and packed as the contract has it. ZkError KEY_MISSING. */
export function controlRootOf(system: System): { readonly felts: readonly number[]; readonly packed: Hex } {
  const { root } = treeOf(system);
  return { felts: root, packed: packDigest(root) };
}

/** Where a program's key stands in the control tree. RangeError for a program that does not. */
export function controlPosition(system: System, program: RecursionProgram): ControlPosition {
  return treeOf(system).position(controlled(system).indexOf(program));
}

/** A proof as input of a recursion program. ZkError BAD_KEY for a key that the system does not list under the proof's kind. */
export function inputOf(system: System, proof: StageProof): ProofInput {
  if (isCore(proof)) return { ...proof, control: undefined };
  const program = programOfKey(system, proof.kind, proof.key);
  if (program !== undefined) return { ...proof, control: controlPosition(system, program) };
  throw new ZkError('BAD_KEY', `The ${proof.kind} proof is under a key that this version does not list.`);
}

/** The program that makes a proof of `kind` from these proofs. ZkError BAD_KIND where there is none. */
export function programFor(system: System, kind: string, proofs: readonly StageProof[]): RecursionProgram {
  const takes = (accepted: Accepted, proof: StageProof): boolean => {
    if (accepted.kind !== proof.kind) return false;
    if (!isCore(proof)) return true;
    const { core, tier } = coreOf(system, proof.key.machine, proof.tier);
    return core.machine === accepted.machine && tier === accepted.parameters;
  };
  const found = system.programs.find(
    ({ kind: made, accepts }) =>
      made.name === kind && accepts.length === proofs.length && accepts.every((input, i) => takes(input, proofs[i]!)),
  );
  if (found !== undefined) return found;
  const given = proofs.map((proof) => proof.kind).join(', ');
  throw new ZkError('BAD_KIND', `No program of this version makes a proof of kind "${kind}" from proofs of: ${given}.`);
}

/** Whether a proof is of an execution. */
export function isCore(proof: StageProof): proof is CoreProof {
  return proof.kind === CORE;
}
