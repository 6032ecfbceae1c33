import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chip, recordChip, type Bus } from '../../prover/air/chip.ts';
import { checkMachine } from '../../prover/air/checker.ts';
import type { Machine } from '../../prover/air/machine.ts';
import { VerificationError } from '../../prover/core/errors.ts';
import * as ext from '../../prover/field/extension.ts';
import { P } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { nativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { CreateLayerProver } from '../../prover/stark/prover/interface.ts';
import { hintHeight } from '../../prover/stark/heights.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { ChildValues } from '../../prover/stark/proof.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { boundarySum } from '../../prover/stark/statement.ts';
import { assertFractionBound } from '../../prover/stark/verify.ts';
import { honestCase, proveWitness, verifyCase } from '../support/layer.ts';
import { rejects } from '../support/rejects.ts';
import { TEST_ONLY_TINY } from '../support/test-layers.ts';
import { RANGE, toyMachine, toyWitness, type ToyWitness } from '../support/toy-machine.ts';

/** An honest witness with one cell of the trace overwritten. */
function broken(chipIndex: number, column: number, row: number, value: number): ToyWitness {
  const witness = toyWitness(5, 3, 4, 3);
  witness.trace[chipIndex]!.columns[column]![row] = value;
  return witness;
}

/** Asserts rejection at a step whose name matches. */
function rejectsAt(run: () => void, where: RegExp): void {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof VerificationError, String(error));
    assert.match(error.where, where);
    return true;
  });
}

test('a violated constraint is rejected', () => {
  // Square of the third cube row, which no bus reads: only the constraints notice.
  rejectsAt(() => verifyCase(proveWitness(broken(1, 2, 2, 5))), /zerocheck: column claims/);
  rejectsAt(() => verifyCase(proveWitness(broken(1, 2, 15, 5))), /zerocheck: column claims/);
});

test('an unbalanced bus is rejected at the root', () => {
  rejectsAt(() => verifyCase(proveWitness(broken(2, 0, 0, 1))), /gkr root/);
  rejectsAt(() => verifyCase(proveWitness(broken(3, 0, 1, 2))), /gkr root/);
  // An increment out of the range table and out of the key.
  rejects(() => verifyCase(proveWitness(broken(0, 3, 1, 99))));
});

test('pitfall 10: multiplicities 1, 2 and -1 in padding rows are rejected', () => {
  for (const value of [1, 2, P - 1]) {
    for (const [chipIndex, row] of [
      [0, 7],
      [1, 12],
      [3, 7],
    ] as const) {
      const witness = broken(chipIndex, 0, row, value);
      const proved = proveWitness(witness);
      rejects(() => verifyCase(proved));
    }
  }
});

test('pitfall 29: two proofs whose imbalances cancel are each rejected', () => {
  const more = broken(2, 0, 0, 1);
  const less = broken(2, 0, 0, P - 1);
  for (const witness of [more, less]) rejectsAt(() => verifyCase(proveWitness(witness)), /gkr root/);
});

test('pitfall 7: an imbalance with empty chips, one scope only', () => {
  const witness = toyWitness(0, 2, 2, 2);
  verifyCase(proveWitness(witness));
  rejectsAt(() => verifyCase(proveWitness({ ...witness, publicValues: [7, 8, 0] })), /gkr root/);
});

