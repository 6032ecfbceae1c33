/** The program `inference` against the integer network in TypeScript, on real digits, random networks and bad input. */
import { sha256 } from '@noble/hashes/sha2.js';
import { AbiCoder, hexlify } from 'ethers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { decodeModel, encodeModel, inferenceInput, sampleDigit, trainedModel } from '../../programs/inference/input.ts';
import { infer, type Network } from '../../programs/inference/network.ts';
import { accuracy, loadDigits } from '../../scripts/train-digits.ts';
import { programFile } from '../support/samples.ts';

const PROGRAM = loadProgram(programFile('inference', 'inference.elf')!);
const MODEL = trainedModel();
const DIGIT = sampleDigit();

function run(item: Uint8Array): Execution {
  return execute(PROGRAM, [item], { cycleLimit: 50_000_000 });
}

/** The program's public values must be those that the TypeScript network and hashes give. */
function agree(model: Uint8Array, image: Uint8Array, salt: Uint8Array = new Uint8Array()): void {
  const { outcome, stderr, publicValues } = run(inferenceInput(model, image, salt));
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(stderr));
  const expected = infer(decodeModel(model), image);
  assert.equal(
    hexlify(publicValues),
    AbiCoder.defaultAbiCoder().encode(
      ['bytes32', 'bytes32', 'uint8', 'int32[]'],
      [sha256(model), sha256(Buffer.concat([image, salt])), expected.class, [...expected.scores]],
    ),
  );
}

function refuse(message: RegExp, item: Uint8Array): void {
  const { outcome, stderr } = run(item);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(new TextDecoder().decode(stderr), message);
}

const TRAINED = decodeModel(MODEL);
const [HIDDEN, LAST] = [TRAINED.layers[0]!, TRAINED.layers[1]!];
const refuseModel = (message: RegExp, network: Network): void =>
  refuse(message, inferenceInput(encodeModel(network), DIGIT));

describe('inference', () => {
  const { held } = loadDigits();

  it('gives the scores of the TypeScript network on a hundred digits', () => {
    for (let index = 0; index < held.length; index += Math.ceil(held.length / 100)) agree(MODEL, held[index]!.image);
  });

  it('has a model that is right on 1923 of the 1996 digits that training did not see', () => {
    assert.equal(held.length, 1996);
    assert.equal(Math.round(accuracy(TRAINED, held) * held.length), 1923);
  });

  it('gives the scores of the TypeScript network for random networks of one to three layers', () => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
    const bias = fc.oneof(fc.integer({ min: -(2 ** 22), max: 2 ** 22 }), fc.constantFrom(-(2 ** 30), 2 ** 30));
    const network = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }).chain((sizes) =>
      fc.record({
        layers: fc.tuple(
          ...sizes.map((outputs, index) =>
            fc.record({
              weights: bytes(outputs * (sizes[index - 1] ?? 196)).map((weights) => Int8Array.from(weights)),
              biases: fc.array(bias, { minLength: outputs, maxLength: outputs }).map((list) => Int32Array.from(list)),
              shift: index === sizes.length - 1 ? fc.constant(0) : fc.integer({ min: 0, max: 31 }),
            }),
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(network, bytes(784), fc.uint8Array({ maxLength: 32 }), (random, image, salt) =>
        agree(encodeModel(random), image, salt),
      ),
      { numRuns: 60 },
    );
  });

  it('adds up the largest sums that a model can have', () => {
    const weights = (value: number): Int8Array => new Int8Array(196 * 2).fill(value);
    const white = new Uint8Array(784).fill(255);
    for (const value of [-128, 127]) {
      const biases = Int32Array.of(-(2 ** 30), 2 ** 30);
      agree(encodeModel({ layers: [{ weights: weights(value), biases, shift: 0 }] }), white);
    }
  });

  it('takes the first class among equal scores', () => {
    const network = { layers: [{ weights: new Int8Array(196 * 4), biases: Int32Array.of(-5, 3, 3, -5), shift: 0 }] };
    assert.equal(infer(network, DIGIT).class, 1);
    agree(encodeModel(network), DIGIT);
  });

  it('refuses an image of another size and a long salt', () => {
    refuse(/the image has 783 bytes, not 784/, inferenceInput(MODEL, DIGIT.subarray(1)));
    refuse(/the image has 785 bytes, not 784/, inferenceInput(MODEL, Uint8Array.of(...DIGIT, 0)));
    refuse(/the salt is longer than 32 bytes/, inferenceInput(MODEL, DIGIT, new Uint8Array(33)));
  });

  it('refuses a model whose layers do not fit', () => {
    const { weights, biases } = HIDDEN;
    refuseModel(/the model has no layer/, { layers: [] });
    refuseModel(/layer 0 has 6271 weights, not 32 rows of 196/, {
      layers: [{ ...HIDDEN, weights: weights.subarray(1) }, LAST],
    });
    refuseModel(/layer 1 has 6272 weights, not 32 rows of 32/, { layers: [HIDDEN, HIDDEN, LAST] });
    refuseModel(/layer 0 has 0 outputs, not 1 to 1024/, {
      layers: [{ weights: new Int8Array(), biases: new Int32Array(), shift: 0 }],
    });
    refuseModel(/layer 0 has 1025 outputs, not 1 to 1024/, {
      layers: [{ weights: new Int8Array(196 * 1025), biases: new Int32Array(1025), shift: 0 }],
    });
    refuseModel(/the model has 257 classes, more than 256/, {
      layers: [{ weights: new Int8Array(196 * 257), biases: new Int32Array(257), shift: 0 }],
    });
    for (const bias of [2 ** 30 + 1, -(2 ** 30) - 1, -(2 ** 31)]) {
      refuseModel(/layer 0 has a bias above 2\^30/, { layers: [{ ...HIDDEN, biases: biases.with(0, bias) }, LAST] });
    }
    refuseModel(/layer 0 shifts by 32 bits, not 0 to 31/, { layers: [{ ...HIDDEN, shift: 32 }, LAST] });
    refuseModel(/the last layer shifts its scores/, { layers: [HIDDEN, { ...LAST, shift: 1 }] });
  });

  it('refuses bytes that are no model and items that are no input', () => {
    refuse(/the model cannot be read: /, inferenceInput(MODEL.subarray(1), DIGIT));
    refuse(/the model cannot be read: remaining input/, inferenceInput(Uint8Array.of(...MODEL, 0), DIGIT));
    refuse(/is no inference::Input: /, inferenceInput(MODEL, DIGIT).subarray(1));
    refuse(/is no inference::Input: unexpected end of input/, new Uint8Array());
  });
});
