import assert from 'node:assert/strict';
import { test } from 'node:test';
import { P } from '../../prover/field/koalabear.ts';
import { mod } from '../../prover/field/bn254.ts';
import * as ext from '../../prover/field/extension.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { R1csBackend, extValueOf, type R1csWires } from '../../prover/groth16/circuit/backend.ts';
import { DeferredReducer } from '../../prover/groth16/circuit/deferred.ts';
import { rangedWire } from '../../prover/groth16/circuit/r1cs/bits.ts';
import { BoundError, type Int, constInt, sumInts } from '../../prover/groth16/circuit/r1cs/linear.ts';
import { BindingError, type BuildMode, ConstraintSystem, wireInt } from '../../prover/groth16/circuit/r1cs/system.ts';
import { residue } from '../../prover/groth16/circuit/r1cs/reduce.ts';
import type { ReductionStrategy } from '../../prover/groth16/circuit/reducer.ts';
import { nativeBackend } from '../../prover/verifier/native-backend.ts';
import type { OpeningProof } from '../../prover/pcs/whir/opening.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import type { Backend, Wires } from '../../prover/verifier/backend.ts';
import { eqTable } from '../../prover/verifier/multilinear.ts';
import { TEST_ONLY_OPENING, buildStatement, prove, verify, verifyOn } from '../support/opening.ts';
import { Random } from '../support/random.ts';

const STRATEGIES = ['conventional', 'deferred'] as const;

function build(
  strategy: ReductionStrategy,
  mode: BuildMode,
  run: (on: R1csBackend) => void,
): { system: ConstraintSystem; on: R1csBackend } {
  const system = new ConstraintSystem({ publicCount: 0, mode });
  const on = new R1csBackend(system, strategy);
  run(on);
  on.finish();
  return { system, on };
}

/** Random straight-line arithmetic with transcript operations of the BN254 suite; returns all wires. */
function program<W extends Wires>(
  on: Backend<W>,
  shape: number,
  data: number,
  steps: number,
): { felts: W['felt'][]; exts: W['ext'][] } {
  const pick = new Random(shape);
  const values = new Random(data);
  const transcript = on.transcript('program');
  const felts: W['felt'][] = [
    on.feltConst(0),
    on.feltConst(P - 1),
    ...transcript.readFelts('start', values.felts(3), 3),
  ];
  const exts: W['ext'][] = [
    on.extConst(ext.ZERO),
    on.extConst(ext.ONE),
    ...transcript.readExts('start', [values.ext()], 1),
  ];
  const felt = (): W['felt'] => felts[pick.below(felts.length)]!;
  const element = (): W['ext'] => exts[pick.below(exts.length)]!;
  const operations: (() => void)[] = [
    () => felts.push(on.feltAdd(felt(), felt())),
    () => felts.push(on.feltSub(felt(), felt())),
    () => felts.push(on.feltMul(felt(), felt())),
    () => felts.push(on.feltMulConst(felt(), pick.felt())),
    () => felts.push(on.hintFelt(values.felt())),
    () => felts.push(on.bitAsFelt(on.hintBit(values.below(2)))),
    () => exts.push(on.extAdd(element(), element())),
    () => exts.push(on.extSub(element(), element())),
    () => exts.push(on.extMul(element(), element())),
    () => exts.push(on.extMulAdd(element(), element(), element())),
    () => exts.push(on.extMulConst(element(), [0, 1, P - 1, pick.felt()][pick.below(4)]!)),
    () => exts.push(on.extScale(element(), felt())),
    () => exts.push(on.extFromLimbs([felt(), felt(), felt(), felt(), felt()])),
    () => exts.push(on.extDot([element(), element(), element()], [element(), element(), element()])),
    () => {
      const value: ExtValue = [values.felt(), 1 + values.below(100), values.felt(), 0, values.felt()];
      const wire = transcript.readExts('ext', [value], 1)[0]!;
      const inverse = on.extInverse(wire, 'inverse');
      on.assertExtEqual(on.extMul(inverse, wire), on.extConst(ext.ONE), 'inverse');
      exts.push(wire, inverse);
    },
    () => transcript.observeFelts('observed', [felt(), felt()]),
    () => exts.push(transcript.sampleExt('sample')),
    () => {
      const bits = 1 + pick.below(24);
      for (const index of transcript.sampleIndices('indices', 2, bits))
        felts.push(...index.map((b) => on.bitAsFelt(b)));
    },
    () => {
      const count = 1 + pick.below(30);
      const wire = transcript.readFelts('small', [values.u32() % 2 ** count], 1)[0]!;
      felts.push(...on.feltBits(wire, count, 'small').map((bit) => on.bitAsFelt(bit)));
    },
    () => {
      const k = 1 + pick.below(3);
      exts.push(on.extDot(Array.from({ length: 2 ** k }, element), eqTable(on, Array.from({ length: k }, element))));
    },
    () => {
      const a = element();
      const b = element();
      on.assertExtEqual(on.extMul(on.extAdd(a, b), a), on.extAdd(on.extMul(a, a), on.extMul(a, b)), 'distributive');
    },
  ];
  for (let i = 0; i < steps; i++) operations[pick.below(operations.length)]!();
  return { felts, exts };
}

