/** Which Rust is taken, by one rule, with stand-ins for rustup and compilers. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { findRust } from '../../plugin/internal/toolchain/rust.ts';
import { toolchainFile } from '../../plugin/internal/toolchain/rustup.ts';

/** A folder with programs of shell script, which stands first on the PATH; and settings of the environment for the test. */
function machine(t: TestContext, programs: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv): string {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'zkvm-machine-')));
  const before = { ...process.env };
  t.after(() => {
    rmSync(root, { recursive: true, force: true });
    for (const name of ['PATH', 'RUSTC', 'CARGO', 'RUSTUP_TOOLCHAIN']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  for (const [name, script] of Object.entries(programs)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script.replaceAll('ROOT', root)}\n`);
    chmodSync(file, 0o755);
  }
  for (const name of ['RUSTC', 'CARGO', 'RUSTUP_TOOLCHAIN']) delete process.env[name];
  process.env['PATH'] = `${root}/bin${path.delimiter}/bin${path.delimiter}/usr/bin`;
  for (const [name, value] of Object.entries(environment)) process.env[name] = value?.replaceAll('ROOT', root);
  return root;
}

/** A compiler with the source of its library, or without. */
function toolchain(name: string, version: string, withSource: boolean): Record<string, string> {
  const source = `${name}/lib/rustlib/src/rust/library/std/Cargo.toml`;
  return {
    [`${name}/bin/rustc`]: `case "$*" in *sysroot) echo ROOT/${name};; *) echo "rustc ${version}"; echo "host: here";; esac`,
    [`${name}/bin/cargo`]: 'echo cargo 1',
    ...(withSource ? { [source]: '' } : {}),
    [`${name}/lib/rustlib/here/bin/rust-lld`]: 'echo LLD 1',
  };
}

/** A rustup that takes the toolchain of the folder's file, else `good`; `absent` is not installed. */
const RUSTUP = `case "$1" in
  show)
    if [ -f rust-toolchain.toml ]; then name=$(cat rust-toolchain.toml); why="overridden by '$PWD/rust-toolchain.toml'"
    else name=\${RUSTUP_DEFAULT:-good}; why=default; fi
    if [ $name = absent -o $name = succinct ]; then echo "error: toolchain '$name' is not installed" >&2; exit 1; fi
    echo "$name ($why)";;
  which) echo ROOT/$4/bin/$2;;
  *) echo rustup 1;;
esac`;

const MACHINE = {
  'bin/rustup': RUSTUP,
  ...toolchain('good', '1.90.0', true),
  ...toolchain('1.91.0', '1.91.0', true),
  ...toolchain('nightly', '1.92.0', false),
  ...toolchain('1.80.0', '1.80.0', true),
  ...toolchain('given', '1.89.0', true),
};

describe('the Rust that is taken', { skip: process.platform === 'win32' }, () => {
  const crate = (root: string, channel?: string): string => {
    const folder = path.join(root, 'project/programs/one');
    mkdirSync(folder, { recursive: true });
    if (channel !== undefined) writeFileSync(path.join(folder, 'rust-toolchain.toml'), channel);
    return folder;
  };

  it("is rustup's default when nothing is said", (t) => {
    const root = machine(t, MACHINE, {});
    const rust = findRust(crate(root));
    assert.equal(rust.version, 'rustc 1.90.0');
    assert.equal(rust.cargo, path.join(root, 'good/bin/cargo'));
    assert.equal(rust.reason, "it is rustup's default, good");
  });

  it('is that of rust-toolchain.toml, and the reason names the file', (t) => {
    const root = machine(t, MACHINE, {});
    const folder = crate(root, '1.91.0');
    const rust = findRust(folder);
    assert.equal(rust.version, 'rustc 1.91.0');
    assert.equal(rust.reason, `rustup says "overridden by '${folder}/rust-toolchain.toml'"`);
  });

  it('is that of RUSTC and CARGO before any file, and the reason says so', (t) => {
    const root = machine(t, MACHINE, { RUSTC: 'ROOT/given/bin/rustc', CARGO: 'ROOT/given/bin/cargo' });
    const folder = crate(root, 'absent');
    const rust = findRust(folder);
    assert.equal(rust.version, 'rustc 1.89.0');
    const reason = `the environment sets RUSTC and CARGO (${folder}/rust-toolchain.toml is not followed)`;
    assert.equal(rust.reason, reason);
    delete process.env['CARGO'];
    assert.equal(findRust(folder).cargo, path.join(root, 'given/bin/cargo'));
  });

  const refused: readonly (readonly [channel: string, message: RegExp])[] = [
    [
      'absent',
      /rust-toolchain\.toml asks for the Rust toolchain "absent", .*"rustup toolchain install absent --component/,
    ],
    ['succinct', /rust-toolchain\.toml asks for the Rust toolchain "succinct", .* not needed here: remove that line/],
    [
      'nightly',
      /1\.92\.0 has no source .*rust-src --toolchain nightly"\), and is the one to take since .*toolchain\.toml/,
    ],
    ['1.80.0', /1\.80\.0 is too old.* is the one to take since .*rust-toolchain\.toml/],
  ];
  for (const [channel, message] of refused) {
    it(`is refused in one sentence: ${channel}`, (t) => {
      const folder = crate(machine(t, MACHINE, {}), channel);
      assert.throws(() => findRust(folder), { code: 'TOOLCHAIN', message });
    });
  }

  it('is refused when RUSTC cannot be run', (t) => {
    const root = machine(t, MACHINE, { RUSTC: '/no/such/rustc' });
    assert.throws(() => findRust(crate(root)), {
      code: 'TOOLCHAIN',
      message: /^\/no\/such\/rustc, taken since .*RUSTC.*cannot be run in /,
    });
  });

  it("names rustup's default when it lacks the library's source, whatever is taken then", (t) => {
    const root = machine(t, MACHINE, { RUSTUP_DEFAULT: 'nightly' });
    const named =
      /1\.92\.0 has no source of the standard library \(add it by "rustup component add rust-src --toolchain/;
    let said: string;
    try {
      // Of /usr/bin, where this machine has one.
      said = findRust(crate(root)).reason;
    } catch (error) {
      said = (error as Error).message;
    }
    assert.match(said, named);
    delete process.env['RUSTUP_DEFAULT'];
  });

  it('is pinned by the nearest file', (t) => {
    const root = machine(t, MACHINE, {});
    const folder = crate(root);
    const above = path.join(root, 'project/rust-toolchain');
    writeFileSync(above, '1.91.0');
    assert.equal(toolchainFile(folder), above);
    crate(root, '1.91.0');
    assert.equal(toolchainFile(folder), path.join(folder, 'rust-toolchain.toml'));
  });
});
