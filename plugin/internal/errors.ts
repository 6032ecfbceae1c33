/** Turns everything that can go wrong into one clear sentence under the plugin's name. */
import { HardhatPluginError } from 'hardhat/plugins';
import { printable } from './text/printable.ts';

/** Name of the package, under which Hardhat reports errors. */
export const PLUGIN_ID = 'hardhat-zkvm';

/**
 * An error of the plugin itself. The message is one sentence that names the next step. What it quotes of programs, nodes and
 * files cannot steer the terminal.
 */
export function pluginError(message: string, cause?: unknown): HardhatPluginError {
  const text = printable(message);
  return cause instanceof Error
    ? new HardhatPluginError(PLUGIN_ID, text, cause)
    : new HardhatPluginError(PLUGIN_ID, text);
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission was refused',
  EPERM: 'permission was refused',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EMFILE: 'too many files are open',
};

/** What an error of the file system says, a clause without a full stop; undefined for other errors. */
export function fileProblem(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? FILE_ERRORS[code] : undefined;
}

/** The literal code of an error, for scripts: that of the library, of Hardhat, of the file system, or "INTERNAL". */
export function errorCode(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return 'INTERRUPTED';
  if (error instanceof HardhatPluginError && error.cause !== undefined) return errorCode(error.cause);
  if (error instanceof HardhatPluginError) return 'PLUGIN';
  const { code, errorCode: hardhat } = (error ?? {}) as { readonly code?: unknown; readonly errorCode?: unknown };
  if (typeof code === 'string') return code;
  return typeof hardhat === 'string' ? hardhat : 'INTERNAL';
}

/**
 * Converts an error for Hardhat's command line. Errors of the library (they have a literal code) and of the file system
 * become plugin errors with one sentence; anything else is a bug of ours and keeps its stack.
 */
export function toPluginError(error: unknown): Error {
  if (error instanceof HardhatPluginError) return error;
  if (!(error instanceof Error)) return pluginError(String(error));
  if (error.name === 'AbortError') return pluginError('Interrupted; temporary files were removed.', error);
  const { code, path } = error as { code?: unknown; path?: unknown };
  if (typeof code === 'string') {
    const reason = fileProblem(error);
    if (reason === undefined) return pluginError(error.message.split('\n')[0] ?? code, error);
    return pluginError(`Cannot use ${typeof path === 'string' ? path : 'a file'}: ${reason}.`, error);
  }
  return error;
}
