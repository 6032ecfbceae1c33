import type { HardhatRuntimeEnvironmentHooks } from 'hardhat/types/hooks';
import { input } from '../../input.ts';
import type { ZkvmConfig, Zkvm } from '../../types.ts';

/** Runs at every Hardhat command, so nothing heavy is imported before the first call. */
function lazyZkvm(config: ZkvmConfig, root: string): Zkvm {
  let runtime: Promise<Zkvm> | undefined;
  const load = (): Promise<Zkvm> =>
    (runtime ??= import('../runtime.ts').then(({ createRuntime }) => createRuntime(config, root)));
  return {
    input,
    program: async (...args) => (await load()).program(...args),
    build: async (...args) => (await load()).build(...args),
    execute: async (...args) => (await load()).execute(...args),
    prove: async (...args) => (await load()).prove(...args),
    aggregate: async (...args) => (await load()).aggregate(...args),
    verify: async (...args) => (await load()).verify(...args),
    vkey: async (...args) => (await load()).vkey(...args),
    setup: async (...args) => (await load()).setup(...args),
    clean: async () => (await load()).clean(),
    readProof: async (...args) => (await load()).readProof(...args),
  };
}

export default async (): Promise<Partial<HardhatRuntimeEnvironmentHooks>> => ({
  created: async (_context, hre) => {
    hre.zkvm = lazyZkvm(hre.config.zkvm, hre.config.paths.root);
  },
});
