/** C code of crates that build it through the crate cc: a compiler for their build scripts, a library, and clear errors. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findCCompiler, machineFlags } from './c-compiler.ts';
import type { CCompiler } from './c-compiler.ts';
import { adviceOnCrate } from './c-crate-advice.ts';
import { cLibrary, commonFlags, type ReadSymbolTable } from './c-library.ts';
import { missingSentence, missingSymbols } from './c-link.ts';
import type { Crate } from './crate.ts';
import { ToolchainError } from './errors.ts';
import { putFile } from '../files/atomic.ts';
import { packageFolder } from './package-folder.ts';
import { ask } from './run.ts';
import { BARE_TARGET, STD_TARGET } from './rust.ts';
import type { RustToolchain } from './rust.ts';
import { compiledWrapper } from './wrappers.ts';

/** Crates by which build scripts call a C compiler. */
const C_BUILDERS = /^name = "(?:cc|cmake)"\r?$/m;

/**
 * Variables for cargo with which build scripts compile C for guests, and with which the program is linked with the C library.
 * Those that the user set for the target (`CC_<target>`, `CFLAGS_<target>`, `AR_<target>`) are left as they are, and those for
 * this machine too. Nothing of this for a program without a
 * crate that could compile C.
 *
 * `report` is the file in which failures are noted. Always there: it, and the source of the crate libc for guests.
 */
export function cEnvironment(
  crate: Crate,
  rust: RustToolchain,
  buildFolder: string,
  report: string,
  readSymbolTable: ReadSymbolTable,
): NodeJS.ProcessEnv {
  const reported = { ZKVM_C_REPORT: report, ZKVM_LIBC: path.join(packageFolder(), 'programs/sdk-c/libc.rs') };
  if (!mayHaveC(crate)) return reported;
  const target = crate.std ? STD_TARGET : BARE_TARGET;
  const found = compilerOrReason();
  const archive = typeof found === 'string' ? undefined : library(found, buildFolder, readSymbolTable);
  const wrapper = cWrapper(found, archive, rust, buildFolder);
  const own: Record<string, string> = { CC: wrapper, CXX: wrapper, CFLAGS: '', CXXFLAGS: '' };
  const archiver = typeof found === 'string' ? undefined : findArchiver(found);
  if (archiver !== undefined) own['AR'] = archiver;
  const defaults = Object.entries(own)
    .filter(([name]) => userVariable(name, target) === undefined)
    .map(([name, value]) => [`${name}_${target.replaceAll('-', '_')}`, value] as const);
  return {
    ...reported,
    ...forHostAlone(),
    ...Object.fromEntries(defaults),
    ...(archive === undefined ? {} : { ZKVM_C_LIBRARY: archive }),
  };
}

/** The first line of `--version` of the compiler that C parts of crates are compiled with, for whichever target it is set. */
export function cVersion(): string {
  const chosen = userVariable('CC', STD_TARGET) ?? userVariable('CC', BARE_TARGET);
  if (chosen !== undefined) return ask(chosen, ['--version'])?.split('\n')[0] ?? chosen;
  return findCCompiler().version;
}

/** Whether C was linked into a program: the linked file, with symbols, names the sources of its objects. */
export function linksC(elf: Uint8Array, readSymbolTable: ReadSymbolTable): boolean {
  return readSymbolTable(elf).symbols.some((symbol) => symbol.kind === 'file' && /\.[cS]$/.test(symbol.name()));
}

/** Why cargo failed, in one sentence, if it was because of C; undefined when it was something else. */
export function cFailure(crate: Crate, report: string): string | undefined {
  if (!existsSync(report)) return undefined;
  const text = readFileSync(report, 'utf8');
  const missing = missingSymbols(text);
  if (missing.length > 0)
    return `cargo could not link ${crate.packageName}: ${missingSentence(missing, mayHaveC(crate))}`;
  const [name = '', version = '', source = '', error = ''] = text.trimEnd().split('\n').at(-1)!.split('\t');
  const advice = adviceOnCrate(name);
  const who = `cargo could not build ${crate.packageName}: the crate ${name} ${version}`;
  if (source === 'missing') {
    const found = compilerOrReason();
    const reason = typeof found === 'string' ? found : 'no C compiler was there when it was built: build again';
    return `${who} compiles C, and ${reason}${advice === '' ? '' : `, or ${advice}`}`;
  }
  const [problem, otherwise] = /\.(?:cc|cpp|cxx)$/.test(source)
    ? ['is written in C++, for which guests have no library', 'build it without its C++ parts, or take another crate']
    : /\.[sS]$/.test(source)
      ? [`has assembly for another machine (${path.basename(source)})`, 'build it without, by a feature of the crate']
      : [
          `does not compile for a guest (${path.basename(source)}: ${error})`,
          'build it without its C parts, or take another crate',
        ];
  return `${who} ${problem}: ${advice === '' ? otherwise : advice}`;
}

