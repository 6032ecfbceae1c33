/**
 * Proof-shaped data that proves nothing: what a verifier run over the recorder needs to write down its program. Only the
 * shapes count, and they follow from machine and parameters alone.
 */
import type { ExtValue } from '../field/types.ts';
import { DIGEST_LENGTH } from '../hash/sponge-koalabear.ts';
import { scheduleOf } from '../pcs/whir/schedule.ts';
import type { OpeningProof } from '../pcs/whir/opening.ts';
import { keyPositionCount, type VerifyingKey } from '../stark/key.ts';
import { MIN_LOG_HEIGHT, type LayerLayout } from '../stark/layout.ts';
import { positionCount, type ChildValues, type LayerProof } from '../stark/proof.ts';
import type { DigestValue, OpenedRow } from '../verifier/backend.ts';

const ZERO: ExtValue = [0, 0, 0, 0, 0];
const DIGEST: DigestValue = new Array<number>(DIGEST_LENGTH).fill(0);
const CHILDREN: ChildValues = [ZERO, ZERO, ZERO, ZERO];

function repeat<T>(count: number, value: T): T[] {
  return new Array<T>(count).fill(value);
}

/** A key of the layout's shape. KoalaBear layers only. */
export function blankKey(layout: LayerLayout): VerifyingKey {
  return {
    machine: layout.machine.name,
    root: DIGEST,
    logHeights: repeat(layout.keyHeightCount, MIN_LOG_HEIGHT),
    positions: repeat(keyPositionCount(layout), 0),
    felts: repeat(layout.machine.keyFeltNames.length, 0),
  };
}

/** A proof of the layout's shape. KoalaBear layers only. */
export function blankProof(layout: LayerLayout): LayerProof {
  return {
    logHeights: repeat(layout.freeHeightCount, MIN_LOG_HEIGHT),
    positions: repeat(positionCount(layout), 0),
    mainRoot: DIGEST,
    oodValue: ZERO,
    lookupNonce: 0,
    gkrRoot: CHILDREN,
    gkrLayers: Array.from({ length: layout.logLeaves - 1 }, (_, i) => ({
      rounds: repeat(i + 1, [ZERO, ZERO] as const),
      children: CHILDREN,
    })),
    zerocheck: repeat(layout.rounds, [ZERO, ZERO, ZERO, ZERO] as const),
    claims: repeat(layout.claimCount, ZERO),
    opening: blankOpening(layout),
  };
}

function blankOpening({ parameters }: LayerLayout): OpeningProof {
  const { mainColumns, logRows, logPreColumns, logPreRows, logInverseRate } = parameters;
  const schedule = scheduleOf(parameters);
  const opened = (width: number, depth: number): OpenedRow => ({ row: repeat(width, 0), path: repeat(depth, DIGEST) });
  const first = [
    opened(mainColumns, logRows + logInverseRate),
    opened(2 ** logPreColumns, logPreRows + logInverseRate),
  ];
  const remaining = schedule.at(-1)?.variablesAfter ?? 0;
  return {
    rounds: schedule.map(({ fold }) => repeat(fold, [ZERO, ZERO] as const)),
    oracles: repeat(schedule.length - 1, { root: DIGEST, oodValue: ZERO }),
    queries: schedule.map(({ fold, logLeaves, queries }, i) => ({
      nonce: 0,
      openings: repeat(queries, i === 0 ? first : [opened(5 * 2 ** fold, logLeaves)]),
    })),
    finalVector: repeat(2 ** remaining, ZERO),
    finalRounds: repeat(remaining, [ZERO, ZERO] as const),
  };
}
