/** What can go wrong between a program's source and its ELF file. */

/** The message is one sentence without a full stop: what is wrong, and how to mend it. */
export class ToolchainError extends Error {
  readonly code = 'TOOLCHAIN';

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ToolchainError';
  }
}
