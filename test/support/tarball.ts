/** The package as users get it: packed from a copy of the repository, unpacked, or installed into a fresh project. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

type Manifest = { readonly files: readonly string[]; readonly devDependencies: Readonly<Record<string, string>> };

/** package.json of the repository. */
export const MANIFEST = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;

/** A folder that is removed when the process ends. Its name has a space, as folders of users may. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hardhat-zkvm package-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a shell command with this Node first on the PATH; gives its output. Throws with the whole output when it fails. */
export function shell(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const done = spawnSync(command, { cwd, shell: true, encoding: 'utf8', env: environment(env) });
  if (done.status !== 0)
    throw new Error(`"${command}" ended with ${done.status ?? done.signal}:\n${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

/**
 * The environment of a user's shell: nothing of the test runner, nothing of the npm that may have started it, and no `CI`,
 * with which a build wants a lock file.
 */
export function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_TEST|NODE_OPTIONS|INIT_CWD|CI$)/.test(name),
  );
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((one) => !one.endsWith('node_modules/.bin'));
  const PATH = [path.dirname(process.execPath), ...folders].join(path.delimiter);
  return { ...Object.fromEntries(inherited), PATH, ...more };
}

/**
 * `npm pack` in `<parent>/hardhat-zkvm`, a copy of the repository as a clone would be: its own folder, because packing
 * writes dist/ and tests run beside each other. Returns the tarball's path and the answer of `npm pack --json`.
 */
export function packClone(parent: string): { readonly tarball: string; readonly clone: string } {
  const clone = path.join(parent, 'hardhat-zkvm');
  mkdirSync(clone);
  const more = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts'];
  const shipped = MANIFEST.files.filter((name) => !name.startsWith('!') && name !== 'dist/');
  const filter = (source: string) => !/[\\/](?:target|node_modules)$/.test(source);
  for (const name of [...more, ...shipped])
    cpSync(path.join(REPOSITORY, name), path.join(clone, name), { recursive: true, filter });
  symlinkSync(path.join(REPOSITORY, 'node_modules'), path.join(clone, 'node_modules'), 'junction');
  const name = shell('npm pack --silent', clone).trim().split('\n').at(-1);
  return { tarball: path.join(clone, name ?? ''), clone };
}

/** Unpacks a tarball; returns the folder of the package. */
export function unpack(tarball: string, into: string): string {
  execFileSync('tar', ['-xzf', tarball, '-C', into]);
  return path.join(into, 'package');
}

/** A project as `hardhat --init` leaves it, in `<parent>/<name>`: ES modules, Hardhat, a toolbox, nothing of ours. */
export function freshProject(parent: string, name: string, packages: readonly string[]): string {
  const project = path.join(parent, name);
  mkdirSync(project);
  writeFileSync(
    path.join(project, 'package.json'),
    `${JSON.stringify({ name: 'project', type: 'module' }, null, 2)}\n`,
  );
  const versions = packages.map((one) => {
    const version = MANIFEST.devDependencies[one];
    return version === undefined ? one : `${one}@${version}`;
  });
  npmInstall(project, versions.join(' '));
  return project;
}

/** `npm install --save-dev` without what is of no use in a test. */
export function npmInstall(project: string, what: string): void {
  shell(`npm install --save-dev --prefer-offline --no-audit --no-fund ${what}`, project);
}
