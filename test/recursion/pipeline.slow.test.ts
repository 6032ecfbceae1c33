import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { inputOf, liftCase, proveRun, wrapOf } from '../support/recursion-pipeline.ts';
import { toyGuestCase } from '../support/toy-guest.ts';

test('toy proof, lift proof, wrap proof: each verifies, the last one natively', () => {
  const lift = liftCase(toyGuestCase());
  const wrap = proveRun(wrapOf(lift.program.kind), [inputOf(lift)]);
  const { target, layer } = wrap.program.kind;
  const { key, publicValues, proof } = wrap.verified;
  verifyNative(suiteKoalaBear, target.machine, layer, key, publicValues, proof);
  assert.throws(() => {
    const changed = publicValues.map((value, i) => (i === 24 ? value + 1 : value));
    verifyNative(suiteKoalaBear, target.machine, layer, key, changed, proof);
  }, VerificationError);
});
