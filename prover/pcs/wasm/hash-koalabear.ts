/** What the engine's prover needs of a hash: a transcript with fast grinding, and commitments to columns in memory. */
import { fromMontgomery } from '../../field/montgomery.ts';
import { MerkleKernels } from '../../hash/merkle-koalabear-kernel.ts';
import { DuplexKb } from '../../verifier/duplex-koalabear.ts';
import type { NativeTranscript, TranscriptLog } from '../../verifier/native-transcript.ts';
import type { Engine } from '../../wasm/thread-pool.ts';
import { suiteKb } from '../../verifier/suite-koalabear.ts';
import type { CommittedRows, HashSuite } from '../../verifier/suite.ts';

export interface EngineHash {
  readonly suite: HashSuite;
  transcript(domain: string, log?: TranscriptLog): NativeTranscript;
  /**
   * Commits to columns of 2^logRows words in Montgomery form; row j is the j-th word of every column. Columns and tree
   * stay in the arena and must not be released before the last `open`.
   */
  commit(columns: readonly number[], logRows: number): CommittedRows;
}

/** The KoalaBear hash of an engine. Create it before any mark that will be released. */
export function engineHashKb(engine: Engine): EngineHash {
  const kernels = new MerkleKernels(engine);
  return {
    suite: suiteKb,
    transcript: (domain, log) =>
      new DuplexKb(domain, {
        ...(log === undefined ? {} : { log }),
        search: (state, lane, bits) => kernels.grind(state, lane, bits),
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

/** Row `index` of columns in Montgomery form, canonical. */
export function readRow(engine: Engine, columns: readonly number[], index: number): number[] {
  return columns.map((ptr) => fromMontgomery(engine.arena.u32(ptr + 4 * index, 1)[0] ?? 0));
}
