/** Finds a C compiler for RV32IM and builds C programs with it: src/**\/*.c, the header zkvm.h and the guests' linker script. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';

/** A compiler that can make RV32IM code, and how its objects are linked. */
export type CCompiler = {
  readonly kind: 'clang' | 'gcc';
  /** Command or path. */
  readonly command: string;
  /** First line of `--version`. */
  readonly version: string;
  /** Command or path of an LLD for clang; gcc links itself. */
  readonly linker: string;
  /** First line of the linker's `--version`. */
  readonly linkerVersion: string;
};

export type CBuildOptions = {
  /** Folder of the program, with src/. */
  readonly folder: string;
  /** Folder of the guest crate, with link.ld. */
  readonly sdkFolder: string;
  /** Folder of zkvm.h. */
  readonly cHeaderFolder: string;
  readonly compiler: CCompiler;
};

const HOW_TO_INSTALL = [
  'Debian or Ubuntu: apt-get install clang lld',
  'macOS: brew install llvm lld (the clang of Xcode has no RISC-V)',
  'Windows: winget install LLVM.LLVM',
].join('; ');

/** Newest first; Debian's packages have a number in the name. */
const CLANG_VERSIONS = Array.from({ length: 17 }, (_, i) => 30 - i);

/** Where package managers put LLVM without adding it to the PATH. */
const LLVM_FOLDERS = ['/opt/homebrew/opt/llvm/bin', '/usr/local/opt/llvm/bin', 'C:\\Program Files\\LLVM\\bin'];

const LLD_FOLDERS = [...LLVM_FOLDERS, '/opt/homebrew/opt/lld/bin', '/usr/local/opt/lld/bin'];

const GCC_COMMANDS = ['riscv64-unknown-elf-gcc', 'riscv32-unknown-elf-gcc', 'riscv64-linux-gnu-gcc'];

/**
 * Looks at the variable `ZKVM_CC`, then for a clang that knows riscv32, then for a gcc for RISC-V.
 *
 * Errors: an Error that says what to install when there is none, or when clang has no linker.
 */
export function findCCompiler(): CCompiler {
  const chosen = process.env['ZKVM_CC'];
  const clangs = ['clang', ...CLANG_VERSIONS.map((n) => `clang-${n}`), ...LLVM_FOLDERS.map((at) => join(at, 'clang'))];
  const candidates = chosen === undefined || chosen === '' ? [...clangs, ...GCC_COMMANDS] : [chosen];
  let withoutLinker: string | undefined;
  for (const command of candidates) {
    const version = run(command, ['--version'])?.split('\n')[0];
    if (version === undefined || !canCompile(command, version)) continue;
    if (!version.includes('clang')) {
      return { kind: 'gcc', command, version, linker: command, linkerVersion: gccLinkerVersion(command) };
    }
    const linker = findLld(command, version);
    if (linker !== undefined) return { kind: 'clang', command, version, ...linker };
    withoutLinker ??= version;
  }
  if (withoutLinker !== undefined) {
    throw new Error(`${withoutLinker} was found, but no LLD linker for it; ${HOW_TO_INSTALL}`);
  }
  const reason =
    chosen === undefined || chosen === ''
      ? 'no C compiler for RISC-V was found (clang, or gcc for riscv64-unknown-elf)'
      : `ZKVM_CC names ${chosen}, which cannot be run or cannot make code for RV32IM`;
  throw new Error(`${reason}; ${HOW_TO_INSTALL}`);
}

/**
 * Compiles every src/**\/*.c of the program and links them with the functions of zkvm.h. Headers are looked for in src/,
 * include/ and the folder of zkvm.h. What the compiler says goes to stderr.
 *
 * The bytes depend on the sources, the compiler and the linker alone, not on where the folders are.
 *
 * Returns the ELF file, with symbols. Errors: an Error of one sentence when something does not compile or link.
 */
