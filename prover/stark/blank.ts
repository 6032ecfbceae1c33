/**
 * Keys and proofs that prove nothing: what a verifier run over a recording backend needs to write down its program. Only
 * the shapes count, and they follow from machine and parameters alone.
 */
import { DIGEST_LENGTH } from '../hash/sponge-koalabear.ts';
import { suiteOf } from '../verifier/suites.ts';
import { keyPositionCount, type VerifyingKey } from './key.ts';
import { MIN_LOG_HEIGHT, type LayerLayout } from './layout.ts';
import type { LayerProof } from './proof.ts';
import { zeroProof } from './proof-codec.ts';

function repeat(count: number, value: number): number[] {
  return new Array<number>(count).fill(value);
}

/** A key of the layout's shape. KoalaBear layers only. */
export function blankKey(layout: LayerLayout): VerifyingKey {
  return {
    machine: layout.machine.name,
    root: repeat(DIGEST_LENGTH, 0),
    logHeights: repeat(layout.keyHeightCount, MIN_LOG_HEIGHT),
    positions: repeat(keyPositionCount(layout), 0),
    felts: repeat(layout.machine.keyFeltNames.length, 0),
  };
}

/** A proof of the layout's shape, with digests of its layer's hash. */
export function blankProof(layout: LayerLayout): LayerProof {
  return {
    ...zeroProof(suiteOf(layout.parameters), layout),
    logHeights: repeat(layout.freeHeightCount, MIN_LOG_HEIGHT),
  };
}
