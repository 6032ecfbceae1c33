/** Vector kernels on 2^16 elements (in cache); items are elements. The reference is the plain TypeScript field. */
import { mul, P } from '../../prover/field/koalabear.ts';
import { FieldVectors } from '../../prover/field/vector-kernel.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { report, threads } from './harness.ts';

const pool = await createThreadPool({ threads });
const vectors = new FieldVectors(pool);
const length = 1 << 16;
const [a, b, out] = [4, 4, 4].map((width) => pool.arena.alloc(width * length)) as [number, number, number];
report('add', length, () => vectors.add(a, b, out, length));
report('mul', length, () => vectors.mul(a, b, out, length));
report('toMontgomery', length, () => vectors.toMontgomery(a, out, length));

const [left, right] = [0x12345678, P - 2].map((value) => new Uint32Array(length).fill(value));
const product = new Uint32Array(length);
report('mul, reference', length, () => {
  for (let i = 0; i < length; i++) product[i] = mul(left![i]!, right![i]!);
});
await pool.close();
