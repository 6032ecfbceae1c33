/** What a proof of the machine says: public values, felts of the key, and the verifier's own bus terms. */
import type { BoundaryTerm } from '../../air/machine.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import { ROOT_LEVEL } from '../../vm/address-map.ts';
import type { ExecutionRecord } from '../../vm/execution-record.ts';
import { EXECUTION, MERKLE } from './buses.ts';

const ROOT_NAMES = Array.from({ length: 8 }, (_, i) => `root[${i}]`);

/** Elements of the public-value vector: the state before the shard, the state after it, and the end time. */
export const PUBLIC_VALUE_NAMES: readonly string[] = [
  ...['pc', ...ROOT_NAMES].map((name) => `${name} before`),
  ...['pc', ...ROOT_NAMES].map((name) => `${name} after`),
  'end time',
];

/**
 * Felts of the verifying key: where an execution begins. They are part of the key's digest and of no term: a shard may
 * begin in any state, and whoever makes a statement of a whole execution compares its first state with them.
 */
export const KEY_FELT_NAMES: readonly string[] = ['entry pc', ...ROOT_NAMES.map((name) => `initial ${name}`)];

/** Felts of one state: pc and root. */
const STATE = 9;
/** Bits of the end time; every time of a proof is below 2^24. */
const TIME_BITS = 24;

/**
 * The verifier's own terms. Execution leads from (pc before, 4) to (pc after, end time); the tree is entered at its root,
 * which is the state's before and after.
 */
export function boundary<W extends Wires>(
  on: Backend<W>,
  publicValues: readonly W['felt'][],
  _keyFelts: readonly W['felt'][],
): BoundaryTerm<W>[] {
  const [pcBefore, ...rootBefore] = publicValues.slice(0, STATE) as [W['felt'], ...W['felt'][]];
  const [pcAfter, ...rootAfter] = publicValues.slice(STATE, 2 * STATE) as [W['felt'], ...W['felt'][]];
  const endTime = publicValues[2 * STATE] as W['felt'];
  const one = on.feltConst(1);
  // Soundness: order checks are over the integers only because every time is below 2^24.
  const timeBits = on.feltBits(endTime, TIME_BITS, 'end time is below 2^24');
  for (const i of [0, 1]) {
    on.assertFeltEqual(on.bitAsFelt(timeBits[i] as W['bit']), on.feltConst(0), 'end time is a multiple of 4');
  }
  return [
    { bus: EXECUTION, sign: 1, multiplicity: one, message: [pcBefore, on.feltConst(4)] },
    { bus: EXECUTION, sign: -1, multiplicity: one, message: [pcAfter, endTime] },
    {
      bus: MERKLE,
      sign: 1,
      multiplicity: one,
      message: [on.feltConst(ROOT_LEVEL), on.feltConst(0), ...rootBefore, ...rootAfter],
    },
  ];
}

/** The public-value vector of a shard, in the order of PUBLIC_VALUE_NAMES. */
export function publicValuesOf({ start, end, cycles }: ExecutionRecord): number[] {
  return [start.pc, ...start.root, end.pc, ...end.root, 4 * (cycles + 1)];
}
