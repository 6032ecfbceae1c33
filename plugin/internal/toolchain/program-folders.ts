/** Which folders hold the source of a program, and in which language. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export type Language = 'rust' | 'c';

/** The language of the program in a folder, or undefined when there is none: nothing to compile, or a library. */
export function languageOf(folder: string): Language | undefined {
  const manifest = path.join(folder, 'Cargo.toml');
  if (existsSync(manifest)) {
    const hasBinary =
      existsSync(path.join(folder, 'src/main.rs')) ||
      existsSync(path.join(folder, 'src/bin')) ||
      /^\s*\[\[bin\]\]/m.test(readFileSync(manifest, 'utf8'));
    return hasBinary ? 'rust' : undefined;
  }
  const source = path.join(folder, 'src');
  const files = existsSync(source) ? readdirSync(source, { recursive: true, encoding: 'utf8' }) : [];
  return files.some((name) => name.endsWith('.c')) ? 'c' : undefined;
}

/** Names of the folders directly under `programs` that hold a program's source, sorted. */
export function listProgramFolders(programs: string): string[] {
  if (!existsSync(programs)) return [];
  return readdirSync(programs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && languageOf(path.join(programs, entry.name)) !== undefined)
    .map(({ name }) => name)
    .sort();
}
