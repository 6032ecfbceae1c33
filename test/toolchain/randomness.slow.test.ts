/** Crates from crates.io that ask for random numbers, built and run: rand, uuid, hash maps. Needs crates.io. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import type { TestContext } from 'node:test';
import { Builder } from '../../plugin/internal/toolchain/build.ts';
import { guestBuildFolder } from '../../plugin/internal/toolchain/build-folder.ts';
import { execute, loadProgram } from '../../prover/index.ts';
import { rustOrSkip } from '../support/rust.ts';

const SDK = path.resolve(import.meta.dirname, '../../programs/sdk');

type Source = {
  readonly main: string;
  readonly dependencies: string;
  /** Features of the guest crate. */
  readonly features?: string;
  /** `.cargo/config.toml`. */
  readonly config?: string;
};

/** Builds a program from its main function; the lines that the build says about it. */
async function build(t: TestContext, source: Source): Promise<{ elf: Uint8Array; lines: string[] }> {
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'zkvm-random-')), 'asks');
  t.after(() => rmSync(path.dirname(folder), { recursive: true, force: true }));
  const sdk = `zkvm = { path = ${JSON.stringify(SDK)}, features = [${source.features ?? ''}] }`;
  const files = {
    'Cargo.toml': `[package]\nname = "asks"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${sdk}\n${source.dependencies}\n[workspace]\n`,
    'src/main.rs': source.main,
    ...(source.config === undefined ? {} : { '.cargo/config.toml': source.config }),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const lines: string[] = [];
  const onToolchain = (line: string): number => lines.push(line);
  const builder = new Builder({ buildFolder: () => guestBuildFolder(), locked: false, onToolchain });
  return { elf: (await builder.build(folder)).elf, lines };
}

/** The committed words of 64 bits, each the last of 32 bytes. */
function words(publicValues: Uint8Array): bigint[] {
  const view = new DataView(publicValues.buffer, publicValues.byteOffset, publicValues.length);
  return Array.from({ length: publicValues.length / 32 }, (_, i) => view.getBigUint64(32 * i + 24));
}

const RAND = ['rand8 = { package = "rand", version = "0.8" }', 'rand9 = { package = "rand", version = "0.9" }'];
RAND.push('rand10 = { package = "rand", version = "0.10" }', 'uuid = { version = "1", features = ["v4"] }');

it('getrandom 0.2, 0.3 and 0.4 give the sequence of the seed to a program that opted in', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const main = `use rand8::RngCore;
    fn four() -> (u64, u64, u64, u64) {
      let mut bytes = [0; 8];
      rand8::rngs::OsRng.fill_bytes(&mut bytes);
      let nine: u64 = rand9::TryRngCore::try_next_u64(&mut rand9::rngs::OsRng).unwrap();
      let ten: u64 = rand10::TryRng::try_next_u64(&mut rand10::rngs::SysRng).unwrap();
      (u64::from_le_bytes(bytes), nine, ten, uuid::Uuid::new_v4().as_u64_pair().1 & 7)
    }
    fn main() {
      zkvm::io::commit_abi(&four());
      zkvm::random::seed(1234567);
      zkvm::io::commit_abi(&four());
      let _: u64 = rand8::random();
      let _: u64 = rand9::random();
      let _: u64 = rand10::random();
    }`;
  const features = '"predictable-random"';
  const { elf, lines } = await build(t, { main, features, dependencies: RAND.join('\n') });
  const { outcome, publicValues } = execute(loadProgram(elf), []);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
  const numbers = words(publicValues);
  // Seed 0: Vigna's splitmix64.c. Seed 1234567: the test vector of Rosetta Code.
  assert.deepEqual(numbers.slice(0, 3), [0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n, 0x06c45d188009454fn]);
  assert.deepEqual(numbers.slice(4, 7), [6457827717110365317n, 3203168211198807973n, 9817491932198370423n]);
  assert.ok(!lines.some((line) => line.startsWith('note:')), lines.join('\n'));
});

