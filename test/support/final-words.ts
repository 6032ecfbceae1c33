/** What stands in memory at the end of a recorded shard, of the words in quads that it touched. */
import { SYSTEM_WORD, systemWordAddress } from '../../prover/vm/address-map.ts';
import { QUAD_FIELD, type ExecutionRecord } from '../../prover/vm/execution-record.ts';

/** The last value of a word. It fails for a word in a quad that the shard did not touch. */
export function finalWord({ quads }: ExecutionRecord, wordAddress: number): number {
  for (let at = 0; at < quads.words.length; at += quads.width) {
    if (quads.words[at + QUAD_FIELD.index] === wordAddress >>> 2) {
      return quads.words[at + QUAD_FIELD.final + (wordAddress & 3)] ?? 0;
    }
  }
  throw new Error(`the shard did not touch word ${wordAddress}`);
}

/** The exit code of an execution that ends in this shard. */
export function exitCodeOf(record: ExecutionRecord): number {
  return finalWord(record, systemWordAddress(SYSTEM_WORD.exitCode));
}

/** The eight words of the digest of the public values, of an execution that commits them in this shard. */
export function publicDigestOf(record: ExecutionRecord): number[] {
  return Array.from({ length: 8 }, (_, i) => finalWord(record, systemWordAddress(SYSTEM_WORD.publicDigest + i)));
}
