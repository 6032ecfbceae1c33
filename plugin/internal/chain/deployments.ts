/**
 * JSON files with the addresses of gateway and verifiers: `<chainId>.json` for a public chain, `<chainId>-<node>.json` for a
 * development node, because these share their chain ids and start afresh.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../errors.ts';
import type { Hex } from '../../types.ts';
import { checksummed, isAddress } from './address.ts';
import type { ChainIdentity } from './chain-identity.ts';
import { createFileAtomically, writeFileAtomically } from '../files/atomic.ts';
import { ifThere } from '../files/read.ts';

/** What is recorded for a chain. */
export type DeploymentRecord = {
  readonly format: 'hardhat-zkvm-deployment';
  readonly version: 1;
  readonly chainId: number;
  /** Where a development node answered, without path or password; absent for public chains. */
  readonly origin?: string;
  readonly gateway: Hex;
  /** By selector. */
  readonly verifiers: Readonly<
    Record<Hex, { readonly address: Hex; readonly hash: Hex; readonly insecureSetup: boolean }>
  >;
};

/** A record and its file. */
export type RecordFile = { readonly file: string; readonly record: DeploymentRecord };

/** The file of a chain. */
export function deploymentFile(folder: string, chain: ChainIdentity): string {
  return path.join(folder, chain.kind === 'local' ? `${chain.chainId}-${chain.node}.json` : `${chain.chainId}.json`);
}

/** Reads a record; undefined when there is no such file. Errors: one sentence for a file that is no record of the chain. */
export async function readDeployment(file: string, chainId: number): Promise<RecordFile | undefined> {
  const text = await ifThere(readFile(file, 'utf8'));
  if (text === undefined) return undefined;
  const record = parseRecord(text, chainId);
  if (record === undefined)
    throw pluginError(`${file} is not a deployment record of chain ${chainId}; move it away and deploy again.`);
  return { file, record };
}

/** Records of development nodes that answered at the same place with the same chain id: a node before this one. */
export async function formerRecords(folder: string, chain: ChainIdentity, origin: string): Promise<RecordFile[]> {
  const entries = (await ifThere(readdir(folder))) ?? [];
  const pattern = new RegExp(`^${chain.chainId}-[0-9a-f]{8}\\.json$`);
  const found: RecordFile[] = [];
  for (const name of entries.filter((entry) => pattern.test(entry)).toSorted()) {
    const file = path.join(folder, name);
    const record = parseRecord(await readFile(file, 'utf8').catch(() => ''), chain.chainId);
    if (record?.origin === origin && file !== deploymentFile(folder, chain)) found.push({ file, record });
  }
  return found;
}

function parseRecord(text: string, chainId: number): DeploymentRecord | undefined {
  let value: Partial<DeploymentRecord> | null;
  try {
    value = JSON.parse(text) as Partial<DeploymentRecord> | null;
  } catch {
    return undefined;
  }
  const { gateway, verifiers } = value ?? {};
  if (value?.format !== 'hardhat-zkvm-deployment' || value.version !== 1 || value.chainId !== chainId) return undefined;
  if (!isAddress(gateway) || typeof verifiers !== 'object' || verifiers === null) return undefined;
  const entries = Object.values(verifiers) as readonly ({ readonly address?: unknown } | null)[];
  if (!entries.every((entry) => isAddress(entry?.address))) return undefined;
  return { ...(value as DeploymentRecord), gateway: checksummed(gateway) };
}

/** Writes a record. */
export async function writeDeployment(file: string, record: DeploymentRecord): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** Moves a record to `<name>.stale-<n>.json`, a name that is free; returns it. */
export async function setAside(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  for (let n = 1; ; n += 1) {
    const aside = file.replace(/\.json$/, `.stale-${n}.json`);
    if (!(await createFileAtomically(aside, text))) continue;
    await rm(file, { force: true });
    return aside;
  }
}
