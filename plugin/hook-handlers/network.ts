import type { HookContext, NetworkHooks } from 'hardhat/types/hooks';
import type { ChainType, NetworkConnection } from 'hardhat/types/network';
import type { ZkvmConnection } from '../types.ts';
import { mockProof } from '../internal/mock-proof.ts';

export default async (): Promise<Partial<NetworkHooks>> => ({
  async newConnection<ChainTypeT extends ChainType | string>(
    context: HookContext,
    next: (context: HookContext) => Promise<NetworkConnection<ChainTypeT>>,
  ) {
    const connection = await next(context);
    let chain: Promise<Omit<ZkvmConnection, 'mockProof'>> | undefined;
    const load = () =>
      (chain ??= import('../internal/on-chain.ts').then(({ createOnChain }) =>
        createOnChain(
          connection.provider,
          context.config.zkvm,
          connection.networkConfig.type === 'edr-simulated',
          (options) =>
            import('../internal/runtime.ts').then(({ createRuntime }) =>
              createRuntime(context.config.zkvm, context.config.paths.root).setup(options),
            ),
        ),
      ));
    connection.zkvm = {
      deploy: async (...args) => (await load()).deploy(...args),
      deployBytecode: async (...args) => (await load()).deployBytecode(...args),
      submit: async (...args) => (await load()).submit(...args),
      mockProof,
    };
    return connection;
  },
});
