/** The toy machine with the public values of a core machine, so that lift and wrap run on it. */
import { exitCodeOf } from './final-words.ts';
import type { Machine } from '../../prover/air/machine.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { proveWitness, type LayerCase } from './layer.ts';
import type { CoreMachine } from '../../prover/machines/rv32im/machine.ts';
import { STANDARD_SYSCALLS } from '../../prover/machines/standard.ts';
import type { SyscallTable } from '../../prover/vm/syscalls/table.ts';
import { TEST_ONLY_TINY } from './test-layers.ts';
import { toyMachine, toyWitness, type ToyWitness } from './toy-machine.ts';

/**
 * Public values: number of steps (in place of the end time), exit code (2), then 16 "digest limbs": first x, last x, and
 * fourteen that nothing but the statement binds.
 */
export function toyGuestMachine(name = 'toy guest'): Machine {
  const toy = toyMachine();
  return {
    ...toy,
    name,
    publicValueCount: 19,
    publicValueNames: Array.from({ length: 19 }, (_, i) => `value ${i}`),
    boundary: (on, values, keyFelts) => toy.boundary(on, [values[3]!, values[4]!, values[0]!], keyFelts),
  };
}

export type ToyGuestOptions = {
  readonly machine?: Machine;
  readonly parameters?: LayerParameters;
  readonly exitCode?: readonly [number, number];
  readonly heights?: readonly [number, number, number];
  readonly steps?: number;
};

/** The toy run of so many steps, with the public values of a core machine. */
function toyGuestWitness(
  steps: number,
  exitCode: readonly [number, number],
  heights: readonly [number, number, number],
): ToyWitness {
  const witness = toyWitness(steps, ...heights);
  const [first, last, count] = witness.publicValues;
  const limbs = Array.from({ length: 14 }, (_, i) => 1000 + i);
  return { ...witness, publicValues: [count!, ...exitCode, first!, last!, ...limbs] };
}

const HEIGHTS = [3, 4, 3] as const;

/**
 * The toy as a core machine of a system: whatever the program, its execution of c cycles becomes a run of 1 + c mod 7 steps, with
 * the execution's exit code.
 */
export function toyCoreMachine(name?: string, syscalls: SyscallTable = STANDARD_SYSCALLS): CoreMachine {
  const machine = toyGuestMachine(name);
  const witness = (cycles: number, exitCode: number): ToyWitness =>
    toyGuestWitness(1 + (cycles % 7), [exitCode & 0xffff, exitCode >>> 16], HEIGHTS);
  return {
    machine,
    extensions: [],
    syscalls,
    buses: [],
    fill: (_program, record) => {
      const { trace, publicValues } = witness(record.cycles, exitCodeOf(record));
      return { main: trace, publicValues };
    },
    preprocess: () => witness(0, 0).preprocessed,
    keyFelts: () => witness(0, 0).keyFelts,
    room: () => ({ chips: [], fixedCells: 0 }),
    shape: (_program, record) => witness(record.cycles, exitCodeOf(record)).trace,
  };
}

/** A proof of one toy run, as lift takes it. */
export function toyGuestCase(options: ToyGuestOptions = {}): LayerCase {
  const { machine = toyGuestMachine(), parameters = TEST_ONLY_TINY, exitCode = [0, 0], steps = 5 } = options;
  layerLayout(machine, parameters);
  return proveWitness(toyGuestWitness(steps, exitCode, options.heights ?? HEIGHTS), { machine, parameters });
}
