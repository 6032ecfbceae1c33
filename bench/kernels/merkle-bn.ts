/**
 * Poseidon2 over BN254 in rows of the wrap layer's width and in a tree of arity 8; items are permutations. Compared with the
 * other way to multiply, and with the bigint reference.
 */
import { MerkleBnKernels } from '../../prover/hash/merkle-bn254-kernel.ts';
import { permute } from '../../prover/hash/poseidon2-bn254.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { report, threads } from './harness.ts';

const LOG_ROWS = 12;
/** Four scalars a row: one permutation. */
const WIDTH = 28;
const PERMUTATIONS = 2 ** LOG_ROWS + (2 ** LOG_ROWS - 1) / 7;

const pool = await createThreadPool({ threads });
const columns = Array.from({ length: WIDTH }, () => pool.arena.alloc(4 << LOG_ROWS));
for (const ptr of columns) pool.arena.u32(ptr, 1 << LOG_ROWS).fill(0x12345678);
const kernels = new MerkleBnKernels(pool);
report(`tree, 2^${LOG_ROWS} rows of ${WIDTH}`, PERMUTATIONS, () => {
  pool.arena.scope(() => kernels.commit(columns, LOG_ROWS));
});
const dekker = new MerkleBnKernels(pool, 'dekker');
report(`tree, 2^${LOG_ROWS} rows of ${WIDTH}, without fused multiply-add`, PERMUTATIONS, () => {
  pool.arena.scope(() => dekker.commit(columns, LOG_ROWS));
});
let state = Array.from({ length: 8 }, (_, i) => BigInt(i + 1));
report('permutation, reference', 1, () => {
  state = permute(state);
});
await pool.close();
