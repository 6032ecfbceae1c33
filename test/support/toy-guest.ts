/**
 * The toy machine with the public values and key felts of a core machine, so that recursion runs on it. A shard of so many steps
 * leads from one pc to another; which memories it leads between is said by nothing but its proof.
 */
import { add, sub } from '../../prover/field/koalabear.ts';
import type { Machine } from '../../prover/air/machine.ts';
import type { CoreMachine } from '../../prover/machines/rv32im/machine.ts';
import { STANDARD_SYSCALLS } from '../../prover/machines/standard.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { HALTED_PC, SYSTEM_QUAD } from '../../prover/vm/address-map.ts';
import { QUAD_RECORD_WORDS, RecordTable } from '../../prover/vm/execution-record.ts';
import { MemoryTree } from '../../prover/vm/memory-tree.ts';
import { openSystemWords, type SystemOpening } from '../../prover/vm/system-opening.ts';
import type { SyscallTable } from '../../prover/vm/syscalls/table.ts';
import { proveWitness, type LayerCase } from './layer.ts';
import { TEST_ONLY_TINY } from './test-layers.ts';
import { TOY_FIRST_INDEX, toyIncrement, toyMachine, toyWitness } from './toy-machine.ts';

/** Public values: pc, root (8), pc', root' (8), number of steps. Key felts: entry, initial root (8), which no term has. */
export function toyGuestMachine(name = 'toy guest', keyInterface: unknown = 'toy'): Machine {
  const toy = toyMachine();
  return {
    ...toy,
    name,
    keyInterface,
    publicValueCount: 19,
    publicValueNames: Array.from({ length: 19 }, (_, i) => `value ${i}`),
    keyFeltNames: Array.from({ length: 9 }, (_, i) => `felt ${i}`),
    boundary: (on, values) => toy.boundary(on, [values[0]!, values[9]!, values[18]!], [on.feltConst(TOY_FIRST_INDEX)]),
  };
}

/** A pc and the root of a memory. */
export type ToyState = { readonly pc: number; readonly root: readonly number[] };

const HEIGHTS = [3, 4, 3] as const;

/** The pc after so many steps. */
export function toyPcAfter(pc: number, steps: number): number {
  return Array.from({ length: steps }, (_, i) => toyIncrement(i)).reduce((sum, increment) => add(sum, increment), pc);
}

/** The pc from which shards of so many steps lead to the end. */
export function toyEntry(steps: readonly number[]): number {
  return steps.reduce((pc, count) => sub(pc, toyPcAfter(0, count)), HALTED_PC);
}

export type ToyShardOptions = {
  readonly machine?: Machine;
  readonly parameters?: LayerParameters;
  readonly heights?: readonly [number, number, number];
  readonly steps?: number;
  /** What the key says of where an execution begins; the shard's own beginning unless given. */
  readonly start?: ToyState;
};

/** A proof of one shard between two memories. */
export function toyShard(
  pc: number,
  before: readonly number[],
  after: readonly number[],
  options: ToyShardOptions = {},
): LayerCase {
  const { machine = toyGuestMachine(), parameters = TEST_ONLY_TINY, steps = 5, heights = HEIGHTS } = options;
  const { start = { pc, root: before } } = options;
  const witness = toyWitness(steps, ...heights, pc);
  const publicValues = [pc, ...before, toyPcAfter(pc, steps), ...after, steps];
  return proveWitness({ ...witness, publicValues, keyFelts: [start.pc, ...start.root] }, { machine, parameters });
}

/** A memory, whatever else is in it, with these system words. */
export function toyMemory(seed: number, words: Readonly<Record<number, number>> = {}) {
  const stretch = { start: 0, end: 1024, words: Uint32Array.of(seed) };
  const tree = MemoryTree.of({ stretches: [stretch], stack: undefined });
  const quads = new RecordTable(QUAD_RECORD_WORDS, 8);
  for (let quad = 0; quad < 8; quad++) {
    const final = Array.from({ length: 4 }, (_, i) => words[4 * quad + i] ?? 0);
    const at = quads.push();
    quads.words.set([SYSTEM_QUAD + quad, 0, 0, 0, 0, ...final, 4, 4, 4, 4], at);
  }
  tree.update(quads);
  return { root: tree.root(), words: openSystemWords(tree) };
}

/** A whole execution in one shard or more. */
export type ToyExecution = { readonly shards: readonly LayerCase[]; readonly words: SystemOpening };

export type ToyExecutionOptions = Omit<ToyShardOptions, 'start' | 'steps'> & {
  /** Tells programs with different memories apart. */
  readonly seed?: number;
  /** Steps of each shard. */
  readonly shards?: readonly number[];
  /** System words in the last memory. */
  readonly words?: Readonly<Record<number, number>>;
};

/** The system words of public values that say nothing else. */
export const TOY_DIGEST: Readonly<Record<number, number>> = Object.fromEntries(
  Array.from({ length: 8 }, (_, i) => [i, 0x10000 * (i + 1) + i]),
);

/** Proofs of all shards of an execution that halts. */
export function toyExecution(options: ToyExecutionOptions = {}): ToyExecution {
  const { seed = 1, shards = [5], words = TOY_DIGEST } = options;
  const start = { pc: toyEntry(shards), root: toyMemory(seed).root };
  const end = toyMemory(seed, words);
  let { pc, root } = start;
  return {
    words: end.words,
    shards: shards.map((steps, i) => {
      const next = i === shards.length - 1 ? end.root : toyMemory(1000 * seed + i).root;
      const shard = toyShard(pc, root, next, { ...options, steps, start });
      [pc, root] = [toyPcAfter(pc, steps), next];
      return shard;
    }),
  };
}

/** The proof of an execution in one shard. */
export function toyGuestCase({ steps = 5, ...options }: Omit<ToyShardOptions, 'start'> = {}): LayerCase {
  return toyExecution({ ...options, shards: [steps] }).shards[0]!;
}

/** Steps of every run of the toy as a core machine. */
const STEPS = 5;

/** The toy as a core machine of a system: whatever the program, a record becomes the same run, between the memories of the record. */
export function toyCoreMachine(
  name?: string,
  syscalls: SyscallTable = STANDARD_SYSCALLS,
  keyInterface?: unknown,
): CoreMachine {
  const entry = toyEntry([STEPS]);
  const witness = toyWitness(STEPS, ...HEIGHTS, entry);
  return {
    machine: toyGuestMachine(name, keyInterface),
    extensions: [],
    syscalls,
    buses: [],
    fill: (_program, { start, end }) => ({
      main: witness.trace,
      publicValues: [entry, ...start.root, HALTED_PC, ...end.root, STEPS],
    }),
    preprocess: () => witness.preprocessed,
    keyFelts: ({ image }) => [entry, ...MemoryTree.of(image).root()],
    shape: () => witness.trace,
    counted: () => ({ fixedCells: 0, chips: [] }),
  };
}
