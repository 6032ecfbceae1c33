/** Blocks of columns: where the prover puts them, and the verifier's weight of each against the sum over its cells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ext from '../../prover/field/extension.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { eqVector, getExt } from '../../prover/pcs/reference/plain-vector.ts';
import { BlockWeights } from '../../prover/stark/opening/blocks.ts';
import { hintHeight, type HeightWires } from '../../prover/stark/heights.ts';
import { positionWires, weightAtPoint } from '../../prover/stark/opening/weight.ts';
import { placeBlocks, splitColumns, type Block } from '../../prover/stark/stacking.ts';
import { nativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { honestCase } from '../support/layer.ts';
import { Random } from '../support/random.ts';
import { rejects } from '../support/rejects.ts';
import { TEST_ONLY_TINY, TEST_ONLY_TINY_LIFTED } from '../support/test-layers.ts';

const random = new Random(23);
const on = nativeBackend(suiteKoalaBear);
const MAX_LOG_HEIGHT = 5;

/** sum_j theta^j sum_x eq(r, x) eq(z, start + x + 2^h j): every cell of the block. */
function byCells(
  { logWidth }: Block,
  logHeight: number,
  start: number,
  theta: ExtValue,
  rowPoint: readonly ExtValue[],
  z: readonly ExtValue[],
): ExtValue {
  const [atCells, atRows] = [eqVector(z, ext.ONE), eqVector(rowPoint.slice(0, logHeight), ext.ONE)];
  let sum = ext.ZERO;
  let power = ext.ONE;
  for (let j = 0; j < 2 ** logWidth; j++, power = ext.mul(power, theta)) {
    for (let x = 0; x < 2 ** logHeight; x++) {
      const cell = ext.mul(getExt(atRows, x), getExt(atCells, start + x + 2 ** logHeight * j));
      sum = ext.add(sum, ext.mul(power, cell));
    }
  }
  return sum;
}

test('the weight of a block is the sum over its cells, whatever its height, width and place', () => {
  const variables = 9;
  const [theta, rowPoint, z] = [random.ext(), random.exts(MAX_LOG_HEIGHT), random.exts(variables)];
  const squares = Array.from({ length: 7 }, () => theta);
  for (let i = 1; i < squares.length; i++) squares[i] = ext.mul(squares[i - 1]!, squares[i - 1]!);
  const inverseAt = (i: number): ExtValue => ext.inverse(ext.sub(ext.ONE, z[i]!));
  let checked = 0;
  for (let logHeight = 2; logHeight <= MAX_LOG_HEIGHT; logHeight++) {
    for (let logWidth = 0; logHeight + logWidth <= variables; logWidth++) {
      const block: Block = { chip: 0, firstColumn: 0, logWidth };
      const size = 2 ** (logHeight + logWidth);
      const start = size * random.below(2 ** variables / size);
      const expected = byCells(block, logHeight, start, theta, rowPoint, z);
      const heights: HeightWires<NativeWires>[] = [
        { kind: 'constant', logHeight },
        hintHeight(on, logHeight, MAX_LOG_HEIGHT, 'h'),
      ];
      for (const height of heights) {
        const places = positionWires(on, [block], [start], [height], variables, undefined, 'key');
        const inputs = { blocks: [block], heights: [height], rowPoint, squares, z, inverseAt };
        assert.deepEqual(new BlockWeights<NativeWires>(on, { ...inputs, places }).at(0), expected);
        if (height.kind !== 'constant') continue;
        const constant = { kind: 'constant', starts: [start] } as const;
        assert.deepEqual(new BlockWeights<NativeWires>(on, { ...inputs, places: constant }).at(0), expected);
      }
      checked += 1;
    }
  }
  assert.equal(checked, 8 + 7 + 6 + 5);
});

test('a place with a bit below its block is refused, for every such bit', () => {
  for (const [logHeight, logWidth] of [
    [2, 0],
    [3, 2],
    [5, 1],
  ] as const) {
    const block: Block = { chip: 0, firstColumn: 0, logWidth };
    const height = hintHeight(on, logHeight, MAX_LOG_HEIGHT, 'h');
    const place = (position: number): unknown => positionWires(on, [block], [position], [height], 9, undefined, 'key');
    for (let i = 0; i < 9; i++) {
      if (i >= logHeight + logWidth) place(2 ** i);
      else rejects(() => place(2 ** i), 'felt-mismatch');
    }
  }
});

test('cells are the only limit: every trace of as many cells as the window has finds its place', () => {
  for (let round = 0; round < 200; round++) {
    // A window of any number of columns, cut into chips at random until it is full to the last cell.
    const logRows = 4 + random.below(3);
    const capacity = (1 + random.below(48)) * 2 ** logRows;
    const blocks: Block[] = [];
    const heights: number[] = [];
    for (let left = capacity; left > 0;) {
      const height = 2 + random.below(Math.min(logRows, Math.floor(Math.log2(left))) - 1);
      const width = 1 + random.below(Math.min(60, Math.floor(left / 2 ** height)));
      blocks.push(...splitColumns(heights.length, width));
      heights.push(height);
      left -= width * 2 ** height;
    }
    const used = new Uint8Array(capacity);
    for (const [b, start] of placeBlocks(blocks, heights, capacity).entries()) {
      const { chip, logWidth } = blocks[b]!;
      const size = 2 ** (heights[chip]! + logWidth);
      assert.equal(start % size, 0);
      for (let cell = start; cell < start + size; cell++) used[cell]! += 1;
    }
    assert.ok(used.every((count) => count === 1));
    assert.throws(
      () => placeBlocks([...blocks, { chip: heights.length, firstColumn: 0, logWidth: 0 }], [...heights, 2], capacity),
      {
        code: 'TRACE_TOO_LARGE',
      },
    );
  }
});

test('a point with a coordinate 1 is refused where a place needs its complement', () => {
  for (const parameters of [TEST_ONLY_TINY, TEST_ONLY_TINY_LIFTED]) {
    const { layout, proof, provingKey } = honestCase({ parameters });
    const { logRows, logColumns, logPreRows, logPreColumns } = parameters;
    const heights = [3, 4, 4, 3].map((logHeight, a): HeightWires<NativeWires> => {
      const { maxLogHeight, height } = layout.chips[a]!;
      return height.kind === 'constant'
        ? { kind: 'constant', logHeight }
        : hintHeight(on, logHeight, maxLogHeight, 'h');
    });
    const main = positionWires(
      on,
      layout.mainBlocks,
      proof.positions,
      heights,
      logRows + logColumns,
      parameters,
      'main',
    );
    const preBits = logPreRows + logPreColumns;
    const pre = positionWires(on, layout.preBlocks, provingKey.starts, heights, preBits, undefined, 'key');
    const point = random.exts(logRows + logColumns);
    const inputs = { heights, main, pre, rowPoint: random.exts(layout.rounds), oodPoint: random.exts(point.length) };
    const at = (z: readonly ExtValue[]): unknown =>
      weightAtPoint<NativeWires>(on, layout, { ...inputs, theta: random.ext() }, z);
    at(point);
    for (const i of [logRows, logRows + logColumns - 1]) {
      rejects(() => at(point.map((x, j) => (j === i ? ext.ONE : x))), 'zero-inverse');
    }
  }
});
