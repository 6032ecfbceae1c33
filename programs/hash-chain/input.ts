/** Builders of the input of `hash-chain`. */
import { bcs } from '@mysten/bcs';

const Input = bcs.struct('Input', { n: bcs.u32(), seed: bcs.bytes(32) });

/** The input item: the number of links, below 2^32, and the 32 bytes that both chains begin with. */
export function hashChainInput(n: number, seed: Uint8Array): Uint8Array {
  return Input.serialize({ n, seed }).toBytes();
}

/** The input in sample.bin: 32 links from the bytes 0, 1, ... 31. */
export function sampleInput(): Uint8Array[] {
  return [
    hashChainInput(
      32,
      Uint8Array.from({ length: 32 }, (_, index) => index),
    ),
  ];
}