export function buildCProgram(options: CBuildOptions): Uint8Array {
  const { sdkFolder, compiler } = options;
  const folder = resolve(options.folder);
  const cHeaderFolder = resolve(options.cHeaderFolder);
  const sources = listSources(folder);
  if (sources.length === 0) throw new Error(`there is no C file in ${join(folder, 'src')}`);
  const work = mkdtempSync(join(tmpdir(), 'zkvm-c-'));
  try {
    const flags = compilerFlags(compiler, folder, cHeaderFolder);
    const objects = sources.map((source, i) => {
      const object = join(work, `${i}.o`);
      compile(compiler, folder, [...flags, '-Wall', '-Wextra', '-c', source, '-o', object], source);
      return object;
    });
    const library = join(work, 'zkvm.o');
    const libraryFlags = [...flags, '-DZKVM_IMPLEMENTATION', '-x', 'c', '-c', 'zkvm.h', '-o', library];
    compile(compiler, cHeaderFolder, libraryFlags, 'zkvm.h');
    const elf = join(work, 'program.elf');
    link(compiler, [...objects, library], resolve(sdkFolder, 'link.ld'), elf);
    return new Uint8Array(readFileSync(elf));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function machineFlags(compiler: Pick<CCompiler, 'kind'>): string[] {
  const target = compiler.kind === 'clang' ? ['--target=riscv32-unknown-elf'] : [];
  return [...target, '-march=rv32im', '-mabi=ilp32'];
}

function compilerFlags(compiler: CCompiler, folder: string, cHeaderFolder: string): string[] {
  const include = join(folder, 'include');
  return [
    ...machineFlags(compiler),
    ...['-std=gnu11', '-O2', '-ffreestanding', '-fno-pic', '-fno-common', '-fno-stack-protector'],
    ...['-ffunction-sections', '-fdata-sections', '-fno-unwind-tables', '-fno-asynchronous-unwind-tables'],
    '-Werror=implicit-function-declaration',
    // Read-only data of up to eight bytes would go to sections of its own.
    '-msmall-data-limit=0',
    // A message of zkvm_panic names its file: not where it lies on this machine.
    `-ffile-prefix-map=${folder}${sep}=`,
    `-ffile-prefix-map=${cHeaderFolder}${sep}=`,
    '-Isrc',
    ...(existsSync(include) ? [`-I${include}`] : []),
    `-I${cHeaderFolder}`,
  ];
}

function compile(compiler: CCompiler, folder: string, flags: readonly string[], source: string): void {
  try {
    execFileSync(compiler.command, flags, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    throw new Error(`${source} does not compile: see the compiler's messages above`, { cause: error });
  }
}

function link(compiler: CCompiler, objects: readonly string[], script: string, elf: string): void {
  const options = ['-n', '--gc-sections', '--build-id=none', '-T', script];
  const isRustLld = basename(compiler.linker).startsWith('rust-lld');
  const args =
    compiler.kind === 'clang'
      ? [...(isRustLld ? ['-flavor', 'gnu'] : []), '-static', ...options, ...objects, '-o', elf]
      : [
          ...machineFlags(compiler),
          ...['-nostdlib', '-static', '-no-pie'],
          ...options.map((option) => `-Wl,${option}`),
          ...[...objects, '-o', elf],
        ];
  const { status, stderr, error } = spawnSync(compiler.linker, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`the linker ${compiler.linker} cannot be run`, { cause: error });
  if (status !== 0) {
    process.stderr.write(stderr);
    throw new Error(linkError(stderr));
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
  const src = join(folder, 'src');
  if (!existsSync(src)) return [];
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.c'))
    .map((name) => ['src', ...name.split(sep)].join('/'))
    .sort();
}

function canCompile(command: string, version: string): boolean {
  if (version.includes('clang')) return /^\s*riscv32\s/m.test(run(command, ['--print-targets']) ?? '');
  const check = [...machineFlags({ kind: 'gcc' }), '-ffreestanding', '-E', '-x', 'c', '-'];
  return (
    spawnSync(command, check, { input: '#include <stdint.h>\n', stdio: ['pipe', 'ignore', 'ignore'] }).status === 0
  );
}

/** An LLD: beside this clang, of this clang's version, any, or the one that Rust brings. */
function findLld(clang: string, version: string): { linker: string; linkerVersion: string } | undefined {
  const number = /version (\d+)/.exec(version)?.[1] ?? '';
  const folders = [...(isAbsolute(clang) ? [dirname(clang)] : []), ...LLD_FOLDERS];
  const candidates = [
    `ld.lld-${number}`,
    'ld.lld',
    ...folders.map((folder) => join(folder, 'ld.lld')),
    rustLld() ?? '',
  ];
  for (const linker of candidates.filter((name) => name !== '')) {
    const flavor = basename(linker).startsWith('rust-lld') ? ['-flavor', 'gnu'] : [];
    const linkerVersion = run(linker, [...flavor, '--version'])?.split('\n')[0];
    if (linkerVersion !== undefined) return { linker, linkerVersion };
  }
  return undefined;
}

function rustLld(): string | undefined {
  const sysroot = run('rustc', ['--print', 'sysroot'])?.trim();
  const host = /host: (\S+)/.exec(run('rustc', ['-vV']) ?? '')?.[1];
  if (sysroot === undefined || host === undefined) return undefined;
  const file = join(sysroot, 'lib/rustlib', host, 'bin', process.platform === 'win32' ? 'rust-lld.exe' : 'rust-lld');
  return existsSync(file) ? file : undefined;
}

function gccLinkerVersion(gcc: string): string {
  const linker = run(gcc, ['-print-prog-name=ld'])?.trim() ?? 'ld';
  return run(linker, ['--version'])?.split('\n')[0] ?? 'unknown';
}

/** A command's output, or undefined when it cannot be run or fails. */
function run(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout : undefined;
}
