/**
 * Extension vector kernels on 2^14 elements; items are elements of the result (pairs for rounds). The reference is the plain
 * TypeScript field.
 */
import { add, mul, ZERO } from '../../prover/field/extension.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { ExtVectors } from '../../prover/poly/ext-vectors.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { report, threads } from './harness.ts';

const pool = await createThreadPool({ threads });
const vectors = new ExtVectors(pool);
const length = 1 << 14;
const [a, b, c] = [vectors.alloc(length), vectors.alloc(length), vectors.alloc(length / 2)];
for (const { ptr } of [a, b]) pool.arena.u32(ptr, 5 * length).fill(0x12345678);
report('round, highest variable', length / 2, () => vectors.round(a, b, 'highest'));
report('round, lowest variable', length / 2, () => vectors.round(a, b, 'lowest'));
report('dot', length, () => vectors.dot(a, b));
report('fold, highest variable', length / 2, () => vectors.fold(a, c, [1, 2, 3, 4, 5], 'highest'));

const [left, right] = [vectors.values(a), vectors.values(b)];
let sum: ExtValue = ZERO;
report('dot, reference', length, () => {
  sum = left.reduce((total, value, i) => add(total, mul(value, right[i] ?? ZERO)), ZERO);
});
if (String(sum) !== String(vectors.dot(a, b))) throw new Error('kernel and reference disagree');
await pool.close();
