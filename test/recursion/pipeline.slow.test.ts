import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { recordWrap, wrapProgram } from '../../prover/recursion/programs/wrap.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { TEST_ONLY_LIFT, TEST_ONLY_WRAP, controlOf, liftCase, proveRun } from '../support/recursion-pipeline.ts';
import { toyGuestCase } from '../support/toy-guest.ts';

test('toy proof, lift proof, wrap proof: each verifies, the last one natively', () => {
  const lift = liftCase(toyGuestCase());
  const run = recordWrap(lift.target.machine, TEST_ONLY_LIFT, lift.verified, controlOf(lift));
  const wrap = proveRun(wrapProgram(lift.target.machine, TEST_ONLY_LIFT), run, TEST_ONLY_WRAP);
  const { key, publicValues, proof } = wrap.verified;
  verifyNative(suiteKoalaBear, wrap.target.machine, TEST_ONLY_WRAP, key, publicValues, proof);
  assert.throws(() => {
    const changed = publicValues.map((value, i) => (i === 24 ? value + 1 : value));
    verifyNative(suiteKoalaBear, wrap.target.machine, TEST_ONLY_WRAP, key, changed, proof);
  }, VerificationError);
});
