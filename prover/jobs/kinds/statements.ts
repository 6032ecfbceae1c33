/** Statements of proofs within artifacts. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { ProvedStatement } from '../../vm/syscalls/chain.ts';
import type { ByteReader, ByteWriter } from '../bytes.ts';

/** Writes a list of statements. */
export function writeStatements(writer: ByteWriter, statements: readonly ProvedStatement[]): ByteWriter {
  writer.u32(statements.length);
  for (const { vkey, publicDigest } of statements) {
    writer.list(hexToBytes(vkey.slice(2))).list(hexToBytes(publicDigest.slice(2)));
  }
  return writer;
}

/** Reads what `writeStatements` wrote. */
export function readStatements(reader: ByteReader): ProvedStatement[] {
  const word = (): `0x${string}` => {
    const bytes = reader.list();
    if (bytes.length !== 32) throw reader.refuse(`a word of a statement has ${bytes.length} bytes`);
    return `0x${bytesToHex(bytes)}`;
  };
  const statements: ProvedStatement[] = [];
  for (let left = reader.u32(); left > 0; left--) statements.push({ vkey: word(), publicDigest: word() });
  return statements;
}
