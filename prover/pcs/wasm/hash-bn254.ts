/** The BN254 hash of an engine: trees of arity 8 and grinding on kernels; the transcript itself is the plain one. */
import { MerkleBnKernels } from '../../hash/merkle-bn254-kernel.ts';
import { DuplexBn } from '../../verifier/duplex-bn254.ts';
import type { Engine } from '../../wasm/thread-pool.ts';
import { type EngineHash, readRow } from './hash-koalabear.ts';
import { suiteBn } from '../../verifier/suite-bn254.ts';

/** Create it before any mark that will be released. */
export function engineHashBn(engine: Engine): EngineHash {
  const kernels = new MerkleBnKernels(engine);
  return {
    suite: suiteBn,
    transcript: (domain, log) =>
      new DuplexBn(domain, {
        ...(log === undefined ? {} : { log }),
        search: (state, lane, shift, bits) => kernels.grind(state, lane, shift, bits),
      }),
    commit: (columns, logRows) => {
      const tree = kernels.commit(columns, logRows);
      return {
        root: kernels.root(tree),
        shape: { logRows, width: columns.length },
        open: (index) => ({ row: readRow(engine, columns, index), path: kernels.path(tree, index) }),
      };
    },
  };
}
