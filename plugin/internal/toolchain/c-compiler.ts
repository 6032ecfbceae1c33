/** Finds a C compiler that can make RV32IM code, and its linker. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ToolchainError } from './errors.ts';
import { ask } from './run.ts';

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

/** Newest first; Debian's packages have a number in the name. */
const CLANG_VERSIONS = Array.from({ length: 17 }, (_, i) => 30 - i);

/** Where package managers put LLVM without adding it to the PATH. */
const LLVM_FOLDERS = ['/opt/homebrew/opt/llvm/bin', '/usr/local/opt/llvm/bin', 'C:\\Program Files\\LLVM\\bin'];

const LLD_FOLDERS = [...LLVM_FOLDERS, '/opt/homebrew/opt/lld/bin', '/usr/local/opt/lld/bin'];

const GCC_COMMANDS = ['riscv64-unknown-elf-gcc', 'riscv32-unknown-elf-gcc', 'riscv64-linux-gnu-gcc'];

/** How to get a C compiler for guests with its linker. */
function howToInstallC(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return 'run "brew install llvm lld" (the clang of Xcode does not know RISC-V)';
  if (platform === 'win32') return 'run "winget install LLVM.LLVM"';
  return 'on Debian or Ubuntu run "apt-get install clang lld", elsewhere install clang and lld';
}

/** Flags that name the machine. */
export function machineFlags(kind: CCompiler['kind']): string[] {
  return [...(kind === 'clang' ? ['--target=riscv32-unknown-elf'] : []), '-march=rv32im', '-mabi=ilp32'];
}

/** Flags with which a linker behaves as the usual one for ELF: Rust's needs to be told. */
export function flavorFlags(linker: string): string[] {
  return path.basename(linker).startsWith('rust-lld') ? ['-flavor', 'gnu'] : [];
}

/**
 * Looks at the variable `ZKVM_CC`, then for a clang that knows riscv32, then for a gcc for RISC-V.
 *
 * Errors: a ToolchainError that says what to install when there is none, or when clang has no linker.
 */
export function findCCompiler(): CCompiler {
  const chosen = process.env['ZKVM_CC'] ?? '';
  const inFolders = LLVM_FOLDERS.map((folder) => path.join(folder, 'clang'));
  const usual = ['clang', ...CLANG_VERSIONS.map((n) => `clang-${n}`), ...inFolders, ...GCC_COMMANDS];
  let withoutLinker: string | undefined;
  for (const command of chosen === '' ? usual : [chosen]) {
    const version = firstLine(ask(command, ['--version']));
    if (version === undefined || !knowsMachine(command, version)) continue;
    if (!version.includes('clang')) {
      const linkerVersion = firstLine(ask(ask(command, ['-print-prog-name=ld']) ?? 'ld', ['--version'])) ?? 'unknown';
      return { kind: 'gcc', command, version, linker: command, linkerVersion };
    }
    const linker = findLld(command, version);
    if (linker !== undefined) return { kind: 'clang', command, version, ...linker };
    withoutLinker ??= version;
  }
  if (withoutLinker !== undefined) {
    throw new ToolchainError(`${withoutLinker} was found, but no LLD linker: ${howToInstallC()}`);
  }
  const reason =
    chosen === ''
      ? 'no C compiler for RISC-V was found'
      : `ZKVM_CC names ${chosen}, which cannot be run or cannot make code for RV32IM`;
  throw new ToolchainError(`${reason}: ${howToInstallC()}`);
}

function knowsMachine(command: string, version: string): boolean {
  if (version.includes('clang')) return /^\s*riscv32\s/m.test(ask(command, ['--print-targets']) ?? '');
  const flags = [...machineFlags('gcc'), '-ffreestanding', '-E', '-x', 'c', '-'];
  return (
    spawnSync(command, flags, { input: '#include <stdint.h>\n', stdio: ['pipe', 'ignore', 'ignore'] }).status === 0
  );
}

/** An LLD: of this clang's version, any, beside this clang, in the usual folders, or the one that Rust brings. */
function findLld(clang: string, version: string): { linker: string; linkerVersion: string } | undefined {
  const number = /version (\d+)/.exec(version)?.[1] ?? '';
  const folders = [...(path.isAbsolute(clang) ? [path.dirname(clang)] : []), ...LLD_FOLDERS];
  const candidates = [`ld.lld-${number}`, 'ld.lld', ...folders.map((folder) => path.join(folder, 'ld.lld'))];
  const ofRust = rustLld();
  for (const linker of ofRust === undefined ? candidates : [...candidates, ofRust]) {
    const linkerVersion = firstLine(ask(linker, [...flavorFlags(linker), '--version']));
    if (linkerVersion !== undefined) return { linker, linkerVersion };
  }
  return undefined;
}

function rustLld(): string | undefined {
  const sysroot = ask('rustc', ['--print', 'sysroot']);
  const host = /host: (\S+)/.exec(ask('rustc', ['-vV']) ?? '')?.[1];
  if (sysroot === undefined || host === undefined) return undefined;
  const name = process.platform === 'win32' ? 'rust-lld.exe' : 'rust-lld';
  const file = path.join(sysroot, 'lib/rustlib', host, 'bin', name);
  return existsSync(file) ? file : undefined;
}

const firstLine = (text: string | undefined): string | undefined => text?.split('\n')[0];
