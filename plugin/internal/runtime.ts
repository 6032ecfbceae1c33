/** `hre.zkvm`: programs, execution, proving and off-chain verification, over the prover library. */
import path from 'node:path';
import { pluginError } from './errors.ts';
import type { Prover, ProverOptions } from '../../prover/api.ts';
import type { ProgramOptions, RunOptions, Zkvm, ZkvmConfig } from '../types.ts';
import { input as encoder, inputItems } from '../input.ts';
import { aggregate } from './aggregate.ts';
import { defined } from './defined.ts';
import { buildPrograms, isContinuousIntegration } from './programs/build-program.ts';
import { readAtMost } from './files/read.ts';
import { crateFolderOrFail, findProgram } from './programs/programs.ts';
import { loadProgramFile } from './programs/load-program.ts';
import { loadProverModule } from './prover-module.ts';

/**
 * Makes the object behind `hre.zkvm` of the project in `root`. Every call opens a prover of its own and closes it, also after
 * an error.
 */
export function createRuntime(config: ZkvmConfig, root: string): Zkvm {
  const withProver = async <T>(
    options: RunOptions & { readonly resume?: boolean },
    use: (prover: Prover) => Promise<T>,
  ): Promise<T> => {
    options.signal?.throwIfAborted();
    const { createProver, runsDirectory } = await loadProverModule();
    const settings: ProverOptions = {
      ...(config.threads === undefined ? {} : { threads: config.threads }),
      ...(config.cacheDir === undefined ? {} : { cacheDir: config.cacheDir }),
      ...(options.resume === false ? {} : { resultsDir: runsDirectory(config.cacheDir) }),
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
  const load = async (name: string, options: ProgramOptions & RunOptions) =>
    loadProgramFile(await findProgram(config, name, root, options));

  return {
    input: encoder,
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
    async execute(name, { input = [], proofs = [], assumeProofs = false, onStep, build, ...settings } = {}) {
      const items = inputItems(input);
      const { execute, provedStatements, traceSteps } = await loadProverModule();
      const proved = provedStatements(proofs);
      const limits = { ...settings, proved: assumeProofs ? ('any' as const) : proved };
      const program = await load(name, build === undefined ? {} : { build });
      return onStep === undefined
        ? execute(program, items, limits)
        : traceSteps(program, items, ({ text }) => onStep(text), limits);
    },
    async prove(name, { input = [], proofs = [], mode = 'groth16', cycleLimit, onRun, onProof, ...options } = {}) {
      const items = inputItems(input);
      const program = await load(name, options);
      const limits = cycleLimit === undefined ? {} : { cycleLimit };
      const watch = defined({ onRun, onProof });
      return withProver(options, (prover) => prover.prove(program, items, { mode, proofs, ...limits, ...watch }));
    },
    aggregate: (proofs, { mode = 'groth16', onProof, ...options } = {}) =>
      withProver(options, (prover) => aggregate(prover, proofs, { mode, ...defined({ onProof }) })),
    verify: (proof, { vkey, ...options } = {}) => withProver(options, (prover) => prover.verify(proof, vkey)),
    async vkey(name, options = {}) {
      const program = await load(name, options);
      return withProver(options, async (prover) => (await prover.programKey(program)).vkey);
    },
    async clean() {
      const { cleanRuns, runsDirectory } = await loadProverModule();
      return cleanRuns(runsDirectory(config.cacheDir));
    },
    setup: (options = {}) => withProver(options, (prover) => prover.setup()),
    async readProof(file) {
      const { largestProofFile, parseProof, ProofFileError } = await loadProverModule();
      const limit = largestProofFile();
      const bytes = await readAtMost(path.resolve(file), limit);
      if (bytes === undefined)
        throw pluginError(`${file} is too large to be a proof: it has more than ${limit} bytes.`);
      try {
        return parseProof(bytes);
      } catch (error) {
        throw error instanceof ProofFileError ? pluginError(`${file}: ${error.message}`, error) : error;
      }
    },
  };
}
