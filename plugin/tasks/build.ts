import { basename } from 'node:path';
import { pluginError } from '../errors.ts';
import { taskAction } from '../internal/action.ts';
import type { CommonArguments } from '../internal/action.ts';
import { buildProgram } from '../internal/build-program.ts';
import { crateFolder, programNames } from '../internal/programs.ts';
import { formatBytes } from '../internal/progress.ts';

type Arguments = CommonArguments & { readonly program: string | undefined };

export default taskAction<Arguments>(async ({ program }, hre, run) => {
  const config = hre.config.zkvm;
  const names = program === undefined ? await programNames(config) : [program];
  if (names.length === 0) throw pluginError(`There is no crate under ${config.programs}.`);
  const built = [];
  for (const name of names) {
    const folder = await crateFolder(config, name);
    if (folder === undefined) throw pluginError(`There is no crate "${name}" under ${config.programs}.`);
    built.push({ name: basename(folder), ...(await buildProgram(folder, hre.config.paths.cache, run.signal)) });
  }
  return {
    lines: built.map(({ name, file, bytes, sha256 }) => `${name}: ${file} (${formatBytes(bytes)}, sha256 ${sha256})`),
    json: { programs: built },
  };
});
