/** Removes from an ELF file what execution does not read: sections, symbols, debug information. */
import { ToolchainError } from './errors.ts';

const HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
const PT_LOAD = 1;
const PF_X = 1;

/**
 * A copy of an ELF32 executable (little endian, from our own linker) that ends after its last segment and has no sections.
 *
 * Errors: a ToolchainError when the entry point is not in the text, which is how a linker reports that there is none.
 */
export function stripElf(elf: Uint8Array): Uint8Array {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const entry = view.getUint32(24, true);
  const headersAt = view.getUint32(28, true);
  const count = view.getUint16(44, true);
  let end = Math.max(HEADER_BYTES, headersAt + count * PROGRAM_HEADER_BYTES);
  let hasEntry = false;
  for (let i = 0; i < count; i++) {
    const field = (word: number): number => view.getUint32(headersAt + i * PROGRAM_HEADER_BYTES + 4 * word, true);
    const [type, offset, address, fileBytes, flags] = [field(0), field(1), field(2), field(4), field(6)];
    if (type !== PT_LOAD || fileBytes === 0) continue;
    end = Math.max(end, offset + fileBytes);
    hasEntry ||= (flags & PF_X) !== 0 && entry >= address && entry < address + fileBytes;
  }
  if (!hasEntry) {
    throw new ToolchainError(
      'the program has no entry point: add the line "use zkvm as _;", so that the guest crate is linked into it',
    );
  }
  const stripped = elf.slice(0, end);
  const header = new DataView(stripped.buffer);
  for (let i = 0; i < count; i++) {
    // A segment without bytes in the file, such as .bss, may point behind the end.
    const at = headersAt + i * PROGRAM_HEADER_BYTES;
    if (header.getUint32(at + 16, true) === 0) header.setUint32(at + 4, 0, true);
  }
  // Offset, size, number and names of the section headers.
  header.setUint32(32, 0, true);
  for (const field of [46, 48, 50]) header.setUint16(field, 0, true);
  return stripped;
}
