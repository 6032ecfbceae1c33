import assert from 'node:assert/strict';
import { it } from 'node:test';
import { P } from '../../prover/field/koalabear.ts';
import { compressPairs } from '../../prover/hash/compress-koalabear.ts';
import { compress } from '../../prover/hash/sponge-koalabear.ts';

it('compresses many pairs as one after another', () => {
  for (const count of [0, 1, 3, 4, 5, 4095, 4096, 4097]) {
    const pairs = Uint32Array.from({ length: 16 * count }, (_, i) => [0, P - 1, (i * 2654435761) % P][i % 3]!);
    const digests = compressPairs(pairs);
    assert.equal(digests.length, 8 * count);
    for (const i of new Set([0, 1, 2, 3, count - 2, count - 1].filter((at) => at >= 0 && at < count))) {
      const [left, right] = [0, 8].map((at) => Array.from(pairs.subarray(16 * i + at, 16 * i + at + 8)));
      assert.deepEqual(
        Array.from(digests.subarray(8 * i, 8 * i + 8)),
        compress(left!, right!),
        `pair ${i} of ${count}`,
      );
    }
  }
});

it('refuses half a pair', () => {
  assert.throws(() => compressPairs(new Uint32Array(8)), { name: 'RangeError', message: /multiple of 16/ });
});
