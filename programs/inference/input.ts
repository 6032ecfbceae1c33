/** Builders of the input of `inference`. */
import { bcs } from '@mysten/bcs';
import { readFileSync } from 'node:fs';
import { SIDE, type Network } from './network.ts';

const ModelFile = bcs.struct('Model', {
  layers: bcs.vector(
    bcs.struct('Layer', {
      weights: bcs.byteVector(),
      // Two's complement: BCS in JavaScript knows unsigned integers only.
      biases: bcs.vector(bcs.u32()),
      shift: bcs.u8(),
    }),
  ),
});

const Input = bcs.struct('Input', { model: bcs.byteVector(), image: bcs.byteVector(), salt: bcs.byteVector() });

/** The bytes of a model, whose sha256 the program makes public. */
export function encodeModel({ layers }: Network): Uint8Array {
  return ModelFile.serialize({
    layers: layers.map(({ weights, biases, shift }) => ({
      weights: new Uint8Array(weights.buffer, weights.byteOffset, weights.length),
      biases: [...Uint32Array.from(biases)],
      shift,
    })),
  }).toBytes();
}

/** The network that `encodeModel` wrote. */
export function decodeModel(bytes: Uint8Array): Network {
  return {
    layers: ModelFile.parse(bytes).layers.map(({ weights, biases, shift }) => ({
      weights: Int8Array.from(weights),
      biases: Int32Array.from(biases),
      shift,
    })),
  };
}

/** The committed model, which `scripts/train-digits.ts` trained. */
export function trainedModel(): Uint8Array {
  return readFileSync(new URL('model.bin', import.meta.url));
}

/** A digit that the model has not seen in training: the pixels of digit.pgm. */
export function sampleDigit(): Uint8Array {
  return readFileSync(new URL('digit.pgm', import.meta.url)).subarray(-SIDE * SIDE);
}

/**
 * The input item: a model's bytes, an image of 784 grey values (0 black to 255 white, row by row, white on black), and up
 * to 32 bytes of salt that hide the image from guessing; no salt when the image is known anyway.
 */
export function inferenceInput(model: Uint8Array, image: Uint8Array, salt: Uint8Array = new Uint8Array()): Uint8Array {
  return Input.serialize({ model, image, salt }).toBytes();
}

/** The input in sample.bin. */
export function sampleInput(): Uint8Array[] {
  return [inferenceInput(trainedModel(), sampleDigit(), new Uint8Array(16).fill(7))];
}
