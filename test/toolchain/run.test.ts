/** Commands that are run: exit code, and an end of everything they started. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, runVisibly } from '../../plugin/internal/toolchain/run.ts';

const SETTINGS = { folder: os.tmpdir(), environment: process.env };

/** Whether a process is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 200, 'waited for ten seconds');
    await sleep(50);
  }
}

describe('running a command', () => {
  it('gives its exit code', async () => {
    assert.equal(await runVisibly(process.execPath, ['-e', 'process.exit(7)'], SETTINGS), 7);
    assert.equal(await runVisibly(process.execPath, ['-e', ''], SETTINGS), 0);
    await assert.rejects(runVisibly('/no/such/command', [], SETTINGS), { code: 'ENOENT' });
  });

  it('ends it and what it started when aborted', { skip: process.platform === 'win32' }, async (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'zkvm-run-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'pid');
    const wait = 'setInterval(() => {}, 1000)';
    const script = `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(wait)}]);
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid)); ${wait}`;
    const controller = new AbortController();
    const running = runVisibly(process.execPath, ['-e', script], { ...SETTINGS, signal: controller.signal });
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '');
    const grandchild = Number(readFileSync(file, 'utf8'));
    assert.ok(isAlive(grandchild));
    controller.abort();
    await assert.rejects(running, { name: 'AbortError' });
    await until(() => !isAlive(grandchild));
  });

  it('starts nothing when it was aborted before', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(runVisibly('/no/such/command', [], { ...SETTINGS, signal }), { name: 'AbortError' });
  });
});

describe('asking a command', () => {
  it('gives its output, or undefined', () => {
    assert.equal(ask(process.execPath, ['-p', '1 + 1']), '2');
    assert.equal(ask(process.execPath, ['-e', 'process.exit(1)']), undefined);
    assert.equal(ask('/no/such/command', []), undefined);
  });
});