test('pitfall 8: equal payloads on two buses do not cancel', () => {
  const other: Bus = { name: 'OTHER', id: 9, length: 1 };
  const sender = (bus: Bus): Machine => {
    const machine = toyMachine();
    const extra = chip({
      name: 'Extra',
      columns: { value: 'felt' },
      preprocessed: {},
      closedForms: [],
      logHeight: 2,
      eval: (air, row) => {
        air.send(bus, 1, [row.value], 'send');
        air.receive(other, 1, [row.value], 'receive');
      },
    });
    return { ...machine, chips: [...machine.chips, recordChip(extra)] };
  };
  const base = toyWitness(5, 3, 4, 3);
  const witness: ToyWitness = {
    ...base,
    trace: [...base.trace, { logHeight: 2, columns: [Uint32Array.of(3, 3, 3, 3)] }],
    preprocessed: [...base.preprocessed, []],
  };
  verifyCase(proveWitness(witness, { machine: sender(other) }));
  assert.equal(checkMachine({ machine: sender(RANGE), ...witness }).ok, false);
  rejectsAt(() => verifyCase(proveWitness(witness, { machine: sender(RANGE) })), /gkr root/);
});

test('a prover who invents a balanced root is caught one layer down', () => {
  for (const [index, where] of [
    [0, /gkr 1: children/],
    [2, /gkr 1: children/],
  ] as const) {
    const layerProver: CreateLayerProver = (...inputs) => {
      const inner = createReferenceLayerProver(...inputs);
      const [, layout, key] = inputs;
      return {
        ...inner,
        fractionTree: (challenges) => {
          const tree = inner.fractionTree(challenges);
          const on = nativeBackend(suiteKoalaBear);
          const v = boundarySum<NativeWires>(on, layout, challenges, [7, 60, 5], key.key.felts);
          return {
            root: () => balance(tree.root(), v, index),
            layer: (k, point, lambda) => tree.layer(k, point, lambda),
          };
        },
      };
    };
    const witness = { ...broken(2, 0, 0, 1), publicValues: [7, 60, 5] };
    rejectsAt(() => verifyCase(proveWitness(witness, { layerProver })), where);
  }
});

/** The root with its entry `index` (a numerator) replaced so that the sum is zero. */
function balance([p0, q0, p1, q1]: ChildValues, v: ExtValue, index: 0 | 2): ChildValues {
  const boundary = ext.mul(v, ext.mul(q0, q1));
  if (index === 0) return [ext.neg(ext.mul(ext.add(ext.mul(p1, q0), boundary), ext.inverse(q1))), q0, p1, q1];
  return [p0, q0, ext.neg(ext.mul(ext.add(ext.mul(p0, q1), boundary), ext.inverse(q0))), q1];
}

test('a prover who adapts a GKR round is caught at the children of that layer', () => {
  for (const k of [1, 4, 8]) {
    const layerProver: CreateLayerProver = (...inputs) => {
      const inner = createReferenceLayerProver(...inputs);
      return {
        ...inner,
        fractionTree: (challenges) => {
          const tree = inner.fractionTree(challenges);
          return {
            root: () => tree.root(),
            layer: (layer, point, lambda) => {
              const sumcheck = tree.layer(layer, point, lambda);
              if (layer !== k) return sumcheck;
              return {
                message: (claim) => {
                  const [h1, h2] = sumcheck.message(claim);
                  return [ext.add(h1, ext.ONE), h2];
                },
                bind: (r) => sumcheck.bind(r),
                children: () => sumcheck.children(),
              };
            },
          };
        },
      };
    };
    rejectsAt(() => verifyCase(honestCase({ layerProver })), new RegExp(`gkr ${k}: children`));
  }
});

test('a prover whose leaves are not those of the columns is caught by the zerocheck', () => {
  const layerProver: CreateLayerProver = (hash, layout, key, trace, placement) => {
    const inner = createReferenceLayerProver(hash, layout, key, trace, placement);
    // The tree of a balanced witness, the columns of an unbalanced one.
    const balanced = createReferenceLayerProver(hash, layout, key, toyWitness(5, 3, 4, 3).trace, placement);
    return { ...inner, fractionTree: (challenges) => balanced.fractionTree(challenges) };
  };
  rejectsAt(() => verifyCase(proveWitness(broken(2, 0, 0, 1), { layerProver })), /zerocheck: column claims/);
});

