/** Which chain a connection leads to. Chain ids do not tell: every development node has the same, and forks borrow one. */
import { sha256Hex } from '../sha256.ts';
import type { Rpc } from './rpc.ts';

/** Ids that are used by development nodes only. */
export const LOCAL_CHAINS: readonly number[] = [31337, 1337];

/**
 * A chain: in this process and ending with it; on a development node, which has a name of its own, 8 hex digits; or public.
 */
export type ChainIdentity =
  | { readonly kind: 'in-process' | 'public'; readonly chainId: number }
  | { readonly kind: 'local'; readonly chainId: number; readonly node: string };

/**
 * Finds out. Development nodes (of Hardhat and of Foundry) answer `hardhat_metadata` with an id of this run of theirs; for
 * others with a development chain id, the genesis block, which holds the time of their first start, tells them apart.
 */
export async function identifyChain(rpc: Rpc, inProcess: boolean): Promise<ChainIdentity> {
  const chainId = await rpc.chainId();
  if (inProcess) return { kind: 'in-process', chainId };
  const metadata = await rpc.optional('hardhat_metadata');
  const instance = field(metadata, 'instanceId');
  if (instance !== undefined) return { kind: 'local', chainId, node: shortName(instance) };
  if (!LOCAL_CHAINS.includes(chainId)) return { kind: 'public', chainId };
  const genesis = field(await rpc.optional('eth_getBlockByNumber', ['0x0', false]), 'hash');
  return { kind: 'local', chainId, node: shortName(genesis ?? '') };
}

function field(answer: unknown, name: string): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const value = (answer as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' && /^0x[0-9a-fA-F]+$/.test(value) ? value.toLowerCase() : undefined;
}

function shortName(identity: string): string {
  return sha256Hex(identity).slice(0, 8);
}