for (const strategy of STRATEGIES) {
  test(`${strategy}: random programs give the native values and a satisfied system`, () => {
    for (let shape = 1; shape <= 6; shape++) {
      const expected = program(nativeBackend(suiteBn254), shape, 100 + shape, 60);
      let actual: { felts: R1csWires['felt'][]; exts: R1csWires['ext'][] } | undefined;
      const { system } = build(strategy, 'witness', (on) => {
        actual = program<R1csWires>(on, shape, 100 + shape, 60);
      });
      assert.deepEqual(
        actual!.felts.map(({ int }) => Number(residue(int.value))),
        expected.felts,
        `program ${shape}`,
      );
      assert.deepEqual(actual!.exts.map(extValueOf), expected.exts, `program ${shape}`);
      assert.deepEqual(system.check(), []);
    }
  });
}

const statement = buildStatement(1, TEST_ONLY_OPENING, suiteBn254);
const proof = prove(statement);

const matricesOf = (system: ConstraintSystem): unknown => ({ ...system.matrices, coefficients: system.coefficients });

/** The same shape, every number zero. */
const blank = <T>(value: T): T =>
  (typeof value === 'number'
    ? 0
    : typeof value === 'bigint'
      ? 0n
      : Array.isArray(value)
        ? value.map(blank)
        : Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, blank(v)]))) as T;

for (const strategy of STRATEGIES) {
  test(`${strategy}: an opening verifies in the circuit; a shape run records the same constraints`, () => {
    verify(statement, proof);
    const witness = build(strategy, 'witness', (on) => verifyOn(on, statement, proof)).system;
    assert.deepEqual(witness.check(), []);
    const shape = build(strategy, 'shape', (on) => {
      const zero = blank(proof);
      // The statement's own roots and points are constants of this test.
      verifyOn(on, statement, zero);
    }).system;
    assert.deepEqual(matricesOf(shape), matricesOf(witness));
    assert.notDeepEqual(shape.check(shape.values, 1), []);
  });

  test(`${strategy}: changed proofs are refused by the builder and by the constraints`, () => {
    const changes: ((p: OpeningProof) => OpeningProof)[] = [
      (p) => ({ ...p, finalVector: p.finalVector.map((v, i) => (i === 1 ? ext.add(v, ext.ONE) : v)) }),
      (p) => ({ ...p, oracles: p.oracles.map((o) => ({ ...o, root: (o.root as bigint) + 1n })) }),
      (p) => ({ ...p, oracles: p.oracles.map((o) => ({ ...o, oodValue: ext.add(o.oodValue, ext.ONE) })) }),
      (p) => ({ ...p, queries: p.queries.map((q) => ({ ...q, nonce: q.nonce + 1 })) }),
      (p) => ({ ...p, finalRounds: p.finalRounds.map(([a, b]) => [b, a] as const) }),
      (p) => ({
        ...p,
        queries: p.queries.map((q) => ({
          ...q,
          openings: q.openings.map((trees) =>
            trees.map((t) => ({ ...t, row: t.row.map((x, i) => (i === 0 ? (x + 1) % P : x)) })),
          ),
        })),
      }),
    ];
    for (const [i, change] of changes.entries()) {
      const bad = change(proof);
      assert.throws(() => build(strategy, 'witness', (on) => verifyOn(on, statement, bad)), {
        code: 'R1CS_UNSATISFIED',
      });
      const { system } = build(strategy, 'shape', (on) => verifyOn(on, statement, bad));
      assert.notEqual(system.check(system.values, 1).length, 0, `change ${i}`);
    }
  });
}

// -- pitfall 33

/** A transcript stand-in whose challenge is fixed: for tests of the combination alone. */
function combine(
  run: (system: ConstraintSystem, reducer: DeferredReducer) => void,
  absorb: (system: ConstraintSystem, values: readonly Int[]) => void = (system, values) => {
    for (const { wires } of values) for (const wire of wires) system.settle(wire);
  },
): ConstraintSystem {
  const system = new ConstraintSystem({ publicCount: 1, mode: 'shape' });
  const reducer = new DeferredReducer(system);
  run(system, reducer);
  reducer.finish({
    absorbForCombination: (values) => absorb(system, values),
    sampleLimbs: () =>
      [3, 1, 4, 1, 5].map((x) => rangedWire(system, BigInt(x * 123456789) % BigInt(P), 31, 'late', 'rho').int),
  });
  return system;
}

