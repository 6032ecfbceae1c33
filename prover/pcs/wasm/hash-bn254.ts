/** The BN254 hash of a pool: trees of arity 8 and grinding on kernels; the transcript itself is the plain one. */
import { MerkleBnKernels } from '../../hash/merkle-bn254-kernel.ts';
import type { ReadWords } from '../../hash/merkle-koalabear-kernel.ts';
import { DuplexBn254 } from '../../verifier/duplex-bn254.ts';
import type { ThreadPool } from '../../wasm/thread-pool.ts';
import { type WasmHash, readRow } from './hash-koalabear.ts';
import { suiteBn254 } from '../../verifier/suite-bn254.ts';

/** Create it before any mark that will be released. */
export function wasmHashBn254(pool: ThreadPool): WasmHash {
  const kernels = new MerkleBnKernels(pool);
  return {
    suite: suiteBn254,
    transcript: (domain, log) =>
      new DuplexBn254(domain, {
        ...(log === undefined ? {} : { log }),
        search: (state, lane, shift, bits) => kernels.grind(state, lane, shift, bits),
      }),
    commit: (columns, logRows) => {
      const tree = kernels.commit(columns, logRows);
      const read: ReadWords = (ptr, length) => pool.arena.u32(ptr, length);
      return {
        root: kernels.root(tree),
        shape: { logRows, width: columns.length },
        open: (index) => ({ row: readRow(read, columns, index), path: kernels.path(tree, index) }),
      };
    },
  };
}
