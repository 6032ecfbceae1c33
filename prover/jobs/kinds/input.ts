/** Artifacts that no job makes: the program, which is its ELF file, and its input. */
import type { Program } from '../../vm/program.ts';
import { type Artifact, makeArtifact } from '../artifact.ts';
import type { ProvedStatement } from '../../vm/syscalls/chain.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';
import { readStatements, writeStatements } from './statements.ts';

/** What a program is run on. */
export type RunInput = {
  readonly items: readonly Uint8Array[];
  /** Statements of which there are proofs. */
  readonly proved: readonly ProvedStatement[];
};

/** The ELF file of a program. */
export function programArtifact({ elf }: Program): Artifact {
  return makeArtifact('program', elf);
}

/** The items of an input, and the statements that the program can rely on. */
export function inputArtifact(items: readonly Uint8Array[], proved: readonly ProvedStatement[] = []): Artifact {
  const writer = new ByteWriter('input').u32(items.length);
  for (const item of items) writer.list(item);
  return makeArtifact('input', writeStatements(writer, proved).end());
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeInput(bytes: Uint8Array): RunInput {
  const reader = new ByteReader('input', bytes);
  const count = reader.u32();
  const items: Uint8Array[] = [];
  for (let i = 0; i < count; i++) items.push(reader.list());
  const proved = readStatements(reader);
  reader.end();
  return { items, proved };
}
