/** The toy machine with the public values of a core machine, so that lift and wrap run on it. */
import type { Machine } from '../../prover/air/machine.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { proveWitness, type LayerCase } from './layer.ts';
import { TEST_ONLY_TINY } from './test-layers.ts';
import { toyMachine, toyWitness } from './toy-machine.ts';

/**
 * Public values: number of steps (in place of the end time), exit code (2), then 16 "digest limbs": first x, last x, and
 * fourteen that nothing but the statement binds.
 */
export function toyGuestMachine(): Machine {
  const toy = toyMachine();
  return {
    ...toy,
    name: 'toy guest',
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

/** A proof of one toy run, as lift takes it. */
export function toyGuestCase(options: ToyGuestOptions = {}): LayerCase {
  const { machine = toyGuestMachine(), parameters = TEST_ONLY_TINY, exitCode = [0, 0], steps = 5 } = options;
  const witness = toyWitness(steps, ...(options.heights ?? [3, 4, 3]));
  const [first, last, count] = witness.publicValues;
  const limbs = Array.from({ length: 14 }, (_, i) => 1000 + i);
  const publicValues = [count!, ...exitCode, first!, last!, ...limbs];
  layerLayout(machine, parameters);
  return proveWitness({ ...witness, publicValues }, { machine, parameters });
}
