/** What to say when cargo fails, and about programs that build and would end where they ask for randomness. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { adviceOnCrate, adviceOnLock } from './c-crate-advice.ts';
import type { Crate } from './crate.ts';
import { dependencyChain } from './dependency-chain.ts';
import type { Package } from './dependency-chain.ts';
import type { RustToolchain } from './rust.ts';

export type Failure = {
  readonly locked: boolean;
  /** The file in which the wrapper around rustc noted crates that do not compile. */
  readonly failedCrates: string;
  readonly rust: RustToolchain;
};

/** Why cargo failed, in one sentence without a full stop; its own messages were shown before. */
export function failureOf(crate: Crate, { locked, failedCrates, rust }: Failure): string {
  if (locked && !existsSync(path.join(crate.workspace, 'Cargo.lock'))) {
    return `${crate.packageName} has no Cargo.lock, which a locked build needs: build once without --locked and commit it`;
  }
  const failed = failedDependency(crate, failedCrates);
  if (failed !== undefined) {
    const chain = dependencyChain(crate, failed, rust);
    const asks = chain === undefined ? '' : `, which ${chain} asks for,`;
    return `cargo could not build ${crate.packageName}: the crate ${failed.name} ${failed.version}${asks} does not compile for a guest, see the messages above${adviceOn(failed)}`;
  }
  if (!crate.usesGuestCrate) {
    return `cargo could not build ${crate.packageName}: see its messages above; its Cargo.toml does not name the crate zkvm, which brings the entry point`;
  }
  const lock = path.join(crate.workspace, 'Cargo.lock');
  const advice = existsSync(lock) ? adviceOnLock(readFileSync(lock, 'utf8')) : '';
  return `cargo could not build ${crate.packageName}: see its messages above${advice}`;
}

/** The first crate on the wrapper's list that is not the program's own. */
function failedDependency(crate: Crate, list: string): Package | undefined {
  if (!existsSync(list)) return undefined;
  for (const line of readFileSync(list, 'utf8').split('\n')) {
    const [name = '', version = ''] = line.split(' ');
    if (name !== '' && name !== crate.packageName) return { name, version };
  }
  return undefined;
}

function adviceOn({ name }: Package): string {
  const instead = adviceOnCrate(name);
  if (instead !== '') return `; ${instead}`;
  if (name !== 'getrandom') return '';
  return '; versions 0.2 to 0.4 compile here by themselves, unless a "--cfg getrandom_backend" in .cargo/config.toml chooses another backend than "custom": remove that flag, or take a version of the crate that asks which uses those';
}

/** The function of the guest crate that ends a program which asks for random numbers. */
const NO_RANDOM_NUMBERS = '__zkvm_no_random_numbers';

/**
 * A line about a program that may ask for random numbers and has not opted in to predictable ones: who asks, and the line
 * that mends it. Undefined for every other program. `elf` is the linked file with its symbols; what no code of the program
 * reaches is not in it.
 */
export function randomnessNote(crate: Crate, elf: Buffer, rust: RustToolchain): string | undefined {
  if (!elf.includes(NO_RANDOM_NUMBERS)) return undefined;
  const lock = readFileSync(path.join(crate.workspace, 'Cargo.lock'), 'utf8');
  const chains = [...lock.matchAll(/^name = "getrandom"\r?\nversion = "([^"]+)"/gm)]
    .map(([, version = '']) => dependencyChain(crate, { name: 'getrandom', version }, rust))
    .filter((chain) => chain !== undefined);
  const who = chains.length === 0 ? '' : ` (${chains.join('; ')})`;
  return `note: ${crate.packageName} can ask for random numbers${who}, and a guest has none: a run that asks ends with an error. Where numbers that everyone can predict will do, never for keys or nonces, add features = ["predictable-random"] to the line of zkvm in Cargo.toml.`;
}
