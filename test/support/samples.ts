/** The example programs: those with a page of explanation, and their sample inputs. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const FOLDER = new URL('../../programs/', import.meta.url);

/** Programs without a run that needs no proofs; they have tests of their own. */
const OVER_PROOFS = ['aggregate'];

/** Names of all example programs that run without proofs. */
export function exampleNames(): string[] {
  return readdirSync(FOLDER).filter(
    (name) =>
      !OVER_PROOFS.includes(name) &&
      ['README.md', `${name}.elf`].every((file) => existsSync(new URL(`${name}/${file}`, FOLDER))),
  );
}

/** Content of a file of a program, or undefined where there is none. */
export function programFile(name: string, file: string): Uint8Array | undefined {
  const url = new URL(`${name}/${file}`, FOLDER);
  return existsSync(url) ? new Uint8Array(readFileSync(url)) : undefined;
}
