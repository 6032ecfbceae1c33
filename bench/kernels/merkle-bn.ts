/**
 * Poseidon2 over BN254 in rows of the wrap layer's width and in a tree of arity 8; items are permutations. Compared with the
 * other way to multiply, and with the bigint reference.
 */
import { MerkleBnKernels } from '../../prover/hash/merkle-bn254-kernel.ts';
import { permute } from '../../prover/hash/poseidon2-bn254.ts';
import { createEngine } from '../../prover/wasm/thread-pool.ts';
import { report, threads } from './harness.ts';

const LOG_ROWS = 12;
/** Four scalars a row: one permutation. */
const WIDTH = 28;
const PERMUTATIONS = 2 ** LOG_ROWS + (2 ** LOG_ROWS - 1) / 7;

const engine = await createEngine({ threads });
const columns = Array.from({ length: WIDTH }, () => engine.arena.alloc(4 << LOG_ROWS));
for (const ptr of columns) engine.arena.u32(ptr, 1 << LOG_ROWS).fill(0x12345678);
const kernels = new MerkleBnKernels(engine);
report(`tree, 2^${LOG_ROWS} rows of ${WIDTH}`, PERMUTATIONS, () => {
  engine.arena.scope(() => kernels.commit(columns, LOG_ROWS));
});
const dekker = new MerkleBnKernels(engine, 'dekker');
report(`tree, 2^${LOG_ROWS} rows of ${WIDTH}, without fused multiply-add`, PERMUTATIONS, () => {
  engine.arena.scope(() => dekker.commit(columns, LOG_ROWS));
});
let state = Array.from({ length: 8 }, (_, i) => BigInt(i + 1));
report('permutation, reference', 1, () => {
  state = permute(state);
});
await engine.close();
