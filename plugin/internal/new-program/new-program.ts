/** Makes the files of a new program from templates: its source, a contract that believes it, a test of both. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../../errors.ts';
import { packageFolder } from '../toolchain/package-folder.ts';
import { checkName, contractPrefix } from './name.ts';

/** Rust with the standard library, Rust without it, C. */
export type Kind = 'rust' | 'bare' | 'c';

/** Where a project keeps things; absolute paths. */
export type ProjectFolders = {
  readonly root: string;
  readonly programs: string;
  readonly contracts: string;
  readonly tests: string;
};

type NewFile = { readonly file: string; readonly text: string };

/**
 * Writes the files of a new program; returns their paths. Nothing is overwritten, and an error leaves nothing behind.
 *
 * Errors: a plugin error for a name that does not do, and for a file that is there already.
 */
export async function createProgram(name: string, kind: Kind, folders: ProjectFolders): Promise<string[]> {
  checkName(name);
  const files = await filesOf(name, kind, folders);
  const program = path.join(folders.programs, name);
  for (const file of [program, ...files.map((one) => one.file)]) {
    if (existsSync(file)) throw pluginError(`${file} is there already; choose another name, or remove it first.`);
  }
  const written: string[] = [];
  try {
    for (const { file, text } of files) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text, { flag: 'wx' });
      written.push(file);
    }
  } catch (error) {
    await Promise.all(written.map((file) => rm(file, { force: true })));
    await rm(program, { recursive: true, force: true });
    throw error;
  }
  return written;
}

async function filesOf(name: string, kind: Kind, folders: ProjectFolders): Promise<NewFile[]> {
  const program = path.join(folders.programs, name);
  const prefix = contractPrefix(name);
  const values = { name, Name: prefix, sdk: await guestCrate(program, folders.root) };
  const test = path.join(folders.tests, `${prefix}.ts`);
  const source =
    kind === 'c'
      ? [[path.join(program, 'src/main.c'), 'c/main.c'] as const]
      : [
          [path.join(program, 'Cargo.toml'), `${kind}/Cargo.toml`] as const,
          [path.join(program, 'src/main.rs'), `${kind}/main.rs`] as const,
          [path.join(program, '.gitignore'), 'gitignore'] as const,
        ];
  const pairs = [
    ...source,
    [path.join(folders.contracts, `${prefix}Consumer.sol`), 'Consumer.sol.txt'] as const,
    [test, (await usesEthersAndMocha(folders.root)) ? 'test-ethers.ts.txt' : 'test-node.ts.txt'] as const,
  ];
  const templates = path.join(packageFolder(), 'plugin/internal/new-program/templates');
  return Promise.all(
    pairs.map(async ([file, template]) => ({
      file,
      text: fill(await readFile(path.join(templates, template), 'utf8'), values),
    })),
  );
}

/** Replaces `{{key}}`; a key without a value is a mistake in a template. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_all, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`a template uses the unknown key ${key}`);
    return value;
  });
}

/**
 * The guest crate as seen from a program. Preferred is the path through node_modules of the project: a package manager may
 * keep the package itself under a path with its version, which would be wrong after an update.
 */
async function guestCrate(program: string, root: string): Promise<string> {
  const real = await realpath(packageFolder());
  let folder = packageFolder();
  for (let at = root; ; at = path.dirname(at)) {
    const installed = path.join(at, 'node_modules/hardhat-zkvm');
    if (existsSync(installed) && (await realpath(installed)) === real) {
      folder = installed;
      break;
    }
    if (at === path.dirname(at)) break;
  }
  return path.relative(program, path.join(folder, 'programs/sdk')).split(path.sep).join('/');
}

/** Whether the project's package.json names what a test with mocha, chai and ethers needs. */
async function usesEthersAndMocha(root: string): Promise<boolean> {
  const file = path.join(root, 'package.json');
  if (!existsSync(file)) return false;
  const parsed = JSON.parse(await readFile(file, 'utf8')) as Record<string, Record<string, string> | undefined>;
  const names = Object.keys({ ...parsed['dependencies'], ...parsed['devDependencies'] });
  return names.includes('@nomicfoundation/hardhat-toolbox-mocha-ethers');
}
