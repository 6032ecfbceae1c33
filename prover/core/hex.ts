/** Bytes as lower-case hex with `0x` in front. */
export type Hex = `0x${string}`;
