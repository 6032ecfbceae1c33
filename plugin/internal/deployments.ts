/** One JSON file a chain with the addresses of gateway and verifiers. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../errors.ts';
import type { Hex } from '../types.ts';
import { writeFileAtomically } from './files.ts';

/** What is recorded for a chain. */
export type DeploymentRecord = {
  readonly format: 'hardhat-zkvm-deployment';
  readonly version: 1;
  readonly chainId: number;
  readonly gateway: Hex;
  /** By selector. */
  readonly verifiers: Readonly<
    Record<Hex, { readonly address: Hex; readonly hash: Hex; readonly insecureSetup: boolean }>
  >;
};

/** The file of a chain. */
export function deploymentFile(folder: string, chainId: number): string {
  return path.join(folder, `${chainId}.json`);
}

/** Reads the record of a chain; undefined when there is none. */
export async function readDeployment(folder: string, chainId: number): Promise<DeploymentRecord | undefined> {
  const file = deploymentFile(folder, chainId);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
  const record = parseRecord(text);
  if (record?.format !== 'hardhat-zkvm-deployment' || record.version !== 1 || record.chainId !== chainId)
    throw pluginError(`${file} is not a deployment record of chain ${chainId}; move it away and deploy again.`);
  return record;
}

function parseRecord(text: string): DeploymentRecord | undefined {
  try {
    return JSON.parse(text) as DeploymentRecord;
  } catch {
    return undefined;
  }
}

/** Writes the record of a chain; returns the file. */
export async function writeDeployment(folder: string, record: DeploymentRecord): Promise<string> {
  const file = deploymentFile(folder, record.chainId);
  await writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}
