/** The example programs that have a page of explanation, and their sample inputs. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { guest } from './guest.ts';
import type { Program } from '../../prover/index.ts';

export type Sample = { readonly name: string; readonly program: Program; readonly input: readonly Uint8Array[] };

const FOLDER = new URL('../../programs/', import.meta.url);

/** All programs with an ELF and a README, with the content of sample.bin as their input where there is one. */
export function samples(): Sample[] {
  return readdirSync(FOLDER)
    .filter((name) => ['README.md', `${name}.elf`].every((file) => existsSync(new URL(`${name}/${file}`, FOLDER))))
    .map((name) => {
      const file = new URL(`${name}/sample.bin`, FOLDER);
      return { name, program: guest(name), input: existsSync(file) ? [readFileSync(file)] : [] };
    });
}
