/** The artifact that says how an execution ended, and into which shards it falls. */
import { type Artifact, type ArtifactId, decoded, partsOf } from '../artifact.ts';
import type { ProvedStatement } from '../../vm/syscalls/chain.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { readStatements, writeStatements } from './statements.ts';

/** An execution that can be proved. */
export type Executed = {
  readonly exitCode: number;
  readonly cycles: number;
  /** The artifacts that prove it, in order, with their instructions. */
  readonly shards: readonly { readonly id: ArtifactId; readonly cycles: number }[];
  /** The artifact that opens the system words in the last memory. */
  readonly ending: ArtifactId;
  /** Statements that the program relied on, in order. */
  readonly verified: readonly ProvedStatement[];
  readonly publicValues: Uint8Array;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
};

export function encodeExecuted(executed: Executed): Uint8Array {
  const { exitCode, cycles, shards, ending, verified, publicValues, stdout, stderr } = executed;
  const hash = (id: ArtifactId): Uint8Array => Buffer.from(partsOf(id).sha256, 'hex');
  const writer = new ByteWriter('execution').u32(exitCode).u64(cycles).list(hash(ending)).u32(shards.length);
  for (const shard of shards) writer.u64(shard.cycles).list(hash(shard.id));
  return writeStatements(writer, verified).list(publicValues).list(stdout).list(stderr).end();
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeExecuted(artifact: Artifact): Executed {
  return decoded(artifact, (bytes) => {
    const reader = new ByteReader('execution', bytes);
    const idIn = (kind: string): ArtifactId => {
      const hash = reader.list();
      if (hash.length !== 32) throw reader.refuse(`a hash has ${hash.length} bytes`);
      return `${kind}-${Buffer.from(hash).toString('hex')}`;
    };
    const exitCode = reader.u32();
    const cycles = reader.u64();
    const ending = idIn('ending');
    const shards: { readonly id: ArtifactId; readonly cycles: number }[] = [];
    for (let left = reader.u32(); left > 0; left--) {
      const count = reader.u64();
      shards.push({ cycles: count, id: idIn('shard') });
    }
    if (shards.length === 0) throw reader.refuse('it has no shards');
    if (shards.reduce((sum, shard) => sum + shard.cycles, 0) !== cycles) {
      throw reader.refuse('its shards do not have its cycles');
    }
    const verified = readStatements(reader);
    const [publicValues, stdout, stderr] = [reader.list(), reader.list(), reader.list()];
    reader.end();
    return { exitCode, cycles, shards, ending, verified, publicValues, stdout, stderr };
  });
}
