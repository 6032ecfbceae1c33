/** What a program was built from: a hash of every file, to see later whether one changed. No compiler is asked. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { cargoConfigFiles } from './cargo-config.ts';
import { packageFolder } from './package-folder.ts';
import { languageOf } from './program-folders.ts';
import { wrapperSources } from './wrappers.ts';

/**
 * Hashes by file name, relative to the program's folder, with `/`. 16 hexadecimal digits of sha256: against forgetting to
 * build, not against malice. Line ends do not count. `ABSENT` stands for files whose appearance would change the program.
 */
export type Sources = Readonly<Record<string, string>>;

const ABSENT = 'absent';

/** Stands for this package's guest crates and its way of building. A new version is no edit of a program. */
const PACKAGE = 'hardhat-zkvm';

/** The sources of a program: for one in Rust `files` are those that cargo read, otherwise all of src/ and include/. */
export function sourcesOf(folder: string, files: readonly string[]): Sources {
  const home = realpathSync(folder);
  const entries = [...new Set([...files, ...foundFiles(home)].map((file) => nameIn(home, file)))]
    .toSorted()
    .map((name) => [name, hashOf(path.join(home, name))] as const);
  return Object.fromEntries([...entries, [PACKAGE, packageHash()]]);
}

/** Names of files that are not as recorded, sorted: changed, gone, or new. With `andPackage` also this package itself. */
export function changedSources(folder: string, recorded: Sources, andPackage: boolean): string[] {
  const home = realpathSync(folder);
  const known = Object.keys(recorded).filter((name) => name !== PACKAGE);
  const names = new Set([...known, ...foundFiles(home).map((file) => nameIn(home, file))]);
  const changed = [...names].filter((name) => hashOf(path.join(home, name)) !== (recorded[name] ?? ABSENT)).toSorted();
  return andPackage && recorded[PACKAGE] !== packageHash() ? [...changed, PACKAGE] : changed;
}

/** Files that belong to a program without being named by cargo. */
function foundFiles(folder: string): string[] {
  if (languageOf(folder) === 'rust') return cargoConfigFiles(folder);
  return ['src', 'include'].flatMap((name) => filesUnder(path.join(folder, name)));
}

/**
 * The files that cargo read for a program: those in its list (`<program>.d`, in the syntax of make) and the manifests of
 * their packages. What is generated, or belongs to this package, is left out.
 */
export function cargoInputs(list: string, workspace: string, generated: string): string[] {
  const names = list.slice(list.indexOf(': ') + 2).match(/(?:\\ |\S)+/g) ?? [];
  const files = names
    .map((name) => name.replaceAll('\\ ', ' '))
    // A build script may name files that are not there.
    .map((name) => (existsSync(name) ? realpathSync(name) : path.resolve(name)));
  const excluded = [realpathSync(generated), ...guestCrates()];
  const own = files.filter((file) => !excluded.some((folder) => file.startsWith(folder + path.sep)));
  const packages = new Set(own.map(packageOf).filter((folder) => folder !== undefined));
  return [
    ...own,
    ...[...packages].flatMap((folder) => [path.join(folder, 'Cargo.toml'), path.join(folder, 'build.rs')]),
    ...['Cargo.toml', 'Cargo.lock'].map((name) => path.join(realpathSync(workspace), name)),
  ];
}

function packageOf(file: string): string | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'Cargo.toml'))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

function guestCrates(): string[] {
  const programs = path.join(realpathSync(packageFolder()), 'programs');
  return ['sdk', 'sdk-c', 'sp1-zkvm'].map((name) => path.join(programs, name)).filter((folder) => existsSync(folder));
}

let hashOfPackage: string | undefined;

function packageHash(): string {
  if (hashOfPackage !== undefined) return hashOfPackage;
  const hash = createHash('sha256');
  const { version } = JSON.parse(readFileSync(path.join(packageFolder(), 'package.json'), 'utf8')) as {
    version: string;
  };
  hash.update(version);
  for (const source of wrapperSources()) hash.update(withoutReturns(Buffer.from(source)));
  for (const folder of guestCrates()) {
    for (const file of filesUnder(folder)) {
      if (!/\.(?:rs|c|h|ld)$|Cargo\.toml$/.test(file)) continue;
      hash.update(`${nameIn(folder, file)} ${hashOf(file)}\n`);
    }
  }
  return (hashOfPackage = hash.digest('hex').slice(0, 16));
}

/** All files below a folder, sorted, without what cargo builds; none when there is no such folder. */
function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const at = path.join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'target' ? [] : filesUnder(at);
      return [at];
    });
}

function nameIn(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

function hashOf(file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) return ABSENT;
  return createHash('sha256')
    .update(withoutReturns(readFileSync(file)))
    .digest('hex')
    .slice(0, 16);
}

/** A text as it is with the line ends of Unix; git may have changed them. Other files as they are. */
function withoutReturns(bytes: Buffer): Uint8Array {
  if (bytes.includes(0) || !bytes.includes('\r\n')) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
