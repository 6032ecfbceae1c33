import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';
import { withCurve } from '../../prover/groth16/snarkjs/curve.ts';
import { assertNoThreadLeft, threadCount } from '../support/abort.ts';

test('users at the same time share one curve, and the last one leaves no thread behind', async () => {
  // Node's own pool starts with the first file.
  await access(import.meta.filename);
  const before = threadCount();
  const curves = await Promise.all([1, 2, 3].map(() => withCurve(undefined, (curve) => Promise.resolve(curve))));
  assert.ok(curves.every((curve) => curve === curves[0]));
  const again = await withCurve(undefined, (curve) => Promise.resolve(curve));
  assert.notEqual(again, curves[0]);
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const never = withCurve(controller.signal, () => {
    controller.abort(reason);
    return new Promise<never>(() => undefined);
  });
  await assert.rejects(never, (error) => error === reason);
  await assert.rejects(
    withCurve(controller.signal, () => Promise.resolve()),
    (error) => error === reason,
  );
  await assertNoThreadLeft(before);
});
