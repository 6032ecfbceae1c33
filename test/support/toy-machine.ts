/**
 * A small machine with one of each: two chips of free height, a range table with a closed form, a preprocessed chip
 * whose height belongs to the key, and boundary terms from public values and key.
 *
 * Step: a counter chain. Row receives STATE(i, x), looks x' up below 16, asks the key's table for the increment of i
 * and sends STATE(i + 1, x'), x' = x + increment. Cube: y = x^3 for every state passed, sent back on CUBE.
 */
import { chip, recordChip, type Bus } from '../../prover/air/chip.ts';
import type { Machine, MachineTrace, PreprocessedTraces } from '../../prover/air/machine.ts';
import { add, mul } from '../../prover/field/koalabear.ts';

export const STATE: Bus = { name: 'STATE', id: 1, length: 2 };
export const RANGE: Bus = { name: 'RANGE', id: 2, length: 1 };
export const INCREMENT: Bus = { name: 'INCREMENT', id: 3, length: 2 };
export const CUBE: Bus = { name: 'CUBE', id: 4, length: 2 };

const STEP = { isReal: 'bool', index: 'felt', x: 'felt', increment: 'felt', cube: 'felt' } as const;
const CUBER = { isReal: 'bool', x: 'felt', square: 'felt', cube: 'felt' } as const;
const TABLE = { multiplicity: 'felt' } as const;
const STEPS = { multiplicity: 'felt' } as const;
const STEPS_PRE = { index: 'felt', increment: 'felt', isReal: 'felt' } as const;

const step = chip({
  name: 'Step',
  columns: STEP,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal, index, x, increment, cube } = row;
    air.zero(isReal.sub(1).mul(cube), 'cube is zero in padding');
    air.receive(STATE, isReal, [index, x], 'take state');
    air.send(STATE, isReal, [index.add(1), x.add(increment)], 'give state');
    air.send(RANGE, isReal, [increment], 'increment is small');
    air.send(INCREMENT, isReal, [index, increment], 'ask increment');
    air.send(CUBE, isReal, [x, cube], 'ask cube');
  },
});

const cuber = chip({
  name: 'Cube',
  columns: CUBER,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal, x, square, cube } = row;
    air.equal(x.mul(x), square, 'square');
    air.equal(x.mul(x).mul(x), cube, 'cube');
    air.equal(square.mul(x), cube, 'cube from square');
    air.receive(CUBE, isReal, [x, cube], 'answer cube');
  },
});

const range = chip({
  name: 'Range',
  columns: TABLE,
  preprocessed: {},
  closedForms: [
    {
      name: 'value',
      at: (row) => row,
      mle: (on, point) =>
        point.reduce((sum, x, j) => on.extAdd(sum, on.extMulConst(x, 2 ** j)), on.extConst([0, 0, 0, 0, 0])),
    },
  ],
  logHeight: 4,
  eval: (air, row, _pre, closed) => {
    const value = closed[0];
    if (value === undefined) throw new RangeError('the closed form is missing');
    air.receive(RANGE, row.multiplicity, [value], 'table row');
  },
});

const steps = chip({
  name: 'Steps',
  columns: STEPS,
  preprocessed: STEPS_PRE,
  closedForms: [],
  logHeight: 'key',
  eval: (air, row, pre) => {
    air.zero(pre.isReal.sub(1).mul(row.multiplicity), 'no multiplicity in padding');
    air.receive(INCREMENT, row.multiplicity, [pre.index, pre.increment], 'increment of a step');
  },
});

/**
 * Public values: first x, last x, number of steps. Key felt: the index of the first step. With `logHeights` (of Step,
 * Cube and Steps) all heights are constants: a packed machine.
 */
export function toyMachine(logHeights?: readonly [number, number, number]): Machine {
  const [logSteps, logCubes, logKey] = logHeights ?? (['free', 'free', 'key'] as const);
  return {
    name: logHeights === undefined ? 'toy' : 'packed toy',
    chips: [
      { ...step, logHeight: logSteps },
      { ...cuber, logHeight: logCubes },
      range,
      { ...steps, logHeight: logKey },
    ].map((definition) => recordChip(definition)),
    publicValueCount: 3,
    publicValueNames: ['first x', 'last x', 'steps'],
    keyFeltNames: ['first index'],
    boundary: (on, publicValues, keyFelts) => {
      const [first, last, count] = publicValues;
      const [start] = keyFelts;
      if (first === undefined || last === undefined || count === undefined || start === undefined) {
        throw new RangeError('the toy machine has three public values and one key felt');
      }
      const one = on.feltConst(1);
      return [
        { bus: STATE, sign: 1, multiplicity: one, message: [start, first] },
        { bus: STATE, sign: -1, multiplicity: one, message: [on.feltAdd(start, count), last] },
      ];
    },
  };
}

export type ToyWitness = {
  readonly trace: MachineTrace;
  readonly preprocessed: PreprocessedTraces;
  readonly publicValues: readonly number[];
  readonly keyFelts: readonly number[];
};

/** The index of the first step. */
export const TOY_FIRST_INDEX = 100;

/** What step i adds to x. */
export function toyIncrement(i: number): number {
  return (i * 5 + 3) % 16;
}

/** An honest run of `count` steps from x = `first`; heights as given (2^logHeight rows each). */
export function toyWitness(count: number, logSteps: number, logCubes: number, logKey: number, first = 7): ToyWitness {
  const firstIndex = TOY_FIRST_INDEX;
  const increments = Array.from({ length: 2 ** logKey - 1 }, (_, i) => toyIncrement(i));
  if (count > 2 ** logSteps || count > 2 ** logCubes || count > increments.length) {
    throw new RangeError(`${count} steps do not fit`);
  }
  const zeros = (width: number, logHeight: number): Uint32Array[] =>
    Array.from({ length: width }, () => new Uint32Array(2 ** logHeight));
  const stepColumns = zeros(5, logSteps);
  const cubeColumns = zeros(4, logCubes);
  const rangeColumns = zeros(1, 4);
  const keyColumns = zeros(1, logKey);
  const keyPre = zeros(3, logKey);
  for (const [i, increment] of increments.entries()) put(keyPre, i, [firstIndex + i, increment, 1]);
  let x = first;
  for (let i = 0; i < count; i++) {
    const increment = increments[i] ?? 0;
    const cube = mul(mul(x, x), x);
    put(stepColumns, i, [1, firstIndex + i, x, increment, cube]);
    put(cubeColumns, i, [1, x, mul(x, x), cube]);
    bump(rangeColumns[0], increment);
    bump(keyColumns[0], i);
    x = add(x, increment);
  }
  return {
    trace: [
      { logHeight: logSteps, columns: stepColumns },
      { logHeight: logCubes, columns: cubeColumns },
      { logHeight: 4, columns: rangeColumns },
      { logHeight: logKey, columns: keyColumns },
    ],
    preprocessed: [[], [], [], keyPre],
    publicValues: [first, x, count],
    keyFelts: [firstIndex],
  };
}

function put(columns: readonly Uint32Array[], row: number, values: readonly number[]): void {
  for (const [c, value] of values.entries()) {
    const column = columns[c];
    if (column !== undefined) column[row] = value;
  }
}

function bump(column: Uint32Array | undefined, row: number): void {
  if (column !== undefined) column[row] = (column[row] ?? 0) + 1;
}
