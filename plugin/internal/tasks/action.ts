/** What all tasks share: the output format, exit codes, interruption, progress, and errors of one sentence. */
import { inspect } from 'node:util';
import { HardhatPluginError } from 'hardhat/plugins';
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { errorCode, toPluginError } from '../errors.ts';
import type { ProgramOptions, RunOptions } from '../../types.ts';
import { printable } from '../text/printable.ts';
import { progressDisplay } from './progress.ts';

/** Options every task has. */
export type CommonArguments = { readonly json: boolean; readonly quiet?: boolean; readonly noBuild?: boolean };

/** Exit code of a command that proved or verified a run, but one of a program that failed. */
export const PROGRAM_FAILED = 2;

/** What a task hands back: lines for people, one object for scripts. */
export type TaskOutput = {
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
  /** False sets exit code 1. Default: true. */
  readonly success?: boolean;
  /** True makes the task fail with exit code 2: what it did succeeded, but the program itself had failed. */
  readonly programFailed?: boolean;
};

/** Integers beyond 2^53 have no JSON form; they become decimal strings. Control characters of all kinds are escaped. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => character.split('').map(escape).join(''));
}

/**
 * Hardhat's command line knows exit codes 0 and 1. A command of ours with another one sets it as the process ends; a task
 * that was run by a script or a test leaves the exit code of that process alone.
 */
function endCommandWith(code: number, task: string): void {
  const words = process.argv.slice(2);
  if (!words.includes('zkvm') || !words.includes(task)) return;
  process.once('exit', () => {
    process.exitCode = code;
  });
}

/**
 * Where the variable CI is set, Hardhat prints every error a second time, with its stack. What is said in one sentence needs
 * none, so the second print is its usual last line; who asks for stacks gets them, and so does who handles the error.
 */
function withoutPrintedStack(error: Error): Error {
  if (error instanceof HardhatPluginError && !process.argv.includes('--show-stack-traces')) {
    const value = (): string => 'For more info run Hardhat with --show-stack-traces';
    Object.defineProperty(error, inspect.custom, { value });
  }
  return error;
}

/**
 * Wraps the body of a task; tasks that may end with exit code 2 give their name. Results go to stdout (one line of JSON with --json), progress to stderr. The
 * first Ctrl-C aborts the prover, which removes its temporary files; a second one ends the process at once.
 */
export function taskAction<Args extends CommonArguments>(
  body: (args: Args, hre: HardhatRuntimeEnvironment, run: RunOptions & ProgramOptions) => Promise<TaskOutput>,
  task = '',
) {
  return async (args: Args, hre: HardhatRuntimeEnvironment) => {
    const controller = new AbortController();
    const interrupt = (): void => controller.abort();
    const display = progressDisplay(process.stderr);
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    try {
      const progress = args.quiet === true ? {} : { onProgress: display.onProgress };
      const output = await body(args, hre, {
        ...progress,
        signal: controller.signal,
        ...(args.noBuild === true ? { build: false } : {}),
      });
      display.done();
      console.log(args.json ? toJson(output.json) : printable(output.lines.join('\n')));
      if (output.programFailed === true) endCommandWith(PROGRAM_FAILED, task);
      return output.success === false || output.programFailed === true
        ? { success: false as const, error: output.json }
        : { success: true as const, value: output.json };
    } catch (error) {
      display.done();
      const clear = withoutPrintedStack(toPluginError(error));
      if (args.json) console.log(toJson({ error: { code: errorCode(error), message: clear.message } }));
      throw clear;
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  };
}
