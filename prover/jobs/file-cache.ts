/**
 * A directory of large derived files (keys), content-addressed: the name of a file contains the digest of everything it
 * is computed from, so a file is either right or damaged, never stale. Files are written under a temporary name, hashed,
 * and renamed. An edge of the library (node:fs).
 *
 * Soundness: whoever can write in the directory can replace a file and everything beside it. So a file on which a proof or
 * a verifier depends has its sha256 in the program (`CacheEntry.sha256`), and no record in the directory stands for it. For
 * other files a sidecar holds the sha256, which finds damage and no attack. A check is remembered only in memory and only
 * for the file as it was: same inode, size, and times of change, the last of which no ordinary program can set.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, lstat, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { CacheError, type CacheWords, makeDirectory, unreadable, unwritable } from './file-errors.ts';

export { CacheError } from './file-errors.ts';

export type CacheEntry = {
  readonly name: string;
  readonly digest: string;
  readonly extension: string;
  /** The hash that the file must have, hex, where it is known beforehand. */
  readonly sha256?: string;
};

const ABANDONED_MS = 3_600_000;

const KEY_WORDS: CacheWords = {
  file: 'key file',
  directory: 'key cache',
  again: 'delete it and run "zkvm setup" or the same command again to make it anew',
  elsewhere: 'choose another directory with ZKVM_CACHE_DIR or in the "zkvm.cacheDir" setting',
};

/** `ZKVM_CACHE_DIR`, or hardhat-zkvm under `XDG_CACHE_HOME` or `~/.cache`. */
export function defaultCacheDirectory(): string {
  const chosen = process.env['ZKVM_CACHE_DIR'];
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen);
  const base = process.env['XDG_CACHE_HOME'];
  return path.join(base !== undefined && base !== '' ? base : path.join(homedir(), '.cache'), 'hardhat-zkvm');
}

export class FileCache {
  readonly directory: string;
  /** Files whose hash this process has checked or written: what told their state at that moment. */
  readonly #checked = new Map<string, string>();

  constructor(directory: string = defaultCacheDirectory()) {
    this.directory = directory;
  }

  pathOf(entry: CacheEntry): string {
    return path.join(this.directory, `${entry.name}-${entry.digest.slice(0, 32)}.${entry.extension}`);
  }

  /** Whether the file is there, and its recorded hash where one is needed. Says nothing about their contents. */
  async has(entry: CacheEntry): Promise<boolean> {
    const file = this.pathOf(entry);
    return (await exists(file)) && (entry.sha256 !== undefined || (await exists(`${file}.sha256`)));
  }

  /**
   * Path of the checked file; calls `produce` to make it where it is missing. `produce` writes to the path it is given
   * and nothing else. Two processes may produce the same file at the same time: the first one to end wins, both are equal.
   *
   * Errors: CacheError CACHE_DAMAGED when the file does not have its hash, CACHE_NOT_REPRODUCED when a new one does not,
   * CACHE_UNREADABLE and CACHE_UNWRITABLE when the directory or disk refuses. Whatever `produce` throws passes through
   * after its temporary file is removed.
   */
  async obtain(entry: CacheEntry, produce: (temporaryPath: string) => Promise<void>): Promise<string> {
    const file = this.pathOf(entry);
    await removeAbandoned(file);
    if (await this.has(entry)) {
      await this.#check(file, entry.sha256);
      return file;
    }
    const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
    try {
      await makeDirectory(this.directory);
      await produce(temporary);
      const hash = await sha256OfFile(temporary);
      if (entry.sha256 !== undefined && hash !== entry.sha256) throw notReproduced(entry, hash);
      if (await this.has(entry)) {
        // Another process was faster. Its file stays in place, since that process may be reading it.
        await rm(temporary);
        await this.#check(file, entry.sha256);
        return file;
      }
      if (entry.sha256 === undefined) await writeFile(`${temporary}.sha256`, `${hash}\n`, { flag: 'wx' });
      await rename(temporary, file);
      if (entry.sha256 === undefined) await rename(`${temporary}.sha256`, `${file}.sha256`);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      await rm(`${temporary}.sha256`, { force: true }).catch(() => undefined);
      throw unwritable(this.directory, error, KEY_WORDS);
    }
    this.#checked.set(file, await fingerprint(file));
    return file;
  }

