/** What the crate sp1-zkvm cannot offer does not compile, and the compiler says why. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAMS = fileURLToPath(new URL('../../programs/', import.meta.url));
// Kept from run to run, because the crates of others take most of the time.
const TARGET = fileURLToPath(new URL('../../node_modules/.cache/hardhat-zkvm/checks', import.meta.url));

const hasCargo = spawnSync('cargo', ['--version']).status === 0;
const mustHaveCargo = process.env['ZKVM_REQUIRE_RUST'] === '1';
const skip = hasCargo || mustHaveCargo ? false : 'no cargo is installed';

const work = mkdtempSync(join(tmpdir(), 'zkvm-sp1-test-'));
after(() => rmSync(work, { recursive: true, force: true }));

/** Type-checks a program that has the dependencies of sp1-selftest. Returns the compiler's messages. */
function check(source: string, features = ''): { ok: boolean; messages: string } {
  mkdirSync(join(work, 'src'), { recursive: true });
  const manifest = readFileSync(join(PROGRAMS, 'sp1-selftest/Cargo.toml'), 'utf8');
  writeFileSync(
    join(work, 'Cargo.toml'),
    manifest
      .replace('"../sp1-zkvm" }', `${JSON.stringify(join(PROGRAMS, 'sp1-zkvm'))}, features = [${features}] }`)
      .replace('"../sp1-zkvm/derive"', JSON.stringify(join(PROGRAMS, 'sp1-zkvm/derive')))
      .replace('"../sp1-zkvm/lib"', JSON.stringify(join(PROGRAMS, 'sp1-zkvm/lib'))),
  );
  copyFileSync(join(PROGRAMS, 'sp1-selftest/Cargo.lock'), join(work, 'Cargo.lock'));
  writeFileSync(join(work, 'src/main.rs'), source);
  const env = { ...process.env, CARGO_TARGET_DIR: TARGET, CARGO_TERM_COLOR: 'never' };
  const { status, stderr } = spawnSync('cargo', ['check', '--locked'], { cwd: work, env, encoding: 'utf8' });
  return { ok: status === 0, messages: stderr };
}

describe('a program for SP1', { skip }, () => {
  it('compiles, with everything the crate has', () => {
    const { ok, messages } = check(`
      use sp1_zkvm::{io, lib::{invalid_hint, unconstrained}, syscalls::syscall_halt};
      #[sp1_derive::cycle_tracker]
      fn double<T: Clone>(value: &T) -> (T, T) where T: Copy { (*value, *value) }
      fn main() {
          let (n, _) = double(&1u32);
          unconstrained! { io::hint(&n); }
          if io::read::<u32>() != n { invalid_hint!("not {n}"); }
          syscall_halt(0)
      }`);
    assert.ok(ok, messages);
  });

  it('cannot call precompiles', () => {
    const { ok, messages } = check(`
      fn main() {
          let mut state = [0u64; 25];
          sp1_zkvm::lib::syscall_keccak_permute(&mut state);
          sp1_zkvm::lib::syscall_verify_sp1_proof(&[0u32; 8], &[0u8; 32]);
      }`);
    assert.ok(!ok);
    const refusals = messages.match(/^error\[E0277\]: hardhat-zkvm has no precompiles: /gm);
    assert.equal(refusals?.length, 2, messages);
  });

  it('cannot change anything in an unconstrained block', () => {
    const { ok, messages } = check('fn main() { let mut n = 1; sp1_zkvm::lib::unconstrained! { n += 1; } let _ = n; }');
    assert.ok(!ok);
    assert.match(messages, /cannot assign to .*, as it is a captured variable in a `Fn` closure/);
  });

  it('verifies proofs by the name and the feature of SP1', () => {
    const { ok, messages } = check(
      'fn main() { sp1_zkvm::lib::verify::verify_sp1_proof(&[0u32; 8], &[0u8; 32]); }',
      '"verify"',
    );
    assert.ok(ok, messages);
  });

  it('cannot ask for the feature blake3', () => {
    const { ok, messages } = check('fn main() {}', '"blake3"');
    assert.ok(!ok);
    assert.match(messages, /error: the feature `blake3` of sp1-zkvm is not there: hardhat-zkvm /);
  });
});
