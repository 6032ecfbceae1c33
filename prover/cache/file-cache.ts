/**
 * A directory of large derived files (keys), content-addressed: the name of a file contains the digest of everything it
 * is computed from, so a file is either right or damaged, never stale. Files are written under a temporary name, hashed,
 * and renamed; a sidecar holds the sha256 that every read checks. An edge of the library: the only user of node:fs
 * besides the Groth16 key writer.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { ZkError } from '../core/errors.ts';

/** The cache directory or a file in it cannot be used as it stands. */
export class CacheError extends ZkError {}

export type CacheEntry = { readonly name: string; readonly digest: string; readonly extension: string };

/** `ZKVM_CACHE_DIR`, or hardhat-zkvm under `XDG_CACHE_HOME` or `~/.cache`. */
export function defaultCacheDirectory(): string {
  const chosen = process.env['ZKVM_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  const base = process.env['XDG_CACHE_HOME'];
  return path.join(base !== undefined && base !== '' ? base : path.join(homedir(), '.cache'), 'hardhat-zkvm');
}

export class FileCache {
  readonly directory: string;
  /** Files whose hash this process has checked or written: size and time of change at that moment. */
  readonly #checked = new Map<string, string>();

  constructor(directory: string = defaultCacheDirectory()) {
    this.directory = directory;
  }

  pathOf(entry: CacheEntry): string {
    return path.join(this.directory, `${entry.name}-${entry.digest.slice(0, 32)}.${entry.extension}`);
  }

  /** Whether the file and its hash are there. Says nothing about their contents. */
  async has(entry: CacheEntry): Promise<boolean> {
    const file = this.pathOf(entry);
    return (await exists(file)) && (await exists(`${file}.sha256`));
  }

  /**
   * Path of the checked file; calls `produce` to make it where it is missing. `produce` writes to the path it is given
   * and nothing else. Two processes may produce the same file at the same time: the later rename wins, both are equal.
   *
   * Errors: CacheError CACHE_DAMAGED when the file does not have its recorded hash, CACHE_UNWRITABLE when the directory
   * or disk refuses. Whatever `produce` throws passes through after its temporary file is removed.
   */
  async obtain(entry: CacheEntry, produce: (temporaryPath: string) => Promise<void>): Promise<string> {
    const file = this.pathOf(entry);
    if (await this.has(entry)) {
      await this.#check(file);
      return file;
    }
    const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
    try {
      await makeDirectory(this.directory);
      await produce(temporary);
      const hash = await sha256OfFile(temporary);
      await writeFile(`${temporary}.sha256`, `${hash}\n`, { flag: 'wx' });
      await rename(temporary, file);
      await rename(`${temporary}.sha256`, `${file}.sha256`);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      await rm(`${temporary}.sha256`, { force: true }).catch(() => undefined);
      throw unwritable(this.directory, error);
    }
    this.#checked.set(file, await fingerprint(file));
    return file;
  }

  /** Bytes of a cached file, or undefined where it is missing; checked as in `obtain`. */
  async read(entry: CacheEntry): Promise<Uint8Array | undefined> {
    if (!(await this.has(entry))) return undefined;
    const file = this.pathOf(entry);
    await this.#check(file);
    return readFile(file);
  }

  async #check(file: string): Promise<void> {
    const state = await fingerprint(file);
    if (this.#checked.get(file) === state) return;
    const expected = (await readFile(`${file}.sha256`, 'utf8')).trim();
    const actual = await sha256OfFile(file);
    if (actual !== expected) {
      throw new CacheError(
        'CACHE_DAMAGED',
        `The key file ${file} is damaged (its sha256 is ${actual.slice(0, 16)}..., recorded was ${expected.slice(0, 16)}...): delete it and run the command again to make it anew.`,
      );
    }
    this.#checked.set(file, state);
  }
}

/**
 * Makes a directory and its parents, each with one attempt: the recursive mkdir of Node tries for ever where a parent
 * exists but refuses (in /proc, for one).
 */
async function makeDirectory(directory: string): Promise<void> {
  if (await exists(directory)) return;
  const parent = path.dirname(directory);
  if (parent !== directory) await makeDirectory(parent);
  await mkdir(directory).catch((error: NodeJS.ErrnoException) => {
    // Another process may have made it in between.
    if (error.code !== 'EEXIST') throw error;
  });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function fingerprint(file: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(file);
  return `${size}:${mtimeMs}:${ino}`;
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Turns the file system's refusals into one sentence; passes everything else through. */
function unwritable(directory: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'is not writable',
    EPERM: 'is not writable',
    EROFS: 'is on a read-only file system',
    ENOSPC: 'is on a full disk',
    EDQUOT: 'is over its disk quota',
    ENOTDIR: 'is not a directory',
    EEXIST: 'is not a directory',
    ENOENT: 'cannot be made there',
  };
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  return new CacheError(
    'CACHE_UNWRITABLE',
    `The key cache ${directory} ${reason}: choose another directory with ZKVM_CACHE_DIR or in the "zkvm.cacheDir" setting.`,
    { cause: error },
  );
}