it('without it they build, the build names who asks, and the first question ends the program', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const main = `fn main() {
    if zkvm::io::read::<bool>() { let _: u64 = rand8::random(); } else { let _: u64 = rand9::random(); }
  }`;
  const { elf, lines } = await build(t, { main, dependencies: RAND.slice(0, 2).join('\n') });
  const note = lines.find((line) => line.startsWith('note:')) ?? '';
  assert.match(note, /asks -> rand 0\.8\.\d+ -> rand_core 0\.6\.\d+ -> getrandom 0\.2\.\d+; asks -> rand 0\.9/);
  assert.match(note, /add features = \["predictable-random"\] to the line of zkvm in Cargo\.toml\.$/);
  for (const input of [0, 1]) {
    const { outcome, stderr } = execute(loadProgram(elf), [new Uint8Array([input])]);
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
    assert.match(Buffer.from(stderr).toString(), /asked for random numbers.*"predictable-random"/);
  }
});

it('hash maps of all crates and signatures need no opt-in', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const maps = ['std::collections', 'ahash', 'hashbrown', 'hashbrown12', 'hashbrown14', 'foldhash', 'indexmap'];
  maps.push('rapidhash', 'rustc_hash');
  const names: Record<string, string> = { indexmap: 'IndexMap', rapidhash: 'RapidHashMap', rustc_hash: 'FxHashMap' };
  const uses = maps.map((crate) => {
    const map = `${crate}::${names[crate] ?? 'HashMap'}<u32, u64>`;
    return `let mut map: ${map} = Default::default(); map.insert(7, 2); sum += map[&7];`;
  });
  const main = `use k256::ecdsa::signature::{Signer, Verifier};
    fn main() {
      let mut sum = 0u64;
      ${uses.join('\n')}
      let key = k256::ecdsa::SigningKey::from_slice(&[1; 32]).unwrap();
      let signature: k256::ecdsa::Signature = key.sign(b"message");
      key.verifying_key().verify(b"message", &signature).unwrap();
      zkvm::io::commit_abi(&(sum,));
    }`;
  const dependencies = ['ahash = "0.8"', 'hashbrown = "0.16"', 'foldhash = "0.2"', 'rapidhash = "4"', 'k256 = "0.13"'];
  dependencies.push('hashbrown12 = { package = "hashbrown", version = "0.12" }', 'rustc-hash = "2"', 'indexmap = "2"');
  dependencies.push('hashbrown14 = { package = "hashbrown", version = "0.14" }');
  const { elf, lines } = await build(t, { main, dependencies: dependencies.join('\n') });
  const { outcome, publicValues } = execute(loadProgram(elf), []);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
  assert.deepEqual(words(publicValues), [BigInt(2 * maps.length)]);
  assert.ok(!lines.some((line) => line.startsWith('note:')), lines.join('\n'));
});

it("a program's own backend wins, and its flags in .cargo/config.toml are taken", async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const main = `#[no_mangle] unsafe extern "Rust" fn __getrandom_v03_custom(to: *mut u8, n: usize) -> Result<(), three::Error> {
      for i in 0..n { *to.add(i) = 3; }
      Ok(())
    }
    fn two_bytes(to: &mut [u8]) -> Result<(), two::Error> { to.fill(2); Ok(()) }
    two::register_custom_getrandom!(two_bytes);
    fn main() {
      let (mut a, mut b) = ([0; 8], [0; 8]);
      two::getrandom(&mut a).unwrap();
      three::fill(&mut b).unwrap();
      zkvm::io::commit_abi(&(u64::from_le_bytes(a), u64::from_le_bytes(b), cfg!(mine) as u64));
    }`;
  const dependencies =
    'two = { package = "getrandom", version = "0.2", features = ["custom"] }\nthree = { package = "getrandom", version = "0.3" }';
  const flags = ['--cfg', 'getrandom_backend="custom"', '--cfg', 'mine'];
  const config = `[target.riscv32im-risc0-zkvm-elf]\nrustflags = ${JSON.stringify(flags)}\n`;
  const { elf } = await build(t, { main, dependencies, config });
  const { publicValues } = execute(loadProgram(elf), []);
  assert.deepEqual(words(publicValues), [0x0202020202020202n, 0x0303030303030303n, 1n]);
});

it('a backend that cannot be had is an error that names the chain and what to remove', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const config = `[build]\nrustflags = ["--cfg", 'getrandom_backend="rdrand"']\n`;
  const main = 'fn main() { let _: u64 = rand9::random(); }';
  await assert.rejects(build(t, { main, dependencies: RAND[1] ?? '', config }), {
    code: 'TOOLCHAIN',
    message:
      /the crate getrandom 0\.3\.\d+, which asks -> rand 0\.9\.\d+ -> rand_core 0\.9\.\d+ -> getrandom 0\.3\.\d+ asks for, does not compile .*remove that flag/,
  });
});