test('a prover who adapts a zerocheck round is caught', () => {
  const layerProver: CreateLayerProver = (...inputs) => {
    const inner = createReferenceLayerProver(...inputs);
    return {
      ...inner,
      chipSumcheck: (a, combination, challenges, xi) => {
        const sumcheck = inner.chipSumcheck(a, combination, challenges, xi);
        return {
          claim: sumcheck.claim,
          message: () => {
            const [c0, c1, c2, c3, c4] = sumcheck.message();
            return a === 0 ? [ext.add(c0, ext.ONE), c1, c2, c3, c4] : [c0, c1, c2, c3, c4];
          },
          bind: (r) => sumcheck.bind(r),
          values: () => sumcheck.values(),
        };
      },
    };
  };
  rejectsAt(() => verifyCase(honestCase({ layerProver })), /zerocheck: column claims/);
});

test('a prover who commits to other columns than it proves is caught by the opening', () => {
  const layerProver: CreateLayerProver = (hash, layout, key, trace, placement) => {
    const inner = createReferenceLayerProver(hash, layout, key, trace, placement);
    const other = createReferenceLayerProver(hash, layout, key, broken(1, 2, 2, 5).trace, placement);
    return { ...inner, commitMain: () => other.commitMain() };
  };
  rejectsAt(() => verifyCase(honestCase({ layerProver })), /whir/);
  const evaluation: CreateLayerProver = (hash, layout, key, trace, placement) => {
    const inner = createReferenceLayerProver(hash, layout, key, trace, placement);
    return { ...inner, evaluateStack: (point) => ext.add(inner.evaluateStack(point), ext.ONE) };
  };
  rejectsAt(() => verifyCase(honestCase({ layerProver: evaluation })), /whir/);
});

test('pitfall 19: a zero denominator in a boundary term or at the root is rejected', () => {
  const on = nativeBackend(suiteKoalaBear);
  const { layout } = honestCase();
  const betas = Array.from({ length: 3 }, (_, i): ExtValue => [0, i + 1, 5, 0, 1]);
  // The first term is STATE (bus 1) with the message (100, 7): alpha cancels it.
  const message = ext.add(ext.scale(betas[0]!, 100), ext.scale(betas[1]!, 7));
  const alpha = ext.neg(ext.add(ext.fromBase(1), message));
  rejects(() => boundarySum<NativeWires>(on, layout, { alpha, betas }, [7, 60, 5], [100]), 'zero-inverse');
  for (const index of [1, 3]) {
    const layerProver: CreateLayerProver = (...inputs) => {
      const inner = createReferenceLayerProver(...inputs);
      return {
        ...inner,
        fractionTree: (challenges) => {
          const tree = inner.fractionTree(challenges);
          // P = 0 and Q = 0 would satisfy the root equation.
          const root = [...tree.root()];
          root[index] = ext.ZERO;
          root[index - 1] = ext.ZERO;
          return { root: () => root as unknown as ChildValues, layer: (k, u, lambda) => tree.layer(k, u, lambda) };
        },
      };
    };
    rejects(() => verifyCase(honestCase({ layerProver })), 'zero-inverse');
  }
});

test('pitfall 19: heights with 2^30 fractions or more are rejected', () => {
  const on = nativeBackend(suiteKoalaBear);
  const parameters = { ...TEST_ONLY_TINY, id: 'huge', logRows: 28, logColumns: 2, mainColumns: 2, preStart: 2 };
  const layout = layerLayout(toyMachine(), { ...parameters, folds: [2, 3, 2] });
  const bound = (steps: number, cubes: number): void => {
    const constant = (logHeight: number) => ({ kind: 'constant', logHeight }) as const;
    const heights = [hintHeight(on, steps, 28, 'h'), hintHeight(on, cubes, 28, 'h'), constant(4), constant(3)];
    assertFractionBound(on, layout, heights);
  };
  bound(27, 28);
  rejects(() => bound(28, 27), 'out-of-range');
});
