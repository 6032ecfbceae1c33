/** What the prover on threads needs of a hash: a transcript with fast grinding, and commitments to columns in memory. */
import { fromMontgomery } from '../../field/montgomery.ts';
import { MerkleKernels, type ReadWords } from '../../hash/merkle-koalabear-kernel.ts';
import { DuplexKoalaBear } from '../../verifier/duplex-koalabear.ts';
import type { NativeTranscript, TranscriptLog } from '../../verifier/native-transcript.ts';
import type { ThreadPool } from '../../wasm/thread-pool.ts';
import { suiteKoalaBear } from '../../verifier/suite-koalabear.ts';
import type { CommittedRows, HashSuite } from '../../verifier/suite.ts';

export interface WasmHash {
  readonly suite: HashSuite;
  transcript(domain: string, log?: TranscriptLog): NativeTranscript;
  /**
   * Commits to columns of 2^logRows words in Montgomery form; row j is the j-th word of every column. Columns and tree
   * stay in the arena and must not be released before the last `open`.
   */
  commit(columns: readonly number[], logRows: number): ArenaRows;
}

/** A commitment in the arena. */
export interface ArenaRows extends CommittedRows {
  /** The same commitment, read from a copy of the memory. Not every hash has it. */
  readonly in?: (read: ReadWords) => CommittedRows;
}

/** The KoalaBear hash of a pool. Create it before any mark that will be released. */
export function wasmHashKoalaBear(pool: ThreadPool): WasmHash {
  const kernels = new MerkleKernels(pool);
  return {
    suite: suiteKoalaBear,
    transcript: (domain, log) =>
      new DuplexKoalaBear(domain, {
        ...(log === undefined ? {} : { log }),
        search: (state, lane, bits) => kernels.grind(state, lane, bits),
      }),
    commit: (columns, logRows) => {
      const tree = kernels.commit(columns, logRows);
      const rowsIn = (read: ReadWords): CommittedRows => ({
        root: kernels.root(tree, read),
        shape: { logRows, width: columns.length },
        open: (index) => ({ row: readRow(read, columns, index), path: kernels.path(tree, index, read) }),
      });
      return { ...rowsIn((ptr, length) => pool.arena.u32(ptr, length)), in: rowsIn };
    },
  };
}

/** Row `index` of columns in Montgomery form, canonical. */
export function readRow(read: ReadWords, columns: readonly number[], index: number): number[] {
  return columns.map((ptr) => fromMontgomery(read(ptr + 4 * index, 1)[0] ?? 0));
}
