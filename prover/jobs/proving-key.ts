/** The proving key of the outermost circuit in the cache, and the constants of wrap's key beside it. Edge: reads files. */
import { readFile, writeFile } from 'node:fs/promises';
import { ZkError } from '../core/errors.ts';
import { assertCap, type ConstantCap } from '../groth16/circuit/constant-cap.ts';
import { CIRCUIT } from '../system/generated/groth16-key.ts';
import { CIRCUIT_DIGEST } from '../system/generated/verifying-keys.ts';
import { CacheError, type CacheEntry, type FileCache } from './file-cache.ts';

/** Name and place of the development key of a circuit in the cache. */
export function provingKeyEntry(digest: string, sha256?: string): CacheEntry {
  const entry = { name: 'groth16-insecure-development', digest, extension: 'zkey' };
  return sha256 === undefined ? entry : { ...entry, sha256 };
}

/** The key of this version, with the hash that it must have. */
export function committedEntry(): CacheEntry {
  return provingKeyEntry(CIRCUIT_DIGEST, CIRCUIT.provingKeySha256);
}

/**
 * Runs `use` on the proving key, checked before and unchanged after.
 *
 * Soundness: a foreign proving key could not make a false proof acceptable, but it could put the witness into it. Errors:
 * ZkError KEY_MISSING; CacheError as `FileCache.whileUnchanged`.
 */
export async function whileKeyUnchanged<T>(cache: FileCache, use: (keyFile: string) => Promise<T>): Promise<T> {
  if (!(await cache.has(committedEntry()))) throw missingKey();
  return cache.whileUnchanged(committedEntry(), use);
}

/** There is no proving key. */
export function missingKey(): ZkError {
  return new ZkError('KEY_MISSING', 'There is no Groth16 key in the cache: run "zkvm setup" first.');
}

function capEntry(root: bigint): CacheEntry {
  return { name: 'wrap-key-cap', digest: root.toString(16).padStart(64, '0'), extension: 'json' };
}

/** Whether the cache has the cap of wrap's key, which has this root. */
export function hasCap(cache: FileCache, root: bigint): Promise<boolean> {
  return cache.has(capEntry(root));
}

/**
 * The cap of the wrap key's tree: from the cache, or computed; in either case it hashes to the committed root. Errors: CacheError; what
 * `compute` throws.
 */
export async function cachedCap(
  cache: FileCache,
  root: bigint,
  compute: () => Promise<ConstantCap>,
): Promise<ConstantCap> {
  const file = await cache.obtain(capEntry(root), async (temporary) => {
    const { logNodes, nodes } = await compute();
    await writeFile(temporary, JSON.stringify({ logNodes, nodes: nodes.map(String) }));
  });
  try {
    const { logNodes, nodes } = JSON.parse(await readFile(file, 'utf8')) as { logNodes: number; nodes: string[] };
    const cap = { root, logNodes, nodes: nodes.map(BigInt) };
    assertCap(cap);
    return cap;
  } catch (error) {
    throw new CacheError(
      'CACHE_DAMAGED',
      `The file ${file} does not hold the nodes of the wrap key of this version: delete it and run the command again to make it anew.`,
      { cause: error },
    );
  }
}
