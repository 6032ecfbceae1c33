/**
 * Poseidon2 permutations in their three uses: leaves, tree levels, grinding. Items are permutations. The reference is the
 * plain TypeScript tree.
 */
import { MerkleKernels } from '../../prover/hash/merkle-koalabear-kernel.ts';
import { buildTree } from '../../prover/hash/merkle-koalabear.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { report, threads } from './harness.ts';

const pool = await createThreadPool({ threads });
const kernels = new MerkleKernels(pool);
for (const [logRows, width] of [
  [16, 8],
  [16, 32],
] as const) {
  const columns = Array.from({ length: width }, () => pool.arena.alloc(4 << logRows));
  for (const ptr of columns) pool.arena.u32(ptr, 1 << logRows).fill(0x12345678);
  report(`merkle tree, 2^${logRows} rows of ${width}`, (1 << logRows) * (1 + width / 8), () => {
    pool.arena.scope(() => kernels.commit(columns, logRows));
  });
}
// 22 bits on a fixed state: a search of known length.
const state = Array.from({ length: 16 }, (_, i) => i + 1);
const nonce = kernels.grind(state, 3, 16);
report(`grind to nonce ${nonce}`, nonce, () => kernels.grind(state, 3, 16));
const rows = new Uint32Array(8 << 8).fill(0x12345678);
report('merkle tree, 2^8 rows of 8, reference', 2 << 8, () => buildTree(8, 8, rows));
await pool.close();
