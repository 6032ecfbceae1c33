/** Training gives the committed model, bit by bit. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { encodeModel, trainedModel } from '../../programs/inference/input.ts';
import { trainDigits } from '../../scripts/train-digits.ts';

it('training gives the committed model', () => {
  const { network } = trainDigits(() => undefined);
  assert.equal(Buffer.compare(encodeModel(network), trainedModel()), 0);
});
