/** Points of the curve BN254 (alt_bn128 of EIP-197) as affine coordinates, and what Groth16 makes of them. */

/** A point of the first group. (0, 0) is the point at infinity, as in EIP-196. */
export type G1Point = { readonly x: bigint; readonly y: bigint };

/** An element of the quadratic extension: real + imaginary * i. */
export type Fp2 = { readonly real: bigint; readonly imaginary: bigint };

/** A point of the second group. All zeros is the point at infinity, as in EIP-197. */
export type G2Point = { readonly x: Fp2; readonly y: Fp2 };

/** A proof, in the letters of eprint 2016/260. */
export type Groth16Proof = { readonly a: G1Point; readonly b: G2Point; readonly c: G1Point };

/** What a verifier needs of a setup. `ic` holds the constant point and one point for each public input. */
export type Groth16VerifyingKey = {
  readonly alpha: G1Point;
  readonly beta: G2Point;
  readonly gamma: G2Point;
  readonly delta: G2Point;
  readonly ic: readonly G1Point[];
};

/** The two coordinates in the order of EIP-196. */
export function wordsOfG1({ x, y }: G1Point): [bigint, bigint] {
  return [x, y];
}

/** The four coordinates in the order of EIP-197: imaginary parts first. */
export function wordsOfG2({ x, y }: G2Point): [bigint, bigint, bigint, bigint] {
  return [x.imaginary, x.real, y.imaginary, y.real];
}

/** The eight coordinates of a proof as contracts and files have them. */
export function wordsOfProof({ a, b, c }: Groth16Proof): bigint[] {
  return [...wordsOfG1(a), ...wordsOfG2(b), ...wordsOfG1(c)];
}

/** The proof with these eight coordinates. RangeError for another number of them. */
export function proofOfWords(words: readonly bigint[]): Groth16Proof {
  const [ax, ay, bxi, bxr, byi, byr, cx, cy, ...rest] = words;
  if (
    ax === undefined ||
    ay === undefined ||
    bxi === undefined ||
    bxr === undefined ||
    byi === undefined ||
    byr === undefined ||
    cx === undefined ||
    cy === undefined ||
    rest.length > 0
  ) {
    throw new RangeError(`"words" expected 8 coordinates, got ${words.length}`);
  }
  return {
    a: { x: ax, y: ay },
    b: { x: { real: bxr, imaginary: bxi }, y: { real: byr, imaginary: byi } },
    c: { x: cx, y: cy },
  };
}
