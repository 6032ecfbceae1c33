/** Builds C programs: src/**\/*.c, the header zkvm.h and the guests' linker script. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CCompiler } from './c-compiler.ts';
import { cLibrary, commonFlags, type ReadSymbolTable } from './c-library.ts';
import { linkC } from './c-link.ts';
import { withStackChecks } from './c-stack.ts';
import { ToolchainError } from './errors.ts';

export type CBuildOptions = {
  /** Folder of the program, with src/. */
  readonly folder: string;
  /** Folder of the guest crate, with link.ld. */
  readonly sdkFolder: string;
  /** Folder of zkvm.h. */
  readonly cHeaderFolder: string;
  readonly compiler: CCompiler;
  /** Folder for intermediate files: the compiled C library is kept there. */
  readonly buildFolder: string;
  readonly readSymbolTable: ReadSymbolTable;
};

/**
 * Compiles every src/**\/*.c of the program and links them with the functions of zkvm.h and what they use of the C
 * library. Headers are looked for in src/, include/ and the folder of zkvm.h. What the compiler says goes to stderr.
 *
 * The bytes depend on the sources, the compiler and the linker alone, not on where the folders are.
 *
 * Returns the ELF file, with symbols. Errors: a ToolchainError when something does not compile or link.
 */
export function buildCProgram(options: CBuildOptions): Uint8Array {
  const { sdkFolder, compiler, buildFolder, readSymbolTable } = options;
  const folder = path.resolve(options.folder);
  const cHeaderFolder = path.resolve(options.cHeaderFolder);
  const sources = listSources(folder);
  if (sources.length === 0) throw new ToolchainError(`there is no C file in ${path.join(folder, 'src')}`);
  const work = mkdtempSync(path.join(tmpdir(), 'zkvm-c-'));
  try {
    const flags = compilerFlags(compiler, folder, cHeaderFolder);
    const objects = sources.map((source, i) => {
      const object = path.join(work, `${i}.o`);
      compile(compiler, folder, [...flags, '-Wall', '-Wextra', '-c', source, '-o', object], source);
      if (compiler.kind === 'clang') checkStack(compiler, folder, flags, source, object);
      return object;
    });
    const library = path.join(work, 'zkvm.o');
    const libraryFlags = ['-ffreestanding', '-DZKVM_IMPLEMENTATION', '-x', 'c', '-c', 'zkvm.h', '-o', library];
    compile(compiler, cHeaderFolder, [...flags, ...libraryFlags], 'zkvm.h');
    const elf = path.join(work, 'program.elf');
    const archive = cLibrary({ compiler, cHeaderFolder, buildFolder, readSymbolTable });
    linkC(compiler, [...objects, library], [archive], path.resolve(sdkFolder, 'link.ld'), elf);
    return new Uint8Array(readFileSync(elf));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const GCC_STACK_FLAGS = ['-fstack-clash-protection', '-fsanitize=vla-bound', '-fsanitize-undefined-trap-on-error'];

function compilerFlags(compiler: CCompiler, folder: string, cHeaderFolder: string): string[] {
  const include = path.join(folder, 'include');
  return [
    ...commonFlags(compiler, cHeaderFolder),
    ...['-std=gnu11', '-O2', '-Werror=implicit-function-declaration'],
    // Arrays of computed length: see c-stack.ts, which does the same for clang.
    ...(compiler.kind === 'gcc' ? GCC_STACK_FLAGS : []),
    // A message of zkvm_panic names its file: not where it lies on this machine.
    `-ffile-prefix-map=${folder}${path.sep}=`,
    `-ffile-prefix-map=${cHeaderFolder}${path.sep}=`,
    '-Isrc',
    ...(existsSync(include) ? [`-I${include}`] : []),
  ];
}

function compile(compiler: CCompiler, folder: string, flags: readonly string[], source: string): void {
  try {
    execFileSync(compiler.command, flags, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    throw new ToolchainError(`${source} does not compile: see the compiler's messages above`, error);
  }
}

/** Compiles a file once more, with checks, when it has arrays of computed length: see c-stack.ts. */
function checkStack(
  compiler: CCompiler,
  folder: string,
  flags: readonly string[],
  source: string,
  object: string,
): void {
  const file = `${object}.ll`;
  const plain = [...flags, '-w', '-S', '-emit-llvm', '-Xclang', '-disable-llvm-passes', source, '-o', file];
  compile(compiler, folder, plain, source);
  const checked = withStackChecks(readFileSync(file, 'utf8'), compiler.version);
  if (checked === undefined) return;
  writeFileSync(file, checked);
  compile(compiler, folder, [...flags, '-Wno-unused-command-line-argument', '-c', file, '-o', object], source);
}

/** Paths of all C files under src/, relative to the program's folder, in an order that no machine changes. */
function listSources(folder: string): string[] {
  const src = path.join(folder, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.c'))
    .map((name) => ['src', ...name.split(path.sep)].join('/'))
    .sort();
}
