/** Input of the program `fibonacci`: one number, four bytes little endian (BCS u32). */
import { bcs } from '@mysten/bcs';

/** The input items for the n-th Fibonacci number; n is below 2^32. */
export function fibonacciInput(n: number): Uint8Array[] {
  return [bcs.u32().serialize(n).toBytes()];
}

/** What sample.bin holds. */
export function sampleInput(): Uint8Array[] {
  return fibonacciInput(20);
}