const product = (system: ConstraintSystem, a: Int, b: Int): Int => {
  const value = a.value * b.value;
  const wire = wireInt(system.allocateFrom(value, a, b), value, 0n, a.hi * b.hi);
  system.enforce(a, b, wire, 'product');
  return wire;
};

test('pitfall 33: wrong remainders in one or in neighbouring relations are rejected', () => {
  const run = (offsets: readonly bigint[]): ConstraintSystem =>
    combine((system, reducer) => {
      for (let i = 0; i < 20; i++) {
        const a = rangedWire(system, BigInt(P) - 1n - BigInt(i), 31, 'bound', 'a').int;
        const square = product(system, a, a);
        const e = reducer.hint(residue(square.value) + (offsets[i] ?? 0n), 'e');
        reducer.assertZero(sumInts([square, e], [1n, -1n]), 'relation');
      }
    });
  assert.deepEqual(run([]).check(), []);
  assert.notEqual(run([1n]).check().length, 0, 'e_i + 1 with all bits right');
  for (const [i, j] of [
    [0, 1],
    [0, 5],
    [4, 9],
    [5, 11],
  ] as const) {
    const offsets = new Array<bigint>(20).fill(0n);
    offsets[i] = 1n;
    offsets[j] = -1n;
    assert.notEqual(run(offsets).check().length, 0, `e_${i} + 1 and e_${j} - 1`);
  }
});

test('pitfall 33: a relation on a late wire, a public input or after the challenge is refused at build time', () => {
  assert.throws(
    () =>
      combine((system, reducer) => {
        const late = rangedWire(system, 5n, 31, 'late', 'free hint').int;
        reducer.assertZero(sumInts([late, constInt(5n)], [1n, -1n]), 'late');
      }),
    BindingError,
  );
  assert.throws(
    () =>
      combine((system, reducer) => {
        const late = rangedWire(system, 5n, 31, 'late', 'free hint').int;
        reducer.assertZero(product(system, late, late), 'derived from late');
      }),
    BindingError,
  );
  assert.throws(
    () =>
      combine((system, reducer) => {
        const input = { ...system.publicInput(0), lo: 0n, hi: 1n << 31n };
        reducer.assertZero(input, 'public input');
      }),
    BindingError,
  );
  let kept: DeferredReducer | undefined;
  combine((system, reducer) => {
    kept = reducer;
    reducer.assertZero(sumInts([reducer.hint(7n, 'x')], [BigInt(P)]), 'ok');
    void system;
  });
  assert.throws(() => kept!.assertZero({ ...constInt(0n), wires: [0], coeffs: [0n] }, 'too late'), BindingError);
});

test('pitfall 33: a promised absorption that is missing is refused', () => {
  assert.throws(
    () =>
      combine(
        (_, reducer) => reducer.assertZero(sumInts([reducer.hint(7n, 'x'), constInt(7n)], [1n, -1n]), 'relation'),
        () => undefined,
      ),
    BindingError,
  );
});

test('pitfall 33: a relation too large to combine is refused; a dropped 31-bit check is noticed', () => {
  assert.throws(
    () =>
      combine((system, reducer) => {
        reducer.assertZero(wireInt(system.allocate(0n), 0n, 0n, 1n << 230n), 'wide');
      }),
    BoundError,
  );
  // Forged packs: moving 2^31 from one packed limb to the next keeps the packed scalar, the range check refuses it.
  const system = new ConstraintSystem({ publicCount: 0, mode: 'shape' });
  const on = new R1csBackend(system, 'deferred');
  const [a, b] = on.transcript('packs').readFelts('two', [5, 7], 2);
  on.finish();
  assert.deepEqual(system.check(), []);
  const values = [...system.values];
  values[a!.int.wires[0]!] = mod(5n + (1n << 31n));
  values[b!.int.wires[0]!] = 6n;
  assert.notEqual(system.check(values, 1).length, 0);
});

test('statistics name the steps', () => {
  const { system } = build('deferred', 'witness', (on) => verifyOn(on, statement, proof));
  const total = [...system.statistics().values()].reduce((a, b) => a + b, 0);
  assert.equal(total, system.constraintCount);
  assert.ok([...system.statistics().keys()].some((k) => k === 'whir 0 / Merkle path'));
});
