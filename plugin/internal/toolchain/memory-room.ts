/** Whether the statics of a linked program fit between the stack and the text. The linker is told not to look. */
import { ToolchainError } from './errors.ts';

const PROGRAM_HEADER_BYTES = 32;
const PT_LOAD = 1;

type Segment = { readonly address: number; readonly fileBytes: number; readonly memoryBytes: number };

/**
 * Looks at the segments of an ELF32 executable that was linked by link.ld: stack, .bss, then what the file backs.
 *
 * Errors: a ToolchainError when .bss reaches into the text.
 */
export function checkMemoryRoom(elf: Uint8Array): void {
  const segments = loadSegments(elf);
  const fileStart = Math.min(...segments.filter(({ fileBytes }) => fileBytes > 0).map(({ address }) => address));
  for (const { address, memoryBytes } of segments.filter(({ fileBytes }) => fileBytes === 0)) {
    if (address >= fileStart || address + memoryBytes <= fileStart) continue;
    const room = mebibytes(Math.floor, fileStart - address);
    throw new ToolchainError(
      `statics of ${mebibytes(Math.ceil, memoryBytes)} do not fit: those that start as zero and the heap share ${room}; make them smaller`,
    );
  }
}

function mebibytes(round: (value: number) => number, bytes: number): string {
  return `${round((10 * bytes) / 2 ** 20) / 10} MiB`;
}

function loadSegments(elf: Uint8Array): Segment[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const headersAt = view.getUint32(28, true);
  return Array.from({ length: view.getUint16(44, true) }, (_, i) => headersAt + i * PROGRAM_HEADER_BYTES)
    .filter((at) => view.getUint32(at, true) === PT_LOAD)
    .map((at) => ({
      address: view.getUint32(at + 8, true),
      fileBytes: view.getUint32(at + 16, true),
      memoryBytes: view.getUint32(at + 20, true),
    }));
}
