/** Builds C programs: src/**\/*.c, the header zkvm.h and the guests' linker script. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { flavorFlags, machineFlags } from './c-compiler.ts';
import type { CCompiler } from './c-compiler.ts';
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
};

/**
 * Compiles every src/**\/*.c of the program and links them with the functions of zkvm.h. Headers are looked for in src/,
 * include/ and the folder of zkvm.h. What the compiler says goes to stderr.
 *
 * The bytes depend on the sources, the compiler and the linker alone, not on where the folders are.
 *
 * Returns the ELF file, with symbols. Errors: a ToolchainError when something does not compile or link.
 */
export function buildCProgram(options: CBuildOptions): Uint8Array {
  const { sdkFolder, compiler } = options;
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
    const libraryFlags = [...flags, '-DZKVM_IMPLEMENTATION', '-x', 'c', '-c', 'zkvm.h', '-o', library];
    compile(compiler, cHeaderFolder, libraryFlags, 'zkvm.h');
    const elf = path.join(work, 'program.elf');
    link(compiler, [...objects, library], path.resolve(sdkFolder, 'link.ld'), elf);
    return new Uint8Array(readFileSync(elf));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const GCC_STACK_FLAGS = ['-fstack-clash-protection', '-fsanitize=vla-bound', '-fsanitize-undefined-trap-on-error'];

function compilerFlags(compiler: CCompiler, folder: string, cHeaderFolder: string): string[] {
  const include = path.join(folder, 'include');
  return [
    ...machineFlags(compiler.kind),
    ...['-std=gnu11', '-O2', '-ffreestanding', '-fno-pic', '-fno-common', '-fno-stack-protector'],
    ...['-ffunction-sections', '-fdata-sections', '-fno-unwind-tables', '-fno-asynchronous-unwind-tables'],
    '-Werror=implicit-function-declaration',
    // Arrays of computed length: see c-stack.ts, which does the same for clang.
    ...(compiler.kind === 'gcc' ? GCC_STACK_FLAGS : []),
    // Read-only data of up to eight bytes would go to sections of its own.
    '-msmall-data-limit=0',
    // A message of zkvm_panic names its file: not where it lies on this machine.
    `-ffile-prefix-map=${folder}${path.sep}=`,
    `-ffile-prefix-map=${cHeaderFolder}${path.sep}=`,
    '-Isrc',
    ...(existsSync(include) ? [`-I${include}`] : []),
    `-I${cHeaderFolder}`,
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

function link(compiler: CCompiler, objects: readonly string[], script: string, elf: string): void {
  const options = ['-n', '--no-check-sections', '--gc-sections', '--build-id=none', '-T', script];
  const args =
    compiler.kind === 'clang'
      ? [...flavorFlags(compiler.linker), '-static', ...options, ...objects, '-o', elf]
      : [
          ...machineFlags(compiler.kind),
          ...['-nostdlib', '-static', '-no-pie'],
          ...options.map((option) => `-Wl,${option}`),
          ...[...objects, '-o', elf],
        ];
  const { status, stderr, error } = spawnSync(compiler.linker, args, { encoding: 'utf8' });
  if (error !== undefined) throw new ToolchainError(`the linker ${compiler.linker} cannot be run`, error);
  if (status !== 0) {
    process.stderr.write(stderr);
    throw new ToolchainError(linkError(stderr));
  }
}

/** Why linking failed, in one sentence, from what the linker printed. */
export function linkError(messages: string): string {
  const missing = /undefined (?:symbol: |reference to [`'"])([\w.$]+)/.exec(messages)?.[1];
  if (missing === undefined) return "the program does not link: see the linker's messages above";
  if (missing === 'main') return 'no file under src/ defines main';
  if (/^__(?:\w*[sdt]f[23]?|(?:fix|float)\w+)$/.test(missing)) {
    return `the program uses floating point (${missing}), which this machine does not have: use integers`;
  }
  return `${missing} is not defined: there is no C library, and zkvm.h lists what there is`;
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
