/** For tests that need a Rust that can build guests: where there is none they are skipped, except where it must be there. */
import type { TestContext } from 'node:test';
import { findRust } from '../../plugin/internal/toolchain/rust.ts';
import type { RustToolchain } from '../../plugin/internal/toolchain/rust.ts';

/** The toolchain, or undefined after the test was marked as skipped. With ZKVM_REQUIRE_RUST=1 a missing one is an error. */
export function rustOrSkip(t: TestContext): RustToolchain | undefined {
  try {
    return findRust();
  } catch (error) {
    if (process.env['ZKVM_REQUIRE_RUST'] === '1') throw error;
    t.skip((error as Error).message);
    return undefined;
  }
}
