/** The Rust tests of zkvm-secp256k1, on the host: against k256, with every hint changed. Needs Rust and crates.io. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { rustOrSkip } from '../support/rust.ts';

it('zkvm-secp256k1 agrees with k256 whatever the hints are', (t) => {
  const rust = rustOrSkip(t);
  if (rust === undefined) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'zkvm-secp256k1-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { status, stdout, stderr } = spawnSync(rust.cargo, ['test', '--lib', '--release', '--locked'], {
    cwd: new URL('../../programs/sdk/secp256k1', import.meta.url),
    encoding: 'utf8',
    env: { ...process.env, RUSTC: rust.rustc, CARGO_TARGET_DIR: folder },
  });
  assert.equal(status, 0, stdout + stderr);
  const passed = /test result: ok\. (\d+) passed; 0 failed/.exec(stdout)?.[1];
  assert.ok(Number(passed) >= 8, stdout);
});
