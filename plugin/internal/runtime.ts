/** `hre.zkvm`: programs, execution, proving and off-chain verification, over the prover library. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../errors.ts';
import type { Prover, ProverOptions } from '../../prover/api-types.ts';
import type { ProgramOptions, RunOptions, Zkvm, ZkvmConfig } from '../types.ts';
import { defined } from './arguments.ts';
import { buildPrograms, isContinuousIntegration } from './build-program.ts';
import { crateFolderOrFail, findProgram } from './programs.ts';
import { loadProverModule } from './prover-module.ts';

/** No proof of ours comes near; a larger file is not one. */
const LARGEST_PROOF_FILE = 256 * 2 ** 20;

/**
 * Makes the object behind `hre.zkvm` of the project in `root`. Every call opens a prover of its own and closes it, also after
 * an error.
 */
export function createRuntime(config: ZkvmConfig, root: string): Zkvm {
  const withProver = async <T>(options: RunOptions, use: (prover: Prover) => Promise<T>): Promise<T> => {
    options.signal?.throwIfAborted();
    const { createProver } = await loadProverModule();
    const settings: ProverOptions = {
      ...(config.threads === undefined ? {} : { threads: config.threads }),
      ...(config.cacheDir === undefined ? {} : { cacheDir: config.cacheDir }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const prover = await createProver(settings);
    try {
      return await use(prover);
    } finally {
      await prover.close();
    }
  };
  const load = async (name: string, options: ProgramOptions & RunOptions) => {
    const { loadProgram } = await loadProverModule();
    const file = await findProgram(config, name, root, options);
    try {
      return loadProgram(file.elf);
    } catch (error) {
      throw pluginError(`${file.path}: ${(error as Error).message}.`, error);
    }
  };

  return {
    program: (name, options) => findProgram(config, name, root, options),
    async build(name, { locked, allowKeyChange, onLine, signal, features, noDefaultFeatures, bin } = {}) {
      const folder = await crateFolderOrFail(config, name);
      const choice = defined({ features, noDefaultFeatures, bin });
      const settings = {
        check: false,
        locked: locked ?? isContinuousIntegration(),
        onLine: onLine ?? ((line: string): void => console.error(line)),
        // Of an empty choice the recorded one is meant.
        choice: Object.keys(choice).length === 0 ? undefined : choice,
        allowKeyChange,
        root,
      };
      const [built] = await buildPrograms([folder], config, settings, signal === undefined ? {} : { signal });
      if (built === undefined) throw new Error('one folder gives one program');
      return built;
    },
    async execute(name, { input = [], onStep, build, ...limits } = {}) {
      const { execute, traceSteps } = await loadProverModule();
      const program = await load(name, build === undefined ? {} : { build });
      return onStep === undefined
        ? execute(program, input, limits)
        : traceSteps(program, input, ({ text }) => onStep(text), limits);
    },
    async prove(name, { input = [], mode = 'groth16', cycleLimit, ...options } = {}) {
      const program = await load(name, options);
      const limits = cycleLimit === undefined ? {} : { cycleLimit };
      return withProver(options, (prover) => prover.prove(program, input, { mode, ...limits }));
    },
    verify: (proof, { vkey, ...options } = {}) => withProver(options, (prover) => prover.verify(proof, vkey)),
    async vkey(name, options = {}) {
      const program = await load(name, options);
      return withProver(options, async (prover) => (await prover.programKey(program)).vkey);
    },
    setup: (options = {}) => withProver(options, (prover) => prover.setup()),
    async readProof(file) {
      const { parseProof } = await loadProverModule();
      const { size } = await stat(path.resolve(file));
      if (size > LARGEST_PROOF_FILE) throw pluginError(`${file} is too large to be a proof: ${size} bytes.`);
      return parseProof(await readFile(path.resolve(file), 'utf8'));
    },
  };
}
