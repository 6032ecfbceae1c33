/**
 * The integer network that the program `inference` evaluates, for the host: what training writes and what tests compare
 * the program with. It shares no code with the program.
 */

/** Side of an image in pixels. */
export const SIDE = 28;

/** One layer: `biases.length` outputs, each with as many weights as the layer has inputs. */
export type Layer = {
  /** Row by row, one row per output. */
  readonly weights: Int8Array;
  readonly biases: Int32Array;
  /** Bits that are dropped from the sums of a hidden layer. 0 in the last layer. */
  readonly shift: number;
};

export type Network = { readonly layers: readonly Layer[] };

export type Inference = {
  /** Index of the largest score, the first one among equals. */
  readonly class: number;
  readonly scores: Int32Array;
};

/** Means of 2 x 2 pixels, rounded down: 784 bytes to 196, both row by row. */
export function pool(image: Uint8Array): Uint8Array {
  const half = SIDE / 2;
  const pooled = new Uint8Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * SIDE + 2 * x;
      pooled[y * half + x] = (image[at]! + image[at + 1]! + image[at + SIDE]! + image[at + SIDE + 1]!) >> 2;
    }
  }
  return pooled;
}

/** Evaluates the network on an image of 28 x 28 grey values, 0 to 255. */
export function infer(network: Network, image: Uint8Array): Inference {
  let values: Uint8Array = pool(image);
  let sums = new Int32Array();
  network.layers.forEach((layer, index) => {
    sums = layer.biases.map((bias, row) =>
      values.reduce((sum, value, column) => sum + value * layer.weights[row * values.length + column]!, bias),
    );
    const isLast = index === network.layers.length - 1;
    if (!isLast) values = Uint8Array.from(sums, (sum) => Math.min(Math.max(sum, 0) >> layer.shift, 255));
  });
  return { class: sums.indexOf(Math.max(...sums)), scores: sums };
}
