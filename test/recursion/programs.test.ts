import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standardMachine } from '../../prover/machines/standard.ts';
import { checkFits } from '../../prover/machines/recursion/preprocess.ts';
import { liftProgram } from '../../prover/recursion/programs/lift.ts';
import { recursionMachine } from '../../prover/machines/recursion/machine.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { LIFT_HEIGHTS, WRAP_HEIGHTS } from '../../prover/recursion/target.ts';
import { wrapProgram } from '../../prover/recursion/programs/wrap.ts';
import { LAYERS, LIFT, WRAP, WRAP_RATE_6, WRAP_RATE_7 } from '../../prover/stark/layers.ts';
import { layerLayout } from '../../prover/stark/layout.ts';

test('every core tier has a lift program of its own that fits the lift machine', () => {
  const { machine } = standardMachine();
  const digests = LAYERS.filter(({ id }) => id.startsWith('core-')).map((layer) => {
    const program = liftProgram(machine, layer);
    checkFits(program, LIFT_HEIGHTS);
    return programDigest(program);
  });
  assert.equal(new Set(digests).size, digests.length);
});

test('wrap fits the wrap machine; both machines fit their layers', () => {
  const lift = recursionMachine(LIFT_HEIGHTS);
  checkFits(wrapProgram(lift, LIFT), WRAP_HEIGHTS);
  assert.equal(layerLayout(lift, LIFT).logLeaves, 18);
  const wrap = recursionMachine(WRAP_HEIGHTS);
  for (const layer of [WRAP, WRAP_RATE_6, WRAP_RATE_7]) {
    assert.equal(layerLayout(wrap, layer).logLeaves, 16);
    assert.equal(layerLayout(wrap, layer).claimCount, 218);
  }
});
