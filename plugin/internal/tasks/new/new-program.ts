/** Makes the files of a new program from templates: its source, a contract that accepts its proofs, its deployment, a test. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../../errors.ts';
import { packageFolder } from '../../toolchain/package-folder.ts';
import { checkName, contractPrefix } from './name.ts';

/** Rust with the standard library, Rust without it, C. */
export type Kind = 'rust' | 'bare' | 'c';

/** Where a project keeps things; absolute paths. */
export type ProjectFolders = {
  readonly root: string;
  readonly programs: string;
  readonly contracts: string;
  readonly tests: string;
  readonly scripts: string;
};

/** Which libraries the project's own code uses; they decide between templates. */
export type ProjectTools = {
  /** How tests and scripts talk to contracts; "plain" without a library for it. */
  readonly library: 'ethers' | 'viem' | 'plain';
  /** The module that has `describe` and `it`. */
  readonly runner: 'mocha' | 'node:test';
};

/** The tools that belong to a list of plugins, by their ids. */
export function toolsOf(plugins: readonly string[]): ProjectTools {
  const mocha = plugins.includes('hardhat-mocha') && !plugins.includes('hardhat-node-test-runner');
  const runner = mocha ? 'mocha' : 'node:test';
  // The test for ethers is written with mocha's `this` and with chai's matchers for contracts.
  if (mocha && plugins.includes('hardhat-ethers') && plugins.includes('hardhat-ethers-chai-matchers'))
    return { library: 'ethers', runner };
  return { library: plugins.includes('hardhat-viem') ? 'viem' : 'plain', runner };
}

type NewFile = { readonly file: string; readonly text: string };

/**
 * Writes the files of a new program; returns their paths. Nothing is overwritten, and an error leaves nothing behind.
 *
 * Errors: a plugin error for a name that does not do, and for a file that is there already.
 */
export async function createProgram(
  name: string,
  kind: Kind,
  folders: ProjectFolders,
  tools: ProjectTools,
): Promise<string[]> {
  checkName(name);
  const files = await filesOf(name, kind, folders, tools);
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

async function filesOf(name: string, kind: Kind, folders: ProjectFolders, tools: ProjectTools): Promise<NewFile[]> {
  const program = path.join(folders.programs, name);
  const prefix = contractPrefix(name);
  const values = { name, Name: prefix, sdk: await guestCrate(program, folders.root), runner: tools.runner };
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
    [path.join(folders.scripts, `deploy-${name}.ts`), `deploy-${tools.library}.ts.txt`] as const,
    [test, `test-${tools.library}.ts.txt`] as const,
  ];
  const templates = path.join(packageFolder(), 'plugin/internal/tasks/new/templates');
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
