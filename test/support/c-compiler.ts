/** C compilers for tests that build C programs, where they are installed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCProgram } from '../../plugin/internal/toolchain/c.ts';
import { findCCompiler, type CCompiler } from '../../plugin/internal/toolchain/c-compiler.ts';
import { readSymbolTable } from '../../prover/elf/symbol-table.ts';

const PROGRAMS = fileURLToPath(new URL('../../programs/', import.meta.url));

const GCC = 'riscv64-unknown-elf-gcc';

/**
 * A compiler, or why tests that need it are skipped. With the variable `ZKVM_REQUIRE_RUST=1`, as continuous integration has
 * it, a missing clang is an error instead.
 */
export function compilerOrSkip(kind: CCompiler['kind']): { compiler?: CCompiler; skip: string | false } {
  const chosen = process.env['ZKVM_CC'];
  try {
    if (kind === 'gcc') process.env['ZKVM_CC'] = GCC;
    const compiler = findCCompiler();
    return compiler.kind === kind ? { compiler, skip: false } : { skip: `no ${kind} for RISC-V is installed` };
  } catch (error) {
    if (kind === 'clang' && process.env['ZKVM_REQUIRE_RUST'] === '1') throw error;
    return { skip: error instanceof Error ? error.message : String(error) };
  } finally {
    if (chosen === undefined) delete process.env['ZKVM_CC'];
    else process.env['ZKVM_CC'] = chosen;
  }
}

let library: string | undefined;

/** Where the compiled C library is kept as long as the tests of one file run. */
export function libraryFolder(): string {
  if (library === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'zkvm-c-library-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    library = folder;
  }
  return library;
}

/** Builds a program under programs/, or the one in another folder. */
export function buildWith(kind: CCompiler['kind'], name: string, folder = `${PROGRAMS}${name}`): Uint8Array {
  const { compiler, skip } = compilerOrSkip(kind);
  if (compiler === undefined) throw new Error(String(skip));
  return buildCProgram({
    folder,
    sdkFolder: `${PROGRAMS}sdk`,
    cHeaderFolder: `${PROGRAMS}sdk-c`,
    compiler,
    buildFolder: libraryFolder(),
    readSymbolTable,
  });
}
