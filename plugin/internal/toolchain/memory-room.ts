/** Whether a linked program has an entry point, and its statics fit between stack and text. The linker does not look. */
import { ToolchainError } from './errors.ts';
import type { ProverModule } from '../prover-module.ts';

type Executable = ReturnType<ProverModule['readExecutable']>;

/**
 * Looks at an executable that was linked by link.ld.
 *
 * Errors: a ToolchainError when the entry point is not in the text, which is how a linker reports that there is none.
 */
export function checkEntry({ entry, segments }: Executable): void {
  const isText = segments.some(
    ({ executable, address, fileSize }) => executable && entry >= address && entry < address + fileSize,
  );
  if (isText) return;
  throw new ToolchainError(
    'the program has no entry point: add the line "use zkvm as _;", so that the guest crate is linked into it',
  );
}

/**
 * Looks at the segments of an executable that was linked by link.ld: stack, .bss, then what the file backs.
 *
 * Errors: a ToolchainError when .bss reaches into the text.
 */
export function checkMemoryRoom({ segments }: Executable): void {
  const fileStart = Math.min(...segments.filter(({ fileSize }) => fileSize > 0).map(({ address }) => address));
  for (const { address, memorySize } of segments.filter(({ fileSize }) => fileSize === 0)) {
    if (address >= fileStart || address + memorySize <= fileStart) continue;
    const room = mebibytes(Math.floor, fileStart - address);
    throw new ToolchainError(
      `statics of ${mebibytes(Math.ceil, memorySize)} do not fit: those that start as zero and the heap share ${room}; make them smaller`,
    );
  }
}

function mebibytes(round: (value: number) => number, bytes: number): string {
  return `${round((10 * bytes) / 2 ** 20) / 10} MiB`;
}
