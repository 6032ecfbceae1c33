import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ext from '../../prover/field/extension.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { eqVector, getExt, innerProduct } from '../../prover/pcs/reference/plain-vector.ts';
import { nativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import {
  assertInWindow,
  blockPosition,
  hintHeight,
  selectByHeight,
  type HeightWires,
} from '../../prover/stark/heights.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { ConstantEq, eqPoints } from '../../prover/verifier/multilinear.ts';
import { powers } from '../../prover/verifier/powers.ts';
import { prefixProducts, suffixProducts } from '../../prover/verifier/products.ts';
import type { Places } from '../../prover/stark/opening/blocks.ts';
import { batchingPowers, positionWires, weightAtPoint } from '../../prover/stark/opening/weight.ts';
import { weightVector } from '../../prover/stark/prover/reference.ts';
import { packBySize, placeBlocks, splitColumns, stackColumns } from '../../prover/stark/stacking.ts';
import { chipWeights } from '../../prover/stark/zerocheck/verify.ts';
import { honestCase } from '../support/layer.ts';
import { Random } from '../support/random.ts';
import { rejects } from '../support/rejects.ts';
import { TEST_ONLY_SMALL, TEST_ONLY_TINY, TEST_ONLY_TINY_LIFTED } from '../support/test-layers.ts';
import { toyMachine } from '../support/toy-machine.ts';

const random = new Random(11);
const on = nativeBackend(suiteKoalaBear);
const element = (): ExtValue => random.felts(5) as unknown as ExtValue;
const pointOf = (length: number): ExtValue[] => Array.from({ length }, element);

test("the verifier's weight is the multilinear extension of the prover's", () => {
  for (const [machine, parameters] of [
    [toyMachine(), TEST_ONLY_TINY],
    [toyMachine(), TEST_ONLY_TINY_LIFTED],
    [toyMachine(), TEST_ONLY_SMALL],
    [toyMachine([3, 4, 3]), TEST_ONLY_TINY],
    [toyMachine([3, 4, 3]), TEST_ONLY_TINY_LIFTED],
  ] as const) {
    const { layout, proof, provingKey } = honestCase({ machine, parameters });
    const logHeights = [3, 4, 4, 3];
    const mainStarts = layout.packed?.mainStarts ?? proof.positions;
    const theta = element();
    const data = {
      thetas: batchingPowers<NativeWires>(on, layout, theta),
      rowPoint: pointOf(layout.rounds),
      oodPoint: pointOf(parameters.logRows + parameters.logColumns),
    };
    const z = pointOf(parameters.logRows + parameters.logColumns);
    const dense = weightVector(layout, logHeights, mainStarts, provingKey.starts, data);
    const expected = innerProduct(dense, eqVector(z, ext.ONE));
    const heights = logHeights.map((logHeight, a): HeightWires<NativeWires> => {
      const { maxLogHeight, height } = layout.chips[a]!;
      return height.kind === 'constant'
        ? { kind: 'constant', logHeight }
        : hintHeight(on, logHeight, maxLogHeight, 'h');
    });
    const { logRows, logColumns, logPreRows, logPreColumns } = parameters;
    const places = (main: boolean): Places<NativeWires> => {
      if (layout.packed !== undefined) {
        return { kind: 'constant', starts: main ? layout.packed.mainStarts : layout.packed.preStarts };
      }
      return main
        ? positionWires(on, layout.mainBlocks, mainStarts, heights, logRows + logColumns, parameters, 'main')
        : positionWires(on, layout.preBlocks, provingKey.starts, heights, logPreRows + logPreColumns, undefined, 'key');
    };
    const inputs = { ...data, heights, main: places(true), pre: places(false), theta };
    assert.deepEqual(weightAtPoint<NativeWires>(on, layout, inputs, z), expected);
  }
});

test('pitfall 34: slots of groups are disjoint, and their weights are the naive sums over their leaves', () => {
  for (const machine of [toyMachine(), toyMachine([3, 4, 3])]) {
    const layout = layerLayout(machine, TEST_ONLY_TINY);
    const logHeights = [3, 4, 4, 3];
    const xi = pointOf(layout.logLeaves);
    const eq = eqVector(xi, ext.ONE);
    const heights = logHeights.map((logHeight) => ({ kind: 'constant', logHeight }) as const);
    const variable = logHeights.map((logHeight, a) => hintHeight(on, logHeight, layout.chips[a]!.maxLogHeight, 'h'));
    const weights = chipWeights<NativeWires>(on, layout, heights, xi);
    const used = new Set<number>();
    for (const [a, { chip, firstGroup }] of layout.chips.entries()) {
      for (const [g] of chip.groups.entries()) {
        const start = layout.packed?.slotStarts[firstGroup + g] ?? (firstGroup + g) * 2 ** TEST_ONLY_TINY.logRows;
        const low = eqVector(xi.slice(0, logHeights[a]), ext.ONE);
        let naive = ext.ZERO;
        for (let i = 0; i < 2 ** logHeights[a]!; i++) {
          assert.ok(!used.has(start + i));
          used.add(start + i);
          naive = ext.add(naive, getExt(eq, start + i));
          // The weight of a slot times eq of the row bits is the weight of one leaf.
          const weight = ext.mul(weights[a]!.groups[g]!, weights[a]!.shortfall);
          assert.deepEqual(ext.mul(weight, getExt(low, i)), getExt(eq, start + i));
        }
        assert.deepEqual(ext.mul(weights[a]!.groups[g]!, weights[a]!.shortfall), naive);
      }
    }
    if (layout.packed === undefined) {
      assert.deepEqual(
        chipWeights<NativeWires>(on, layout, variable, xi).map((w) => w.shortfall),
        weights.map((w) => w.shortfall),
      );
    }
  }
});

test('column splitting, packing and stacking', () => {
  assert.deepEqual(
    splitColumns(3, 13).map((b) => [b.chip, b.firstColumn, b.logWidth]),
    [
      [3, 0, 3],
      [3, 8, 2],
      [3, 12, 0],
    ],
  );
  const sizes = Array.from({ length: 40 }, () => random.below(7));
  const { starts, total } = packBySize(sizes);
  const cells = new Set<number>();
  for (const [i, size] of sizes.entries()) {
    assert.equal(starts[i]! % 2 ** size, 0);
    for (let cell = 0; cell < 2 ** size; cell++) cells.add(starts[i]! + cell);
  }
  assert.equal(cells.size, total);
  assert.equal(Math.max(...cells), total - 1);
  const blocks = [...splitColumns(0, 3), ...splitColumns(1, 1)];
  const columns = [
    [Uint32Array.of(1, 2, 3, 4), Uint32Array.of(5, 6, 7, 8), Uint32Array.of(9, 10, 11, 12)],
    [Uint32Array.of(13, 14, 15, 16, 17, 18, 19, 20)],
  ];
  const placed = placeBlocks(blocks, [2, 3], 24);
  const stacked = stackColumns(3, 3, blocks, placed, columns);
  assert.deepEqual(
    stacked.map((c) => [...c]),
    [
      [1, 2, 3, 4, 5, 6, 7, 8],
      [13, 14, 15, 16, 17, 18, 19, 20],
      [9, 10, 11, 12, 0, 0, 0, 0],
    ],
  );
});

test('every position of every block size: accepted exactly when aligned and inside the main window', () => {
  const [logRows, mainColumns, bitCount, maxLogHeight] = [3, 5, 6, 3];
  for (let logHeight = 2; logHeight <= maxLogHeight; logHeight++) {
    const height = hintHeight(on, logHeight, maxLogHeight, 'h');
    for (let logWidth = 0; logWidth <= 4; logWidth++) {
      const size = 2 ** (logHeight + logWidth);
      for (let position = 0; position < 2 ** bitCount; position++) {
        const check = (): void => {
          const bits = blockPosition(on, position, bitCount, height, logWidth, 'p');
          assertInWindow(on, bits, height, logWidth, logRows, mainColumns, 'p');
        };
        if (position % size === 0 && position + size <= mainColumns * 2 ** logRows) check();
        else rejects(check, 'felt-mismatch');
      }
    }
  }
});

test('one-hot heights: range and selection', () => {
  const values = pointOf(7);
  for (let h = 0; h <= 8; h++) {
    if (h < 2 || h > 6) rejects(() => hintHeight(on, h, 6, 'h'), 'felt-mismatch');
    else assert.deepEqual(selectByHeight<NativeWires>(on, hintHeight(on, h, 6, 'h'), values), values[h]);
  }
});

test('equality weights and products', () => {
  const x = pointOf(4);
  const table = eqVector(x, ext.ONE);
  const eq = new ConstantEq<NativeWires>(on, x);
  for (let value = 15; value >= 0; value--) assert.deepEqual(eq.weight(0, value), getExt(table, value));
  assert.deepEqual(eq.weight(4, 0), ext.ONE);
  assert.throws(() => eq.weight(2, 4), RangeError);
  const y = pointOf(4);
  assert.deepEqual(eqPoints<NativeWires>(on, x, y), innerProduct(table, eqVector(y, ext.ONE)));
  const product = x.reduce(ext.mul);
  assert.deepEqual(prefixProducts<NativeWires>(on, x)[4], product);
  assert.deepEqual(suffixProducts<NativeWires>(on, x)[0], product);
  assert.deepEqual(suffixProducts<NativeWires>(on, x)[4], ext.ONE);
  assert.deepEqual(powers<NativeWires>(on, x[0]!, 3)[2], ext.mul(x[0]!, x[0]!));
});
