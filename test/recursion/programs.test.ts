import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFits } from '../../prover/machines/recursion/preprocess.ts';
import { recursionMachine } from '../../prover/machines/recursion/machine.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { CORE, outputOf } from '../../prover/recursion/program.ts';
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

test('there are a lift and a fused program for every core machine and tier, and one wrap', () => {
  const made = (kind: string) => system.programs.filter((program) => program.kind.name === kind);
  for (const kind of ['span', 'claim']) {
    assert.deepEqual(
      made(kind).flatMap(({ accepts: [input] }) => (input?.kind === CORE ? [input.parameters.id] : [])),
      coreLayers(system).map(({ tier }) => tier.id),
    );
  }
  assert.equal(made('wrap').length, 1);
});

test('what a program is made from tells which program it is', () => {
  const forms = system.programs.map(({ kind, accepts }) =>
    String([kind.name, ...accepts.map((input) => [input.kind, input.machine.name, input.parameters.id])]),
  );
  assert.equal(new Set(forms).size, forms.length);
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
    ['span', 18],
    ['claim', 18],
    ['wrap', 16],
  ]);
  assert.equal(kindOf(system, 'wrap').layer, WRAP_RATE_6);
  const wrap = recursionMachine(WRAP_HEIGHTS);
  for (const layer of [WRAP, WRAP_RATE_6, WRAP_RATE_7]) {
    assert.equal(layerLayout(wrap, layer).logLeaves, 16);
    assert.equal(layerLayout(wrap, layer).claimCount, 218);
  }
});
