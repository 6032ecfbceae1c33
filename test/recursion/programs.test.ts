import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFits } from '../../prover/machines/recursion/preprocess.ts';
import { recursionMachine } from '../../prover/machines/recursion/machine.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { outputOf } from '../../prover/recursion/program.ts';
import { recordProgram } from '../../prover/recursion/record.ts';
import { WRAP_HEIGHTS } from '../../prover/recursion/target.ts';
import { WRAP, WRAP_RATE_6, WRAP_RATE_7 } from '../../prover/stark/layers.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { coreLayers, kindOf, kindsOf } from '../../prover/system/definition.ts';

const system = defaultSystem();

test('every program is another one and fits the machine of its kind', () => {
  const digests = system.programs.map((program) => {
    const recorded = recordProgram(program);
    checkFits(recorded, program.kind.target.heights);
    return programDigest(recorded);
  });
  assert.equal(new Set(digests).size, digests.length);
});

test('there is a lift program for every core machine and tier, and one wrap', () => {
  const accepted = (kind: string) => system.programs.filter((program) => program.kind.name === kind);
  assert.deepEqual(
    accepted('lift').map(({ accepts }) => accepts[0]?.parameters.id),
    coreLayers(system).map(({ tier }) => tier.id),
  );
  assert.equal(accepted('wrap').length, 1);
});

test('the named outputs of every kind are all outputs, each once', () => {
  for (const kind of kindsOf(system)) {
    const count = kind.target.machine.publicValueCount;
    const positions = Array.from({ length: count }, (_, i) => i);
    const named = Object.keys(kind.outputs).flatMap((name) => outputOf(kind, positions, name));
    assert.deepEqual(
      named.toSorted((a, b) => a - b),
      positions,
      kind.name,
    );
    assert.throws(() => outputOf(kind, positions, 'unknown'), RangeError);
    assert.throws(() => outputOf(kind, positions, 'toString'), RangeError);
  }
});

test('the machine of every kind fits its layer', () => {
  const leaves = kindsOf(system).map(({ name, target, layer }) => [name, layerLayout(target.machine, layer).logLeaves]);
  assert.deepEqual(leaves, [
    ['lift', 18],
    ['wrap', 16],
  ]);
  assert.equal(kindOf(system, 'wrap').layer, WRAP_RATE_6);
  const wrap = recursionMachine(WRAP_HEIGHTS);
  for (const layer of [WRAP, WRAP_RATE_6, WRAP_RATE_7]) {
    assert.equal(layerLayout(wrap, layer).logLeaves, 16);
    assert.equal(layerLayout(wrap, layer).claimCount, 218);
  }
});
