/**
 * Builds the programs under programs/ and writes <name>.elf, <name>.elf.sha256, <name>.symbols and programs/toolchain.json.
 *
 *   node scripts/build-guests.ts [name...]            build and write
 *   node scripts/build-guests.ts --check [name...]    build and compare with the committed files
 *
 * With --check --other-compiler, files that another compiler or linker made may differ; that is said, and no failure.
 *
 * What `zkvm build` does, without Hardhat. With --check every program is built, and all that differ are named.
 */
import path from 'node:path';
import { Builder } from '../plugin/internal/toolchain/build.ts';
import { guestBuildFolder } from '../plugin/internal/toolchain/build-folder.ts';
import { differenceOf, otherTools, writeOutputs } from '../plugin/internal/toolchain/outputs.ts';
import { sha256Hex } from '../plugin/internal/sha256.ts';
import { listProgramFolders } from '../plugin/internal/toolchain/program-folders.ts';
import { recordOf, recordTools, recordedTools } from '../plugin/internal/toolchain/record.ts';

const PROGRAMS = path.resolve(import.meta.dirname, '../programs');

async function main(args: readonly string[]): Promise<void> {
  const isCheck = args.includes('--check');
  const mayDiffer = args.includes('--other-compiler');
  const named = args.filter((arg) => !arg.startsWith('--'));
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort()).once('SIGTERM', () => controller.abort());
  const builder = new Builder({
    buildFolder: () => guestBuildFolder(),
    locked: isCheck,
    signal: controller.signal,
    onToolchain: (line) => console.error(line),
  });
  const differences: string[] = [];
  for (const name of named.length > 0 ? named : listProgramFolders(PROGRAMS)) {
    const folder = path.join(PROGRAMS, name);
    const recorded = recordedTools(PROGRAMS, name);
    const built = await builder.build(folder, recorded?.choice);
    if (isCheck) {
      const difference = await differenceOf(folder, built, recorded);
      const isExcused = mayDiffer && recorded !== undefined && otherTools(built.tools, recorded).length > 0;
      if (difference !== undefined && isExcused) console.error(`WARNING: ${difference}`);
      else if (difference !== undefined) differences.push(difference);
    } else {
      await writeOutputs(folder, built);
      recordTools(PROGRAMS, name, recordOf(built));
    }
    console.log(`${name}: ${built.elf.length} bytes, sha256 ${sha256Hex(built.elf)}${isCheck ? ' from source' : ''}`);
  }
  if (differences.length > 0) throw new Error(differences.join('\n'));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
