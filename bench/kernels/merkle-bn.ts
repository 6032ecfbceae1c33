/**
 * Poseidon2-BN-8: the BigInt twin, then the kernels in their uses, in one run. Items are permutations; the last line is a
 * commitment to 48 columns of 2^LOG_ROWS rows (default 2^16; the wrap layer has 2^20).
 */
import { MerkleBnKernels } from '../../prover/hash/merkle-bn-kernel.ts';
import { permute } from '../../prover/hash/poseidon2-bn.ts';
import { createEngine } from '../../prover/wasm/pool.ts';
import { report, threads } from './harness.ts';

const logRows = Number(process.env['LOG_ROWS'] ?? 16);

let state = Array.from({ length: 8 }, (_, i) => BigInt(i));
report('poseidon2-bn, BigInt twin (one thread)', 50, () => {
  for (let i = 0; i < 50; i++) state = permute(state);
});

/** Permutations of a tree over leaves of one compression each. */
function permutations(leaves: number): number {
  let total = leaves;
  for (let count = leaves; count > 1; total += count) count = Math.ceil(count / 8);
  return total;
}

for (const products of ['fused', 'dekker'] as const) {
  const engine = await createEngine({ threads });
  const kernels = new MerkleBnKernels(engine, products);
  const height = 2 ** (products === 'fused' ? logRows : 12);
  const columns = Array.from({ length: 48 }, () => engine.arena.alloc(4 * height));
  for (const [c, ptr] of columns.entries()) engine.arena.u32(ptr, height).fill(0x12345678 + c);
  report(`poseidon2-bn tree, ${height} rows of 48 (${products})`, permutations(height), () => {
    engine.arena.scope(() => kernels.commit(columns, Math.log2(height)));
  });
  const lanes = Array.from({ length: 8 }, (_, i) => (i === 3 ? 0n : BigInt(i)));
  const nonce = kernels.grind(lanes, 3, 0, 12);
  report(`poseidon2-bn grind to nonce ${nonce} (${products})`, nonce, () => kernels.grind(lanes, 3, 0, 12));
  await engine.close();
}
