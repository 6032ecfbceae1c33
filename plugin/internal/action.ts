/** What all tasks share: the output format, interruption, progress, and errors of one sentence. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre';
import { errorCode, toPluginError } from '../errors.ts';
import type { ProgramOptions, RunOptions } from '../types.ts';
import { progressDisplay } from './progress.ts';

/** Options every task has. */
export type CommonArguments = { readonly json: boolean; readonly quiet?: boolean; readonly noBuild?: boolean };

/** What a task hands back: lines for people, one object for scripts. */
export type TaskOutput = {
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
  /** False sets exit code 1. Default: true. */
  readonly success?: boolean;
};

/** Integers beyond 2^53 have no JSON form; they become decimal strings. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
}

/**
 * Wraps the body of a task. Results go to stdout (one line of JSON with --json), progress to stderr. The first Ctrl-C
 * aborts the prover, which removes its temporary files; a second one ends the process at once.
 */
export function taskAction<Args extends CommonArguments>(
  body: (args: Args, hre: HardhatRuntimeEnvironment, run: RunOptions & ProgramOptions) => Promise<TaskOutput>,
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
      console.log(args.json ? toJson(output.json) : output.lines.join('\n'));
      return output.success === false
        ? { success: false as const, error: output.json }
        : { success: true as const, value: output.json };
    } catch (error) {
      display.done();
      const clear = toPluginError(error);
      if (args.json) console.log(toJson({ error: { code: errorCode(error), message: clear.message } }));
      throw clear;
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  };
}
