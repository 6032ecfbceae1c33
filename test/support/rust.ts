/** For tests that need a compiler for guests: where there is none they are skipped, except where it must be there. */
import type { TestContext } from 'node:test';
import { findCCompiler } from '../../plugin/internal/toolchain/c-compiler.ts';
import type { CCompiler } from '../../plugin/internal/toolchain/c-compiler.ts';
import { findRust } from '../../plugin/internal/toolchain/rust.ts';
import type { RustToolchain } from '../../plugin/internal/toolchain/rust.ts';

/** The Rust toolchain, or undefined after the test was marked as skipped. */
export function rustOrSkip(t: TestContext): RustToolchain | undefined {
  return findOrSkip(t, findRust);
}

/** The C compiler, or undefined after the test was marked as skipped. */
export function cOrSkip(t: TestContext): CCompiler | undefined {
  return findOrSkip(t, findCCompiler);
}

/** With ZKVM_REQUIRE_RUST=1, as in continuous integration, a missing compiler is an error. */
function findOrSkip<T>(t: TestContext, find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (process.env['ZKVM_REQUIRE_RUST'] === '1') throw error;
    t.skip((error as Error).message);
    return undefined;
  }
}
