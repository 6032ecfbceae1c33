/** Where compilers keep intermediate files: one folder for all projects of a user, so that the standard library is built once. */
import path from 'node:path';
import { loadProverModule } from '../prover-module.ts';

/** The folder `guests` in the cache directory: the given one, else that of the prover (`ZKVM_CACHE_DIR`, `~/.cache`). */
export async function guestBuildFolder(cacheDir?: string): Promise<string> {
  const { defaultCacheDirectory } = await loadProverModule();
  return path.join(cacheDir ?? defaultCacheDirectory(), 'guests');
}
