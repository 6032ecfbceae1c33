import type { HookContext, NetworkHooks } from 'hardhat/types/hooks';
import type { NetworkConnection } from 'hardhat/types/network';
import type { ZkvmConnection } from '../../types.ts';
import { mockProof } from '../chain/mock-proof.ts';

/** Where the node of an HTTP network is, without path, user and password, which may be secret. */
async function originOf(config: NetworkConnection['networkConfig']): Promise<{ readonly origin?: string }> {
  if (config.type !== 'http') return {};
  const url = await config.url.getUrl();
  return URL.canParse(url) ? { origin: new URL(url).origin } : {};
}

async function onChain(
  context: HookContext,
  connection: Pick<NetworkConnection, 'provider' | 'networkConfig'>,
): Promise<Omit<ZkvmConnection, 'mockProof'>> {
  const { createOnChain } = await import('../chain/on-chain.ts');
  const { zkvm } = context.config;
  return createOnChain(
    connection.provider,
    zkvm,
    connection.networkConfig.type === 'edr-simulated',
    async () => {
      const { loadProverModule } = await import('../prover-module.ts');
      return { verifier: (await loadProverModule()).groth16Verifier() };
    },
    {
      ...(await originOf(connection.networkConfig)),
      projectErrors: async () => (await import('../chain/project-errors.ts')).readErrors(context.artifacts),
    },
  );
}

export default async (): Promise<Partial<NetworkHooks>> => ({
  async onRequest(context, connection, request, next) {
    try {
      return await next(context, connection, request);
    } catch (error) {
      (await import('../chain/readable-reverts.ts')).nameRevert(error);
      throw error;
    }
  },

  async newConnection<ChainTypeT extends string>(
    context: HookContext,
    next: (context: HookContext) => Promise<NetworkConnection<ChainTypeT>>,
  ) {
    const connection = await next(context);
    let chain: Promise<Omit<ZkvmConnection, 'mockProof'>> | undefined;
    const load = () => (chain ??= onChain(context, connection));
    connection.zkvm = {
      deploy: async (...args) => (await load()).deploy(...args),
      deployBytecode: async (...args) => (await load()).deployBytecode(...args),
      submit: async (...args) => (await load()).submit(...args),
      mockProof,
    };
    return connection;
  },
});
