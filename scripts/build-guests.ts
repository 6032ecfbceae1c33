/**
 * Builds the programs under programs/ and writes <name>.elf, <name>.elf.sha256, <name>.symbols and programs/toolchain.json.
 *
 *   node scripts/build-guests.ts [name...]            build what changed, and write
 *   node scripts/build-guests.ts --check [name...]    build all and compare with the committed files
 *
 * With --check --other-compiler, files that another compiler or linker made may differ; that is said, and no failure.
 *
 * It is `zkvm build` without a Hardhat project: nothing of this repository has to be compiled for it.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildPrograms } from '../plugin/internal/programs/build-program.ts';
import { toPluginError } from '../plugin/internal/errors.ts';
import { listProgramFolders } from '../plugin/internal/toolchain/program-folders.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PROGRAMS = path.join(ROOT, 'programs');

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean', default: false }, 'other-compiler': { type: 'boolean', default: false } },
  });
  const names = positionals.length > 0 ? positionals : listProgramFolders(PROGRAMS);
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort()).once('SIGTERM', () => controller.abort());
  const built = await buildPrograms(
    names.map((name) => path.join(PROGRAMS, name)),
    { programs: PROGRAMS, deployments: path.join(ROOT, 'deployments') },
    {
      check: values.check,
      locked: values.check,
      otherToolsMayDiffer: values['other-compiler'],
      onLine: (line) => console.error(line),
      root: ROOT,
    },
    { signal: controller.signal },
  );
  for (const { name, bytes, sha256, compiled } of built)
    console.log(
      `${name}: ${bytes} bytes, sha256 ${sha256}${values.check ? ' from source' : compiled ? '' : ', unchanged'}`,
    );
}

try {
  await main();
} catch (error) {
  console.error(toPluginError(error).message);
  process.exitCode = 1;
}
