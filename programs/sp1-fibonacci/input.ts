/** Input of the program `sp1-fibonacci`: one number in SP1's encoding (bincode u32: four bytes, little endian). */

/** The input items for the n-th Fibonacci number; n is below 2^32. */
export function fibonacciInput(n: number): Uint8Array[] {
  const item = new Uint8Array(4);
  new DataView(item.buffer).setUint32(0, n, true);
  return [item];
}

/** What sample.bin holds. */
export function sampleInput(): Uint8Array[] {
  return fibonacciInput(20);
}
