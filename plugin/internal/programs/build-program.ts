/** Builds programs for `zkvm build`: compiles what changed, then writes the files beside the source or compares them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pluginError } from '../errors.ts';
import type { BuiltProgram, KeyChange, RunOptions, ZkvmConfig } from '../../types.ts';
import { keyChange, keyChangeLines } from './key-change.ts';
import { Builder } from '../toolchain/build.ts';
import type { BuildChoice, Built, Tools } from '../toolchain/build.ts';
import { guestBuildFolder } from '../toolchain/build-folder.ts';
import { differenceOf, otherTools, writeOutputs } from '../toolchain/outputs.ts';
import { sha256Hex } from '../sha256.ts';
import { recordOf, recordTools, recordedTools } from '../toolchain/record.ts';
import type { Recorded } from '../toolchain/record.ts';
import { changedSources } from '../toolchain/sources.ts';

export type BuildSettings = {
  /** Compare with the files that are there and write nothing. */
  readonly check: boolean;
  /** With `check`: what differs because other tools made the files is said, and is no error. Default: it is one. */
  readonly otherToolsMayDiffer?: boolean | undefined;
  /** Lock files must be there and must not change. */
  readonly locked: boolean;
  /** Receives what was found out about the compilers, and what is being done. */
  readonly onLine: (line: string) => void;
  /** Features and program; default: as at the last build, which is recorded. */
  readonly choice?: BuildChoice | undefined;
  /** A program may get another verifying key. Default: yes, except where the variable CI is set. */
  readonly allowKeyChange?: boolean | undefined;
  /** The project, in which files about the old key are looked for. Default: the current folder. */
  readonly root?: string | undefined;
};

/** Whether the variable CI is set, as services for continuous integration do. */
export function isContinuousIntegration(): boolean {
  const value = process.env['CI'];
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

/**
 * Builds the programs in the given folders one after the other.
 *
 * Errors: a plugin error of one sentence: no usable compiler, a failed compilation (the compiler's own messages are on
 * stderr), a key that must not change, or with `check` differences, all of them; the signal's reason after an abort.
 */
export async function buildPrograms(
  folders: readonly string[],
  config: ZkvmConfig,
  settings: BuildSettings,
  { signal, onProgress }: RunOptions,
): Promise<BuiltProgram[]> {
  const buildFolder = (): Promise<string> => guestBuildFolder(config.cacheDir);
  const builder = new Builder({ buildFolder, locked: settings.locked, onToolchain: settings.onLine, signal });
  const results: BuiltProgram[] = [];
  const differences: string[] = [];
  for (const folder of folders) {
    const stage = `build ${path.basename(folder)}`;
    onProgress?.({ stage, status: 'start' });
    const { result, difference } = await buildOne(path.resolve(folder), builder, config, settings, signal);
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
  settings: BuildSettings,
  signal: AbortSignal | undefined,
): Promise<{ result: BuiltProgram; difference: string | undefined }> {
  const start = performance.now();
  const name = path.basename(folder);
  const file = path.join(folder, `${name}.elf`);
  try {
    const recorded = recordedTools(path.dirname(folder), name);
    const choice = settings.choice ?? recorded?.choice ?? {};
    const finish = (
      elf: Uint8Array,
      tools: Tools,
      rest: Pick<BuiltProgram, 'compiled' | 'keyChange'>,
    ): BuiltProgram => ({
      ...{ name, file, bytes: elf.length, sha256: sha256Hex(elf), compiler: tools.compiler, linker: tools.linker },
      seconds: (performance.now() - start) / 1000,
      ...rest,
    });
    if (!settings.check && recorded !== undefined) {
      const elf = upToDate(folder, recorded, choice, () => builder.tools(folder, recorded.compiler));
      if (elf !== undefined) return { result: finish(elf, recorded, { compiled: false }), difference: undefined };
    }
    const built = await builder.build(folder, choice);
    if (settings.check) {
      const difference = await checked(folder, built, recorded, settings);
      return { result: finish(built.elf, built.tools, { compiled: true }), difference };
    }
    const change = await checkKey(file, built, recorded, config, settings);
    await writeOutputs(folder, built);
    recordTools(path.dirname(folder), name, recordOf(built));
    const changed = change === undefined ? {} : { keyChange: change };
    return { result: finish(built.elf, built.tools, { compiled: true, ...changed }), difference: undefined };
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as { code?: unknown }).code !== 'TOOLCHAIN') throw error;
    throw pluginError(`Building ${name} failed: ${(error as Error).message}.`, error);
  }
}

/** What differs from the committed files, a sentence; undefined where nothing does, or it may. */
async function checked(
  folder: string,
  built: Built,
  recorded: Recorded | undefined,
  { otherToolsMayDiffer, onLine }: BuildSettings,
): Promise<string | undefined> {
  const difference = await differenceOf(folder, built, recorded);
  if (difference === undefined || otherToolsMayDiffer !== true || recorded === undefined) return difference;
  if (otherTools(built.tools, recorded).length === 0) return difference;
  onLine(`WARNING: ${difference}`);
  return undefined;
}

/** The ELF file, when nothing that goes into it changed since it was recorded. */
function upToDate(
  folder: string,
  recorded: Recorded,
  choice: BuildChoice,
  toolsNow: () => Tools,
): Uint8Array | undefined {
  const file = path.join(folder, path.basename(folder));
  const outputs = [`${file}.elf`, `${file}.elf.sha256`, `${file}.symbols`];
  if (recorded.sources === undefined || !outputs.every((output) => existsSync(output))) return undefined;
  if (JSON.stringify(sorted(choice)) !== JSON.stringify(sorted(recorded.choice ?? {}))) return undefined;
  if (changedSources(folder, recorded.sources, true).length > 0) return undefined;
  if (otherTools(toolsNow(), recorded).length > 0) return undefined;
  const elf = readFileSync(`${file}.elf`);
  return readFileSync(`${file}.elf.sha256`, 'utf8').startsWith(sha256Hex(elf)) ? elf : undefined;
}

const sorted = ({ features = [], noDefaultFeatures = false, bin = '' }: BuildChoice): unknown[] => [
  [...features].toSorted(),
  noDefaultFeatures,
  bin,
];

const toolsText = ({ compiler, linker }: Tools): string => `${compiler}, ${linker}`;

/** Says when the file that is about to be replaced had another key. Errors: a plugin error where that is not allowed. */
async function checkKey(
  file: string,
  built: Built,
  recorded: Recorded | undefined,
  config: ZkvmConfig,
  { allowKeyChange, onLine, root }: BuildSettings,
): Promise<KeyChange | undefined> {
  if (!existsSync(file)) return undefined;
  const before = readFileSync(file);
  if (before.equals(built.elf)) return undefined;
  const change = await keyChange(before, built.elf, config, root ?? process.cwd());
  if (change === undefined) return undefined;
  const by = recorded === undefined ? undefined : toolsText(recorded);
  const after = toolsText(built.tools);
  for (const line of keyChangeLines(built.name, change, [by, after])) onLine(line);
  if (allowKeyChange ?? !isContinuousIntegration()) return change;
  const affected = [...change.proofs, ...change.deployments, ...change.others];
  throw pluginError(
    `Building ${built.name} would change its verifying key from ${change.old} (${by ?? 'a compiler that is not recorded'}) to ${change.new} (${after})${affected.length === 0 ? '' : `, which breaks ${affected.join(', ')}`}; nothing was written. Build it outside of CI and commit the result, or run \`npx hardhat zkvm build ${built.name} --allow-key-change\`.`,
  );
}