  /** Removes a file and its record, if they are there. Errors: CacheError CACHE_UNWRITABLE. */
  async remove(entry: CacheEntry): Promise<void> {
    const file = this.pathOf(entry);
    try {
      for (const name of [file, `${file}.sha256`]) await rm(name, { force: true });
    } catch (error) {
      throw unwritable(this.directory, error, KEY_WORDS);
    }
  }

  /**
   * Runs `use` on a file that is there, and that is the same before, while and after: for those who read it themselves.
   *
   * Errors: as `obtain`; CacheError CACHE_CHANGED when the file was replaced or written to meanwhile.
   */
  async whileUnchanged<T>(entry: CacheEntry, use: (file: string) => Promise<T>): Promise<T> {
    const file = this.pathOf(entry);
    await this.#check(file, entry.sha256);
    const state = this.#checked.get(file);
    const result = await use(file);
    if ((await fingerprint(file)) !== state) {
      throw new CacheError(
        'CACHE_CHANGED',
        `The ${KEY_WORDS.file} ${file} was changed while it was in use: run the command again.`,
      );
    }
    return result;
  }

  async #check(file: string, known: string | undefined): Promise<void> {
    try {
      const state = await fingerprint(file);
      if (this.#checked.get(file) === state) return;
      const expected = known ?? (await readFile(`${file}.sha256`, 'utf8')).trim();
      const actual = await sha256OfFile(file);
      if (actual !== expected) throw damaged(file, actual, expected, known !== undefined);
      // What was hashed is what the state tells only if nobody wrote meanwhile.
      if ((await fingerprint(file)) === state) this.#checked.set(file, state);
      else
        throw new CacheError(
          'CACHE_CHANGED',
          `The ${KEY_WORDS.file} ${file} was changed while it was read: run the command again.`,
        );
    } catch (error) {
      throw unreadable(file, error, KEY_WORDS);
    }
  }
}

function damaged(file: string, actual: string, expected: string, isKnown: boolean): CacheError {
  const { file: noun, again } = KEY_WORDS;
  const [is, should] = [actual.slice(0, 16), expected.slice(0, 16)];
  const what = isKnown
    ? `is not the one of this version: it is damaged, or somebody replaced it (its sha256 is ${is}..., it must be ${should}...)`
    : `is damaged (its sha256 is ${is}..., recorded was ${should}...)`;
  return new CacheError('CACHE_DAMAGED', `The ${noun} ${file} ${what}: ${again}.`);
}

function notReproduced({ name }: CacheEntry, actual: string): CacheError {
  return new CacheError(
    'CACHE_NOT_REPRODUCED',
    `The new ${name} is not the one of this version (its sha256 is ${actual.slice(0, 16)}...) and was not kept: install the package anew; after a change of the prover itself run "npm run generate -- keys".`,
  );
}

/** Removes what processes that were killed have left of a file. Nobody has written to it for an hour; making one takes minutes. */
async function removeAbandoned(file: string): Promise<void> {
  const directory = path.dirname(file);
  const start = `${path.basename(file)}.`;
  for (const name of await readdir(directory).catch(() => [])) {
    if (!name.startsWith(start) || !/\.tmp(?:\.sha256)?$/.test(name)) continue;
    const abandoned = path.join(directory, name);
    const written = await stat(abandoned).catch(() => undefined);
    if (written === undefined || Date.now() - written.mtimeMs < ABANDONED_MS) continue;
    // Whoever may not remove it does not need its room either.
    await rm(abandoned, { force: true }).catch(() => undefined);
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Tells whether a file is still the same, and the link where its name is one. */
async function fingerprint(file: string): Promise<string> {
  const states = await Promise.all([lstat(file, { bigint: true }), stat(file, { bigint: true })]);
  return states.map(({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs].join(':')).join(' ');
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
