/** The gateway of a chain: finding it by its record, and asking it. */
import path from 'node:path';
import { pluginError } from '../errors.ts';
import type { Hex } from '../../types.ts';
import { encodeCall, GATEWAY } from './abi.ts';
import { checksummed } from './address.ts';
import { RUNTIME } from './artifacts.ts';
import { LOCAL_CHAINS, type ChainIdentity } from './chain-identity.ts';
import { deploymentFile, formerRecords, readDeployment, type RecordFile } from './deployments.ts';
import type { Rpc } from './rpc.ts';

/** The record that holds for a chain, and the files of records that do not hold any more. */
export type FoundRecord = { readonly record: RecordFile | undefined; readonly stale: readonly string[] };

/**
 * Finds the record of a chain that stays. On a development node a record holds only when exactly our gateway's code is at
 * its address: nodes start afresh, and other contracts get the same addresses. The record of a public chain is never given
 * up: errors, one sentence, when nothing is at its address.
 */
export async function findRecord(
  rpc: Rpc,
  folder: string,
  chain: ChainIdentity,
  origin: string | undefined,
): Promise<FoundRecord> {
  const own = await readDeployment(deploymentFile(folder, chain), chain.chainId);
  if (chain.kind !== 'local') {
    if (own !== undefined && (await rpc.code(own.record.gateway)) === '0x')
      throw pluginError(
        `${own.file} records the gateway ${own.record.gateway}, and there is no contract on chain ${chain.chainId}: check the network, or move the file away to deploy anew.`,
      );
    return { record: own, stale: [] };
  }
  const candidates = own === undefined ? [] : [own];
  if (origin !== undefined) candidates.push(...(await formerRecords(folder, chain, origin)));
  // Versions before this one recorded all development nodes in one file; the file of another id is a public chain's.
  if (LOCAL_CHAINS.includes(chain.chainId)) {
    const shared = await readDeployment(path.join(folder, `${chain.chainId}.json`), chain.chainId);
    if (shared !== undefined) candidates.push(shared);
  }
  const stale: string[] = [];
  for (const candidate of candidates) {
    if (await isOurGateway(rpc, candidate.record.gateway)) return { record: candidate, stale };
    stale.push(candidate.file);
  }
  return { record: undefined, stale };
}

/** True when exactly the gateway of this version is at the address. */
export async function isOurGateway(rpc: Rpc, address: Hex): Promise<boolean> {
  return (await rpc.code(address)) === RUNTIME.gateway;
}

async function ask(rpc: Rpc, gateway: Hex, name: string, args: readonly unknown[] = []): Promise<unknown[]> {
  const notGateway = `The contract at ${gateway} is not a gateway of this plugin`;
  const answer = await rpc.call(gateway, encodeCall(GATEWAY, name, args)).catch((error: unknown) => {
    throw pluginError(`${notGateway}: ${(error as Error).message}`, error);
  });
  try {
    return GATEWAY.decodeFunctionResult(name, answer).toArray() as unknown[];
  } catch (error) {
    throw pluginError(`${notGateway}.`, error);
  }
}

const addressIn = (answer: readonly unknown[]): Hex => checksummed(answer[0] as Hex);

/** Who owns a gateway, and to whom it was offered. */
export async function ownersOf(rpc: Rpc, gateway: Hex): Promise<{ owner: Hex; pendingOwner: Hex | undefined }> {
  const owner = addressIn(await ask(rpc, gateway, 'owner'));
  const pending = addressIn(await ask(rpc, gateway, 'pendingOwner'));
  return { owner, pendingOwner: BigInt(pending) === 0n ? undefined : pending };
}

/** The verifier behind a selector; undefined when there is none. */
export async function routeOf(
  rpc: Rpc,
  gateway: Hex,
  selector: Hex,
): Promise<{ readonly verifier: Hex; readonly frozen: boolean } | undefined> {
  const answer = await ask(rpc, gateway, 'routes', [selector]);
  const verifier = addressIn(answer);
  return BigInt(verifier) === 0n ? undefined : { verifier, frozen: answer[1] === true };
}
