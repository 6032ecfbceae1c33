/** The hash suites by the name that a layer's parameters give them. */
import { suiteBn254 } from './suite-bn254.ts';
import { suiteKoalaBear } from './suite-koalabear.ts';
import type { ProverHash } from './suite.ts';

const SUITES: Readonly<Record<ProverHash['id'], ProverHash>> = { kb: suiteKoalaBear, bn: suiteBn254 };

/** The suite that a layer commits and hashes with. */
export function suiteOf({ hash }: { readonly hash: ProverHash['id'] }): ProverHash {
  return SUITES[hash];
}