/** Whether the lock file names a crate that compiles C, or is not there yet. */
function mayHaveC(crate: Crate): boolean {
  const lock = path.join(crate.workspace, 'Cargo.lock');
  return !existsSync(lock) || C_BUILDERS.test(readFileSync(lock, 'utf8'));
}

/** A C compiler, or why there is none and what to type. */
function compilerOrReason(): CCompiler | string {
  try {
    return findCCompiler();
  } catch (error) {
    if (error instanceof ToolchainError) return error.message;
    throw error;
  }
}

function library(compiler: CCompiler, buildFolder: string, readSymbolTable: ReadSymbolTable): string {
  const cHeaderFolder = path.join(packageFolder(), 'programs/sdk-c');
  return cLibrary({ compiler, cHeaderFolder, buildFolder, readSymbolTable });
}

/** What the user set for the target, in either spelling. */
function userVariable(name: string, target: string): string | undefined {
  return process.env[`${name}_${target}`] ?? process.env[`${name}_${target.replaceAll('-', '_')}`];
}

/** Flags that are meant for this machine, under the names that only count for it. */
function forHostAlone(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of ['CFLAGS', 'CXXFLAGS']) {
    const value = process.env[name];
    if (value === undefined) continue;
    environment[`HOST_${name}`] = process.env[`HOST_${name}`] ?? value;
    environment[name] = undefined;
  }
  return { ...environment, TARGET_CFLAGS: undefined, TARGET_CXXFLAGS: undefined };
}

/**
 * A program that behaves like a C compiler for guests, which is what the crate cc wants. Its path covers what decides the
 * code: cargo runs build scripts again when it changes.
 */
function cWrapper(
  found: CCompiler | string,
  archive: string | undefined,
  rust: RustToolchain,
  buildFolder: string,
): string {
  const tool = compiledWrapper('cc-wrapper', rust, buildFolder);
  const settings = typeof found === 'string' ? `missing\n${found}` : settingsOf(found);
  const covered = `${settings}${archive ?? ''}`;
  const digest = createHash('sha256').update(covered).update(path.basename(tool)).digest('hex').slice(0, 16);
  const folder = path.join(path.resolve(buildFolder), `cc-${digest}`);
  // Build scripts tell compilers apart by their names as well.
  const name = `zkvm-${typeof found === 'string' || found.kind === 'clang' ? 'clang' : 'gcc'}`;
  const file = path.join(folder, `${name}${path.extname(tool) === '.exe' ? '.exe' : ''}`);
  const list = path.join(folder, `${name}.args`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(list)) putFile(list, (temporary) => writeFileSync(temporary, settings));
  if (!existsSync(file)) putFile(file, (temporary) => copyFileSync(tool, temporary));
  return file;
}

/** The compiler, arguments before those of a build script, and arguments behind them, which win. */
function settingsOf(compiler: CCompiler): string {
  const headers = path.join(packageFolder(), 'programs/sdk-c');
  const before = commonFlags(compiler, headers);
  const [target] = machineFlags(compiler.kind);
  const behind = [...(compiler.kind === 'clang' ? [target!] : []), '-fno-pic', `-ffile-prefix-map=${headers}=/zkvm`];
  return [compiler.command, '--', ...before, '--', ...behind].join('\n');
}

/** An archiver beside or of the version of the compiler, or this machine's. Of archives only the members matter. */
function findArchiver({ kind, command, version }: CCompiler): string | undefined {
  const number = /version (\d+)/.exec(version)?.[1] ?? '';
  const beside = path.join(path.dirname(command), 'llvm-ar');
  const names = kind === 'gcc' ? [command.replace(/gcc$/, 'ar')] : [`llvm-ar-${number}`, 'llvm-ar', beside];
  return [...names, 'ar'].find((name) => ask(name, ['--version']) !== undefined);
}
