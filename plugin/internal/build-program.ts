/** Builds programs for `zkvm build`: compiles, then writes the files beside the source or compares them. */
import path from 'node:path';
import { pluginError } from '../errors.ts';
import type { RunOptions, ZkvmConfig } from '../types.ts';
import { Builder } from './toolchain/build.ts';
import { guestBuildFolder } from './toolchain/build-folder.ts';
import { differenceOf, sha256Hex, writeOutputs } from './toolchain/outputs.ts';
import { recordTools, recordedTools } from './toolchain/record.ts';

/** What was built, or compared. */
export type BuiltProgram = {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly compiler: string;
  readonly linker: string;
  readonly seconds: number;
};

export type BuildSettings = {
  /** Compare with the files that are there and write nothing. */
  readonly check: boolean;
  /** Lock files must be there and must not change. */
  readonly locked: boolean;
  /** Receives what was found out about the compilers, and what is being done. */
  readonly onLine: (line: string) => void;
};

/**
 * Builds the programs in the given folders one after the other.
 *
 * Errors: a plugin error of one sentence: no usable compiler, a failed compilation (the compiler's own messages are on
 * stderr), or with `check` differences, all of them; the signal's reason after an abort.
 */
export async function buildPrograms(
  folders: readonly string[],
  config: ZkvmConfig,
  settings: BuildSettings,
  { signal, onProgress }: RunOptions,
): Promise<BuiltProgram[]> {
  const buildFolder = await guestBuildFolder(config.cacheDir);
  const builder = new Builder({ buildFolder, locked: settings.locked, onToolchain: settings.onLine, signal });
  const results: BuiltProgram[] = [];
  const differences: string[] = [];
  for (const folder of folders) {
    const stage = `build ${path.basename(folder)}`;
    onProgress?.({ stage, status: 'start' });
    const { result, difference } = await buildOne(folder, builder, config, settings, signal);
    onProgress?.({ stage, status: 'done', seconds: result.seconds });
    results.push(result);
    if (difference !== undefined) differences.push(difference);
  }
  if (differences.length > 0) throw pluginError(`${differences.join('. ')}.`);
  return results;
}

async function buildOne(
  folder: string,
  builder: Builder,
  config: ZkvmConfig,
  { check }: BuildSettings,
  signal: AbortSignal | undefined,
): Promise<{ result: BuiltProgram; difference: string | undefined }> {
  const start = performance.now();
  const isOurs = path.dirname(folder) === config.programs;
  const name = path.basename(folder);
  try {
    const built = await builder.build(folder);
    let difference: string | undefined;
    if (check) {
      difference = await differenceOf(folder, built, isOurs ? recordedTools(config.programs, name) : undefined);
    } else {
      await writeOutputs(folder, built);
      if (isOurs) recordTools(config.programs, name, built.tools);
    }
    const seconds = (performance.now() - start) / 1000;
    const file = path.join(folder, `${name}.elf`);
    const result = { name, file, bytes: built.elf.length, sha256: sha256Hex(built.elf), ...built.tools, seconds };
    return { result, difference };
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as { code?: unknown }).code !== 'TOOLCHAIN') throw error;
    throw pluginError(`Building ${name} failed: ${(error as Error).message}.`, error);
  }
}
