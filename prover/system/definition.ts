/**
 * A proof system as a value: core machines, tiers, recursion programs, and the keys of the programs. Everything that proves or
 * verifies is given one and takes machines, layers and keys from it; `defaultSystem` is the one of this version.
 */
import { ZkError } from '../core/errors.ts';
import { CONTROL_DEPTH, isKindName } from '../recursion/control-root.ts';
import { CORE, type RecursionKind, type RecursionProgram } from '../recursion/program.ts';
import { interfaceDigest } from '../stark/digest.ts';
import type { VerifyingKey } from '../stark/key.ts';
import type { LayerParameters } from '../stark/parameters.ts';
import type { CoreMachine } from '../machines/rv32im/machine.ts';
import type { SyscallTable } from '../vm/syscalls/table.ts';
import type { CoreLayer } from './tiers.ts';

export type System = {
  /** Variants of the core machine, smallest first. */
  readonly cores: readonly CoreMachine[];
  /** Core layers, smallest first, of every variant. */
  readonly tiers: readonly LayerParameters[];
  /** In the order of their keys in the control tree. */
  readonly programs: readonly RecursionProgram[];
  /** Keys of the recursion programs by their ids, as far as they are known. */
  readonly keys: ReadonlyMap<string, VerifyingKey>;
};

/** What a system is defined by; keys are known beforehand, or computed (`StarkProver.computeKeys`) and added with `withKeys`. */
export type SystemParts = Omit<System, 'keys'> & { readonly keys?: ReadonlyMap<string, VerifyingKey> };

/** Checks that the parts fit each other. ZkError BAD_SYSTEM, CONTROL_TREE. */
export function defineSystem(parts: SystemParts): System {
  const { cores, tiers, programs, keys = new Map() } = parts;
  const system: System = { cores, tiers, programs, keys };
  expectSome(cores, 'core machine');
  expectSome(tiers, 'tier');
  expectUnique(
    cores.map(({ machine }) => machine.name),
    'core machines',
  );
  expectUnique(
    tiers.map(({ id }) => id),
    'tiers',
  );
  expectUnique(
    programs.map(({ id }) => id),
    'recursion programs',
  );
  const [first] = cores;
  for (const { machine } of cores) {
    // Soundness: a span of one machine joins with those of another, so keys must mean the same on all of them.
    if (first !== undefined && String(interfaceDigest(machine)) !== String(interfaceDigest(first.machine))) {
      throw bad(`keys mean other things on "${machine.name}" than on "${first.machine.name}": their interfaces differ`);
    }
  }
  for (const { id, kind } of programs) {
    if (kind.name === CORE || !isKindName(kind.name)) {
      throw bad(`the program "${id}" makes proofs of a kind "${kind.name}", which is not a name for one`);
    }
    const other = programs.find((program) => program.kind.name === kind.name && program.kind !== kind);
    if (other !== undefined) throw bad(`"${id}" and "${other.id}" define the kind "${kind.name}" differently`);
  }
  for (const program of programs) expectInputs(system, program);
  for (const [number, syscall] of cores.flatMap(({ syscalls }) => [...syscalls])) {
    if (syscallsOf(system).get(number)?.handle !== syscall.handle) {
      throw bad(`two core machines have different system calls of number ${number}`);
    }
  }
  const count = controlled(system).length;
  if (count > 2 ** CONTROL_DEPTH) {
    throw new ZkError(
      'CONTROL_TREE',
      `The system has ${count} recursion programs whose proofs others accept, and its control tree has room for ${2 ** CONTROL_DEPTH}: remove machines, tiers or programs, or raise CONTROL_DEPTH, which changes wrap and with it the Groth16 keys.`,
    );
  }
  for (const id of keys.keys()) {
    if (!programs.some((program) => program.id === id)) throw bad(`there is a key for "${id}", which is not a program`);
  }
  return system;
}

/** The same system with keys of its programs. */
export function withKeys(system: System, keys: ReadonlyMap<string, VerifyingKey>): System {
  return defineSystem({ ...system, keys });
}

/** Every core machine on every tier. */
export function coreLayers({ cores, tiers }: Pick<System, 'cores' | 'tiers'>): CoreLayer[] {
  return cores.flatMap((core) => tiers.map((tier) => ({ core, tier })));
}

/** The core machine and tier of these names. ZkError BAD_LAYER. */
export function coreOf(system: System, machine: string, tier: string): CoreLayer {
  const found = coreLayers(system).find((layer) => layer.core.machine.name === machine && layer.tier.id === tier);
  if (found !== undefined) return found;
  throw new ZkError('BAD_LAYER', `"${tier}" is not a core layer of the machine "${machine}" in this version`);
}

/** All kinds of proofs but core, in the order of the programs. */
export function kindsOf({ programs }: System): RecursionKind[] {
  return [...new Set(programs.map(({ kind }) => kind))];
}

/** The kind of this name. ZkError BAD_KIND. */
export function kindOf(system: System, name: string): RecursionKind {
  const kind = kindsOf(system).find((known) => known.name === name);
  if (kind === undefined) throw new ZkError('BAD_KIND', `This version has no proofs of kind "${name}".`);
  return kind;
}

/** The programs whose keys stand in the control tree, in its order: those whose proofs another program accepts. */
export function controlled({ programs }: System): RecursionProgram[] {
  const accepted = new Set(programs.flatMap(({ accepts }) => accepts.map(({ kind }) => kind)));
  return programs.filter(({ kind }) => accepted.has(kind.name));
}

/** Every input of a program must be something that the system makes, verified as what it is. */
function expectInputs(system: System, { id, accepts }: RecursionProgram): void {
  for (const { kind: name, machine, parameters } of accepts) {
    if (name === CORE) {
      const isCore = coreLayers(system).some(({ core, tier }) => core.machine === machine && tier === parameters);
      if (!isCore) throw bad(`the program "${id}" accepts core proofs of no core layer`);
      continue;
    }
    const kind = kindsOf(system).find((known) => known.name === name);
    if (kind === undefined) throw bad(`the program "${id}" accepts the kind "${name}", which no program makes`);
    if (kind.target.machine !== machine || kind.layer !== parameters) {
      throw bad(`the program "${id}" accepts the kind "${name}" with another machine or layer than its proofs have`);
    }
    if (kind.layer.hash !== 'kb') throw bad(`the program "${id}" accepts the kind "${name}", hashed over BN254`);
  }
}

function expectSome(list: readonly unknown[], what: string): void {
  if (list.length === 0) throw bad(`it has no ${what}`);
}

function expectUnique(names: readonly string[], what: string): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw bad(`two of its ${what} have the name "${twice}"`);
}

function bad(problem: string): ZkError {
  return new ZkError('BAD_SYSTEM', `The system does not fit together: ${problem}.`);
}

/** The system calls of all core machines: what an execution may make that one of them proves. They agree on every number. */
export function syscallsOf({ cores }: Pick<System, 'cores'>): SyscallTable {
  return new Map(cores.flatMap(({ syscalls }) => [...syscalls]));
}
