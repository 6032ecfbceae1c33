/** Bytes as lower-case hex with `0x` in front. */
export type Hex = `0x${string}`;

/** A non-negative integer as bytes32. RangeError for one of more than 256 bits. */
export function bytes32(value: bigint): Hex {
  if (value < 0n || value >> 256n !== 0n) throw new RangeError(`"value" expected 0 <= value < 2^256, got ${value}`);
  return `0x${value.toString(16).padStart(64, '0')}`;
}
