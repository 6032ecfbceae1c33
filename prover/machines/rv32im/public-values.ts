/** What a proof of the machine says: public values, felts of the key, and the verifier's own bus terms. */
import type { BoundaryTerm } from '../../air/machine.ts';
import type { Backend, Wires } from '../../verifier/backend.ts';
import type { ExecutionRecord } from '../../vm/execution-record.ts';
import { COMMIT, EXECUTION, HALT, SORT } from './buses.ts';

/** Elements of the public-value vector: end time, exit code, and eight words of the committed digest, as limbs. */
export const PUBLIC_VALUE_NAMES: readonly string[] = [
  'end time',
  'exit code lo',
  'exit code hi',
  ...Array.from({ length: 8 }, (_, i) => [`digest word ${i} lo`, `digest word ${i} hi`]).flat(),
];

/** Felts of the verifying key: the entry pc, and the word addresses between which memory starts as zero. */
export const KEY_FELT_NAMES: readonly string[] = ['entry pc', 'zero start', 'zero end'];

/** Bits of the end time; every time of a proof is below 2^24. */
const TIME_BITS = 24;

/**
 * The verifier's own terms. Execution starts at (entry, 4) and ends at (0, end time); the sort chain goes from the
 * start of the zero range to its end; each of the eight digest words is committed once; the program halts once.
 */
export function boundary<W extends Wires>(
  on: Backend<W>,
  publicValues: readonly W['felt'][],
  keyFelts: readonly W['felt'][],
): BoundaryTerm<W>[] {
  const [endTime, exitLow, exitHigh, ...digest] = publicValues as [W['felt'], W['felt'], W['felt'], ...W['felt'][]];
  const [entry, zeroStart, zeroEnd] = keyFelts as [W['felt'], W['felt'], W['felt']];
  const one = on.feltConst(1);
  // Soundness: order checks are over the integers only because every time is below 2^24.
  const timeBits = on.feltBits(endTime, TIME_BITS, 'end time is below 2^24');
  for (const i of [0, 1]) {
    on.assertFeltEqual(on.bitAsFelt(timeBits[i] as W['bit']), on.feltConst(0), 'end time is a multiple of 4');
  }
  return [
    { bus: EXECUTION, sign: 1, multiplicity: one, message: [entry, on.feltConst(4)] },
    { bus: EXECUTION, sign: -1, multiplicity: one, message: [on.feltConst(0), endTime] },
    { bus: SORT, sign: 1, multiplicity: one, message: [zeroStart] },
    { bus: SORT, sign: -1, multiplicity: one, message: [zeroEnd] },
    ...Array.from({ length: 8 }, (_, i): BoundaryTerm<W> => {
      const word = digest.slice(2 * i, 2 * i + 2);
      return { bus: COMMIT, sign: -1, multiplicity: one, message: [on.feltConst(i), ...word] };
    }),
    { bus: HALT, sign: -1, multiplicity: one, message: [exitLow, exitHigh] },
  ];
}

/** The public-value vector of an execution, in the order of PUBLIC_VALUE_NAMES. */
export function publicValuesOf(record: ExecutionRecord): number[] {
  const words = [record.exitCode, ...record.committedDigest];
  return [4 * (record.cycles + 1), ...words.flatMap((word) => [word & 0xffff, word >>> 16])];
}
