import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { progressDisplay } from '../../plugin/internal/tasks/progress.ts';
import { formatBytes, formatSeconds } from '../../plugin/internal/text/format.ts';

/** A display that writes to a string, with the environment of a terminal. */
function collector(t: TestContext, isTTY: boolean, environment: Readonly<Record<string, string>> = {}) {
  const saved = { CI: process.env['CI'], TERM: process.env['TERM'] };
  t.after(() => {
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  delete process.env['CI'];
  process.env['TERM'] = 'xterm';
  Object.assign(process.env, environment);
  let text = '';
  const display = progressDisplay({ isTTY, columns: 40, write: (part: string) => (text += part) });
  return { display, text: () => text };
}

test('without a terminal: a line at the start of a stage, one every 30 seconds, one at the end', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { display, text } = collector(t, false);
  display.onProgress({ stage: 'setup', status: 'start' });
  assert.equal(text(), '  setup: started\n');
  display.onProgress({ stage: 'setup', status: 'tick', detail: 'part a', fraction: 0.456 });
  t.mock.timers.tick(29_999);
  assert.equal(text(), '  setup: started\n');
  t.mock.timers.tick(1);
  display.onProgress({ stage: 'setup', status: 'tick', detail: 'part b' });
  t.mock.timers.tick(30_000);
  t.mock.timers.tick(30_000);
  display.onProgress({ stage: 'setup', status: 'done', seconds: 91 });
  t.mock.timers.tick(300_000);
  display.onProgress({ stage: 'core', status: 'start' });
  t.mock.timers.tick(30_000);
  display.done();
  t.mock.timers.tick(300_000);
  assert.deepEqual(text().split('\n'), [
    '  setup: started',
    '  setup: 30.0 s so far, part a, 45 %',
    '  setup: 1 min 0 s so far, part b',
    '  setup: 1 min 30 s so far, part b',
    '  setup: 1 min 31 s',
    '  core: started',
    '  core: 30.0 s so far',
    '',
  ]);
});

test('a terminal that cannot move its cursor, and CI, get whole lines', (t) => {
  for (const environment of [{ CI: 'true' }, { TERM: 'dumb' }]) {
    const { display, text } = collector(t, true, environment);
    display.onProgress({ stage: 'core', status: 'start' });
    display.onProgress({ stage: 'core', status: 'done', seconds: 12.34 });
    display.done();
    assert.equal(text(), '  core: started\n  core: 12.3 s\n');
  }
});

test('a terminal gets one line that moves and is clean at the end', (t) => {
  const { display, text } = collector(t, true);
  display.onProgress({ stage: 'core', status: 'start' });
  display.onProgress({ stage: 'core', status: 'tick', fraction: 0.5, detail: 'x'.repeat(60) });
  assert.ok(text().split('\r\u001b[K').at(-1)?.length === 39);
  display.onProgress({ stage: 'core', status: 'tick', fraction: 0.5 });
  assert.ok(text().includes('50 %'));
  display.onProgress({ stage: 'core', status: 'done', seconds: 12.34 });
  assert.ok(text().endsWith('\r\u001b[K  core: 12.3 s\n'));
  display.onProgress({ stage: 'lift', status: 'start' });
  display.done();
  assert.ok(text().endsWith('\r\u001b[K'));
});

test('times and sizes are written for people', () => {
  assert.deepEqual([0.004, 9.994, 9.996, 59.94, 59.96, 75, 119.7].map(formatSeconds), [
    '0.00 s',
    '9.99 s',
    '10.0 s',
    '59.9 s',
    '1 min 0 s',
    '1 min 15 s',
    '2 min 0 s',
  ]);
  assert.equal(formatBytes(260), '260 bytes');
  assert.equal(formatBytes(1_500_000), '1.5 MB');
});
