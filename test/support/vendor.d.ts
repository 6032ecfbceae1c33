/** The parts of ffjavascript, on which snarkjs stands, that tests use; it ships no types. */
declare module 'ffjavascript' {
  /** Points are bytes in Montgomery form; `timesFr` and `add` give projective ones. */
  type Group = {
    readonly g: Uint8Array;
    readonly zero: Uint8Array;
    timesFr(point: Uint8Array, scalar: Uint8Array): Uint8Array;
    add(a: Uint8Array, b: Uint8Array): Uint8Array;
    sub(a: Uint8Array, b: Uint8Array): Uint8Array;
    toAffine(point: Uint8Array): Uint8Array;
    /** The coordinates of an affine point and a third 1: numbers in G1, pairs of numbers in G2. */
    toObject(point: Uint8Array): unknown;
    fromObject(coordinates: readonly bigint[]): Uint8Array;
  };
  export function buildBn128(singleThread: boolean): Promise<{
    readonly Fr: { e(value: bigint): Uint8Array };
    readonly G1: Group;
    readonly G2: Group;
  }>;
}
