/** Removes from an ELF file what execution does not read: sections, symbols, debug information. */
import { readExecutable } from './executable.ts';
import { forgetOffset, forgetSections, HEADER_BYTES, readHeader, readProgramHeaders } from './header.ts';

/**
 * A copy of an executable that ends after its last segment and has no sections. Whatever symbols and sections a linker
 * wrote, the copies of equal programs are equal.
 *
 * Errors: ElfError when the file is no executable for this machine.
 */
export function stripElf(elf: Uint8Array): Uint8Array {
  const { segments } = readExecutable(elf);
  const header = readHeader(elf);
  const { at, bytes, count } = header.programHeaders;
  const ends = segments.filter(({ fileSize }) => fileSize > 0).map(({ offset, fileSize }) => offset + fileSize);
  const stripped = elf.slice(0, Math.max(HEADER_BYTES, at + count * bytes, ...ends));
  for (const [i, { fileSize }] of readProgramHeaders(elf, header).entries()) {
    // A segment without bytes in the file, such as .bss, may point behind the end.
    if (fileSize === 0) forgetOffset(stripped, header, i);
  }
  forgetSections(stripped);
  return stripped;
}
