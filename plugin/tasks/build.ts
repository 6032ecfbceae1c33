import { pluginError } from '../errors.ts';
import { taskAction } from '../internal/action.ts';
import type { CommonArguments } from '../internal/action.ts';
import { defined } from '../internal/arguments.ts';
import { buildPrograms } from '../internal/build-program.ts';
import { buildableNames, crateFolder } from '../internal/programs.ts';
import { formatBytes, formatSeconds } from '../internal/progress.ts';

type Arguments = CommonArguments & {
  readonly program: string | undefined;
  readonly check: boolean;
  readonly locked: boolean;
};

export default taskAction<Arguments>(async ({ program, check, locked, quiet }, hre, run) => {
  const config = hre.config.zkvm;
  const names = program === undefined ? buildableNames(config) : [program];
  if (names.length === 0) {
    throw pluginError(
      `There is no program with its source under ${config.programs}: make one with \`npx hardhat zkvm new <name>\`.`,
    );
  }
  const folders = [];
  for (const name of names) {
    const folder = await crateFolder(config, name);
    if (folder === undefined) {
      const known = buildableNames(config).join(', ');
      throw pluginError(
        `There is no program "${name}" under ${config.programs} (there: ${known === '' ? 'none' : known}), and no such folder.`,
      );
    }
    folders.push(folder);
  }
  const settings = {
    check,
    // What CI builds is what was committed, or an error.
    locked: locked || check || isContinuousIntegration(),
    onLine: (line: string): void => {
      if (quiet !== true) console.error(line);
    },
  };
  // On a terminal the compiler shows its own progress, into which ours must not write.
  const { signal, ...progress } = run;
  const shown = process.stderr.isTTY === true ? {} : progress;
  const programs = await buildPrograms(folders, config, settings, { ...defined({ signal }), ...shown });
  return {
    lines: programs.map(
      ({ name, file, bytes, sha256, seconds }) =>
        `${name}: ${check ? 'as committed' : file} (${formatBytes(bytes)}, sha256 ${sha256}) in ${formatSeconds(seconds)}`,
    ),
    json: { check, programs },
  };
});

function isContinuousIntegration(): boolean {
  const value = process.env['CI'];
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
