/** 32 bytes little-endian each. */
export function scalarBytes(values: readonly bigint[]): Uint8Array {
  const words = new BigUint64Array(4 * values.length);
  const mask = (1n << 64n) - 1n;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === 0n) continue;
    words[4 * i] = value & mask;
    words[4 * i + 1] = (value >> 64n) & mask;
    words[4 * i + 2] = (value >> 128n) & mask;
    words[4 * i + 3] = value >> 192n;
  }
  return new Uint8Array(words.buffer);
}
