/** Artifacts that no job makes: the program, which is its ELF file, and the items of the input. */
import type { Program } from '../../vm/program.ts';
import { type Artifact, makeArtifact } from '../artifact.ts';
import { ByteReader, ByteWriter } from '../bytes.ts';

/** The ELF file of a program. */
export function programArtifact({ elf }: Program): Artifact {
  return makeArtifact('program', elf);
}

/** The items of an input. */
export function inputArtifact(items: readonly Uint8Array[]): Artifact {
  const writer = new ByteWriter('input').u32(items.length);
  for (const item of items) writer.list(item);
  return makeArtifact('input', writer.end());
}

/** ArtifactError ARTIFACT_DAMAGED. */
export function decodeInput(bytes: Uint8Array): Uint8Array[] {
  const reader = new ByteReader('input', bytes);
  const count = reader.u32();
  const items: Uint8Array[] = [];
  for (let i = 0; i < count; i++) items.push(reader.list());
  reader.end();
  return items;
}
