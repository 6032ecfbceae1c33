/**
 * Proximity gaps of Reed-Solomon codes: radius, list size and the error of mutual correlated agreement for two words. The
 * proven regime up to the Johnson bound, in which the parameters of this system are chosen, and unique decoding.
 *
 * Source: "On proximity gaps for Reed-Solomon codes", ePrint 2025/2055, theorems 1.3, 1.5, 4.2, 4.5, 4.6 (the factor 2 in
 * the multiplicity corrects a typo its authors acknowledge); list size WHIR, ePrint 2024/1586, lemma 4.4.
 */

/** One regime at one rate. Errors are numerators over the size of the challenge field. */
export type Proximity = {
  /** Relative radius delta (theta) within which a word is bound to a list. */
  readonly radius: number;
  /** Largest number of codewords within the radius. */
  readonly listSize: number;
  /** log2 of |F| times the error that folding two words of dimension 2^logDimension hides a disagreement. */
  readonly logLineError: (logDimension: number) => number;
};

/** Unique decoding: radius (1 - rate)/2, one codeword. */
export function uniqueDecoding(rate: number): Proximity {
  const radius = (1 - rate) / 2;
  return {
    radius,
    listSize: 1,
    logLineError: (logDimension) => Math.log2((radius * 2 ** logDimension) / rate + 1),
  };
}

/** Johnson regime with multiplicity m: radius 1 - sqrt(rate)(1 + 1/2m), list size (m + 1/2)/sqrt(rate). */
export function johnson(rate: number, multiplicity: number): Proximity {
  const root = Math.sqrt(rate);
  const radius = 1 - root * (1 + 1 / (2 * multiplicity));
  return johnsonWith(rate, radius, multiplicity, (multiplicity + 0.5) / root);
}

/** Johnson regime with a given gap eta to the Johnson radius 1 - sqrt(rate). */
export function johnsonWithGap(rate: number, gap: number): Proximity {
  const root = Math.sqrt(rate);
  const multiplicity = Math.max(Math.ceil(root / (2 * gap)), 3);
  return johnsonWith(rate, 1 - root - gap, multiplicity, 1 / (2 * gap * root));
}

function johnsonWith(rate: number, radius: number, multiplicity: number, listSize: number): Proximity {
  const m = multiplicity + 0.5;
  return {
    radius,
    listSize,
    logLineError: (logDimension) =>
      Math.log2(
        ((2 * m ** 5 + 3 * m * radius * rate) * (2 ** logDimension / rate)) / (3 * rate ** 1.5) + m / Math.sqrt(rate),
      ),
  };
}

/** Bits of one query: -log2(1 - radius). */
export function queryBits(proximity: Proximity): number {
  return -Math.log2(1 - proximity.radius);
}
