/**
 * Soundness formulas of systems that are not ours (FRI, DEEP-ALI, LogUp, zerocheck), to check the shared part of our calculator
 * against published numbers. Source: soundcalc of the Ethereum Foundation; ePrint 2025/2055, 2022/1216.
 */
import type { Proximity } from '../../prover/stark/security/proximity.ts';

export type FriCircuit = {
  /** log2 of the challenge field. */
  readonly logField: number;

  readonly logLength: number;
  readonly batched: number;
  /** How the batched functions are combined. */
  readonly batching: 'powers' | 'eq';
  readonly queries: number;
  /** log2 of each fold factor. */
  readonly logFolds: readonly number[];
  readonly pow: { readonly batch?: number; readonly commit?: number; readonly query?: number; readonly deep?: number };
};

export type AirInfo = { readonly constraints: number; readonly degree: number; readonly maxCombo: number };

/** Bits of the batching round, of the first commit round and of the query phase. */
export function friBits(circuit: FriCircuit, code: Proximity): { batching: number; commit: number; query: number } {
  const { logField, logLength, batched, batching, queries, logFolds, pow } = circuit;
  const factor = batching === 'powers' ? batched - 1 : Math.ceil(Math.log2(batched));
  const logFold = logFolds[0]!;
  const firstLength = logLength - logFold;
  return {
    batching: logField - code.logLineError(logLength) - Math.log2(factor) + (pow.batch ?? 0),
    commit: logField - code.logLineError(firstLength) - Math.log2(2 ** logFold - 1) + (pow.commit ?? 0),
    query: -queries * Math.log2(1 - code.radius) + (pow.query ?? 0),
  };
}

/** Bits of DEEP-ALI: combining the constraints, and the out-of-domain point. */
export function deepAliBits(circuit: FriCircuit, air: AirInfo, code: Proximity): { ali: number; deep: number } {
  const { logField, logLength, pow } = circuit;
  const length = 2 ** logLength;
  const error = code.listSize * (air.degree * (length + air.maxCombo - 1) + (length - 1));
  return {
    ali: logField - Math.log2(code.listSize * air.constraints),
    // |F| - N - n is |F| to double precision.
    deep: logField - Math.log2(error) + (pow.deep ?? 0),
  };
}

/** Bits of a LogUp lookup; `fingerprint` univariate (powers of one challenge) or multilinear. */
export function lookupBits(
  logField: number,
  rows: number,
  lookups: number,
  columns: number,
  fingerprint: 'univariate' | 'multilinear',
  pow: number,
): number {
  const degree = fingerprint === 'univariate' ? columns : Math.max(Math.log2(columns), 1);
  return logField - Math.log2(lookups * rows * degree) + pow;
}

/** Bits of a zerocheck: (C + (d + 2) log N)/|F|. */
export function zerocheckBits(logField: number, logRows: number, constraints: number, degree: number): number {
  return logField - Math.log2(constraints + (degree + 2) * logRows);
}
