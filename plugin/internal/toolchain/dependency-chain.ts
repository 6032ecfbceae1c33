/** Which crates lead from a program to one of its dependencies. */
import { spawnSync } from 'node:child_process';
import type { Crate } from './crate.ts';
import { BARE_TARGET, STD_TARGET } from './rust.ts';
import type { RustToolchain } from './rust.ts';

/** A crate with its version, as cargo prints it: `rand 0.9.2`. */
export type Package = { readonly name: string; readonly version: string };

/**
 * A chain of dependencies from the program to a crate, as `program -> rand 0.9.2 -> getrandom 0.3.4`, the first that cargo
 * names; undefined when the crate is no dependency.
 */
export function dependencyChain(crate: Crate, { name, version }: Package, rust: RustToolchain): string | undefined {
  const target = crate.std ? STD_TARGET : BARE_TARGET;
  const args = ['tree', '--package', crate.packageName, '--invert', `${name}@${version}`, '--target', target];
  const { status, stdout } = spawnSync(
    rust.cargo,
    [...args, ...crate.featureArguments, '--prefix', 'depth', '--offline'],
    {
      cwd: crate.folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, RUSTC: rust.rustc },
    },
  );
  return status === 0 ? firstChain(stdout) : undefined;
}

/** The first branch of what `cargo tree --invert --prefix depth` prints, from its end. */
export function firstChain(tree: string): string | undefined {
  const names: string[] = [];
  for (const line of tree.split('\n')) {
    const [, depth, name, version] = /^(\d+)([\w-]+) v(\S+)/.exec(line) ?? [];
    if (depth === undefined || name === undefined) continue;
    if (Number(depth) !== names.length) break;
    names.push(`${name} ${version}`);
  }
  const program = names.pop();
  if (program === undefined) return undefined;
  return [program.split(' ')[0], ...names.toReversed()].join(' -> ');
}
