import { pluginError } from '../../errors.ts';
import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { defined } from '../../defined.ts';
import { buildPrograms, isContinuousIntegration } from '../../programs/build-program.ts';
import { buildableNames, crateFolderOrFail } from '../../programs/programs.ts';
import { formatBytes, formatSeconds } from '../../text/format.ts';
import type { BuildChoice } from '../../toolchain/build.ts';

type Arguments = CommonArguments & {
  readonly program: string | undefined;
  readonly check: boolean;
  readonly locked: boolean;
  readonly features: string | undefined;
  readonly noDefaultFeatures: boolean;
  readonly bin: string | undefined;
  readonly asInManifest: boolean;
  readonly allowKeyChange: boolean;
};

/** What the options choose; undefined when there is none of them, and the last build counts. */
function choiceOf({ program, features, noDefaultFeatures, bin, asInManifest }: Arguments): BuildChoice | undefined {
  const names = features?.split(/[\s,]+/).filter((name) => name !== '');
  const choice = {
    ...(names === undefined || names.length === 0 ? {} : { features: names }),
    ...(noDefaultFeatures ? { noDefaultFeatures } : {}),
    ...defined({ bin }),
  };
  const isEmpty = Object.keys(choice).length === 0;
  if (asInManifest && !isEmpty) {
    throw pluginError('Pass either --as-in-manifest, or --features, --no-default-features and --bin.');
  }
  if (!isEmpty && program === undefined) {
    throw pluginError('--features, --no-default-features and --bin are about one program: name it.');
  }
  return asInManifest || !isEmpty ? choice : undefined;
}

export default taskAction<Arguments>(async (args, hre, run) => {
  const { program, check, locked, allowKeyChange, quiet } = args;
  const config = hre.config.zkvm;
  const names = program === undefined ? buildableNames(config) : [program];
  if (names.length === 0) {
    throw pluginError(
      `There is no program with its source under ${config.programs}: make one with \`npx hardhat zkvm new <name>\`.`,
    );
  }
  const folders = [];
  for (const name of names) folders.push(await crateFolderOrFail(config, name));
  const settings = {
    check,
    // What CI builds is what was committed, or an error.
    locked: locked || check || isContinuousIntegration(),
    onLine: (line: string): void => {
      if (quiet !== true) console.error(line);
    },
    choice: choiceOf(args),
    ...(allowKeyChange ? { allowKeyChange } : {}),
    root: hre.config.paths.root,
  };
  // On a terminal the compiler shows its own progress, into which ours must not write.
  const { signal, ...progress } = run;
  const shown = process.stderr.isTTY === true ? {} : progress;
  const programs = await buildPrograms(folders, config, settings, { ...defined({ signal }), ...shown });
  return {
    lines: programs.map(({ name, file, bytes, sha256, seconds, compiled }) => {
      const what = check ? 'as committed' : compiled ? file : `unchanged, ${file}`;
      return `${name}: ${what} (${formatBytes(bytes)}, sha256 ${sha256}) in ${formatSeconds(seconds)}`;
    }),
    json: { check, programs },
  };
});
