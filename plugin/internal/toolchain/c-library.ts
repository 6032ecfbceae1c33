/** The C library of guests (`programs/sdk-c/lib`), compiled once for each compiler. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeArchive } from './archive.ts';
import { machineFlags } from './c-compiler.ts';
import type { CCompiler } from './c-compiler.ts';
import { ToolchainError } from './errors.ts';
import { putFile } from '../files/atomic.ts';
import { ask } from './run.ts';
import type { ProverModule } from '../prover-module.ts';

/** Reads the symbols of an object file. */
export type ReadSymbolTable = ProverModule['readSymbolTable'];

export type CLibraryOptions = {
  readonly compiler: CCompiler;
  /** Folder of zkvm.h and the other headers, with lib/. */
  readonly cHeaderFolder: string;
  /** Folder for intermediate files, in which the library is kept. */
  readonly buildFolder: string;
  /** The prover's reader of object files, which is too large to be loaded by every command. */
  readonly readSymbolTable: ReadSymbolTable;
};

/** Flags with which all C for guests is compiled, be it ours, a program's or a crate's: the machine and the headers. */
export function commonFlags(compiler: CCompiler, cHeaderFolder: string): string[] {
  return [
    ...machineFlags(compiler.kind),
    ...['-fno-pic', '-fno-common', '-fno-stack-protector', '-ffunction-sections', '-fdata-sections'],
    ...['-fno-unwind-tables', '-fno-asynchronous-unwind-tables'],
    // Read-only data of up to eight bytes would go to sections of its own.
    '-msmall-data-limit=0',
    // An allocation that does not fit is a panic: it must not be left out where nobody uses it.
    ...['malloc', 'calloc', 'realloc'].map((name) => `-fno-builtin-${name}`),
    // Atomic operations are calls here, and of no cost worth a warning.
    ...(compiler.kind === 'clang'
      ? ['-Wno-unknown-warning-option', '-Wno-atomic-alignment', '-Wno-option-ignored']
      : []),
    // A product and a sum are rounded one by one, as everywhere else.
    '-ffp-contract=off',
    ...headerFlags(compiler, cHeaderFolder),
  ];
}

/** Headers of ours and of the compiler, and none of this machine. */
function headerFlags(compiler: CCompiler, cHeaderFolder: string): string[] {
  if (compiler.kind === 'clang') return ['-nostdlibinc', '-isystem', cHeaderFolder];
  const own = ask(compiler.command, ['-print-file-name=include']) ?? 'include';
  return ['-nostdinc', '-isystem', cHeaderFolder, '-isystem', own];
}

/**
 * The library as an archive, of which a program gets what it uses. Compiled when it is not there yet.
 *
 * Returns the path of the archive, whose folder's name covers sources, flags and compiler. Errors: a ToolchainError when it
 * does not compile.
 */
export function cLibrary({ compiler, cHeaderFolder, buildFolder, readSymbolTable }: CLibraryOptions): string {
  const sourceFolder = path.join(path.resolve(cHeaderFolder), 'lib');
  const flags = [
    ...commonFlags(compiler, path.resolve(cHeaderFolder)),
    // What it defines, a compiler must not take for granted.
    ...['-std=gnu11', '-O2', '-ffreestanding', '-fno-builtin', '-Wno-builtin-declaration-mismatch'],
    `-ffile-prefix-map=${sourceFolder}${path.sep}=`,
  ];
  const folder = path.join(path.resolve(buildFolder), `c-${digestOf(compiler, cHeaderFolder, flags)}`);
  const archive = path.join(folder, 'libzkvmc.a');
  if (existsSync(archive)) return archive;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, 'objects-'));
  try {
    const names = readdirSync(sourceFolder).filter((name) => name.endsWith('.c'));
    names.sort();
    const sources = names.map((name) => path.join(sourceFolder, name));
    execFileSync(compiler.command, [...flags, '-c', ...sources], { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
    const members = names.map((name) => {
      const object = name.replace(/c$/, 'o');
      const data = new Uint8Array(readFileSync(path.join(work, object)));
      return { name: object, data, symbols: definedSymbols(data, readSymbolTable) };
    });
    putFile(archive, (temporary) => writeFileSync(temporary, makeArchive(members)));
    return archive;
  } catch (error) {
    throw new ToolchainError(
      `${compiler.version} does not compile the C library of guests: see its messages above`,
      error,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Names of the global and weak symbols that an object defines. */
function definedSymbols(object: Uint8Array, readSymbolTable: ReadSymbolTable): string[] {
  const { symbols } = readSymbolTable(object);
  return symbols.filter(({ section, isLocal }) => section !== 0 && !isLocal).map((symbol) => symbol.name());
}

/** Covers what the library is made of, with paths replaced, since they change nothing. */
function digestOf(compiler: CCompiler, cHeaderFolder: string, flags: readonly string[]): string {
  const hash = createHash('sha256').update(compiler.version);
  for (const flag of flags) hash.update(`${flag.replaceAll(path.resolve(cHeaderFolder), '')}\0`);
  const files = readdirSync(cHeaderFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.[ch]$/.test(name),
  );
  for (const name of files.sort()) {
    hash.update(`${name.split(path.sep).join('/')}\0`).update(readFileSync(path.join(cHeaderFolder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
