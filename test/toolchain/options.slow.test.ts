/** Options of cargo through the builder: features, several programs, profiles of workspaces and of cargo's configuration. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import type { TestContext } from 'node:test';
import { guestBuildFolder } from '../../plugin/internal/toolchain/build-folder.ts';
import { Builder } from '../../plugin/internal/toolchain/build.ts';
import type { BuildChoice } from '../../plugin/internal/toolchain/build.ts';
import { execute, loadProgram } from '../../prover/index.ts';
import { project } from '../support/project.ts';
import { rustOrSkip } from '../support/rust.ts';

const SDK = JSON.stringify(path.resolve(import.meta.dirname, '../../programs/sdk'));
const MANIFEST = `[package]\nname = "options"\nversion = "0.1.0"\nedition = "2024"\ndefault-run = "options"
[features]\ndefault = ["usual"]\nusual = []\nmore = []\nfurther = []
[dependencies]\nzkvm = { path = ${SDK} }\n`;
const MAIN = `fn main() {
  zkvm::exit(cfg!(feature = "usual") as u32 + 2 * cfg!(feature = "more") as u32 + 4 * cfg!(feature = "further") as u32)
}`;

function write(root: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const CRATE = {
  'Cargo.toml': MANIFEST,
  'src/main.rs': MAIN,
  'src/bin/other.rs': 'fn main() { zkvm::exit(42) }',
};

function exitCode(elf: Uint8Array): unknown {
  const { outcome } = execute(loadProgram(elf), []);
  return outcome.kind === 'halt' ? outcome.exitCode : outcome;
}

it('features and programs are chosen, recorded, and kept at the next build', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  // There keys must not change, which is tested elsewhere.
  const before = { CI: process.env['CI'], RUSTFLAGS: process.env['RUSTFLAGS'] };
  t.after(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  delete process.env['CI'];
  const { root, hre } = await project(t);
  const folder = path.join(root, 'programs/options');
  write(folder, { ...CRATE, 'Cargo.toml': `${MANIFEST}[workspace]\n` });
  const lines: string[] = [];
  const onLine = (line: string): void => void lines.push(line);
  const build = async (choice: BuildChoice): Promise<unknown> => {
    await hre.zkvm.build('options', { ...choice, onLine });
    return exitCode(readFileSync(path.join(folder, 'options.elf')));
  };
  // The feature is not on: flags of the environment are not used, and that is said.
  process.env['RUSTFLAGS'] = '--cfg feature="more"';
  assert.equal(await build({}), 1);
  assert.equal(lines.filter((line) => line.startsWith('note: RUSTFLAGS of the environment is not used')).length, 1);
  delete process.env['RUSTFLAGS'];
  assert.equal(await build({ features: ['more', 'further'] }), 7);
  assert.equal(await build({ features: ['more'], noDefaultFeatures: true }), 2);
  const record = JSON.parse(readFileSync(path.join(root, 'programs/toolchain.json'), 'utf8')) as {
    options: { choice: unknown };
  };
  assert.deepEqual(record.options.choice, { features: ['more'], noDefaultFeatures: true });
  // A change of the source is built with the recorded ones.
  write(folder, { 'src/main.rs': MAIN.replace('4 *', '8 *') });
  assert.equal(await build({}), 2);
  write(folder, { 'src/main.rs': MAIN.replace('zkvm::exit(', 'zkvm::exit(16 + ') });
  t.mock.method(console, 'error', onLine);
  const { outcome } = await hre.zkvm.execute('options');
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 18 });
  assert.equal(await build({ bin: 'other' }), 42);
  const task = hre.tasks.getTask(['zkvm', 'build']);
  await task.run({ program: 'options', quiet: true, check: true });
  await task.run({ program: 'options', quiet: true, asInManifest: true });
  assert.equal(exitCode(readFileSync(path.join(folder, 'options.elf'))), 17);
  await task.run({ program: 'options', quiet: true, features: 'more,further', noDefaultFeatures: true });
  assert.equal(exitCode(readFileSync(path.join(folder, 'options.elf'))), 22);
  await assert.rejects(build({ features: ['no-such'] }), /cargo could not build options/);
});

/** The size of a program with the given manifest of its workspace and configuration. */
async function sizeOf(t: TestContext, workspace: string, config?: string): Promise<number> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'zkvm-options-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const member = Object.fromEntries(Object.entries(CRATE).map(([name, text]) => [`guests/options/${name}`, text]));
  write(root, {
    ...member,
    'Cargo.toml': `[workspace]\nmembers = ["guests/options"]\nresolver = "3"\n${workspace}`,
    'guests/options/src/main.rs':
      'fn main() { let text: String = zkvm::io::read(); let words: Vec<_> = text.split(" ").map(str::to_uppercase).collect(); println!("{words:?}") }',
    ...(config === undefined ? {} : { '.cargo/config.toml': config }),
  });
  const builder = new Builder({ buildFolder: () => guestBuildFolder(), locked: false });
  const { elf } = await builder.build(path.join(root, 'guests/options'));
  return elf.length;
}

it('the profile of a workspace counts, and so does that in .cargo/config.toml', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const usual = await sizeOf(t, '');
  const profile = '[profile.release]\nopt-level = "s"\n';
  const small = await sizeOf(t, profile);
  assert.ok(small < usual, `${small} < ${usual}`);
  assert.equal(await sizeOf(t, '', profile), small);
});
