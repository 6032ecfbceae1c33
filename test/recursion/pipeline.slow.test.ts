import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { fusedCase, inputOf, proveRun, wrapOf } from '../support/recursion-pipeline.ts';
import { toyExecution } from '../support/toy-guest.ts';

test('toy proof, claim, wrap proof by the reference prover: each verifies, the last one natively', () => {
  const claim = fusedCase(toyExecution());
  const wrap = proveRun(wrapOf(claim.program.kind), [inputOf(claim)]);
  const { target, layer } = wrap.program.kind;
  const { key, publicValues, proof } = wrap.verified;
  verifyNative(suiteKoalaBear, target.machine, layer, key, publicValues, proof);
  assert.throws(() => {
    const changed = publicValues.map((value, i) => (i === 24 ? value + 1 : value));
    verifyNative(suiteKoalaBear, target.machine, layer, key, changed, proof);
  }, VerificationError);
});
