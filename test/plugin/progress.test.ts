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

/** The events of a core proof of shard `index` of 3, while `proved` of three million cycles are. */
function shard(index: number, proved: number, secondsLeft?: number) {
  const part = { what: 'shard', index, count: 3 } as const;
  const left = secondsLeft === undefined ? {} : { secondsLeft };
  return { stage: 'core', part, cycles: { proved, total: 3_000_000 }, ...left };
}

test('without a terminal a long run says what is proved: a line for each shard and join, with what is left', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { display, text } = collector(t, false);
  display.onProgress({ stage: 'run', status: 'note', detail: 'Going on where an earlier run ended.' });
  display.onProgress({ ...shard(2, 1_000_000), status: 'start' });
  display.onProgress({ ...shard(2, 1_000_000), status: 'tick', detail: 'commit' });
  t.mock.timers.tick(30_000);
  display.onProgress({ ...shard(2, 2_000_000, 61.4), status: 'done', seconds: 35 });
  display.onProgress({ ...shard(2, 2_000_000, 61.4), stage: 'lift', status: 'start' });
  display.onProgress({ ...shard(2, 2_000_000, 50), stage: 'lift', status: 'done', seconds: 12 });
  const join = { what: 'join', index: 1, count: 2 } as const;
  display.onProgress({ ...shard(1, 2_000_000, 38), stage: 'join', part: join, status: 'done', seconds: 13 });
  display.onProgress({ stage: 'finish', status: 'start', cycles: { proved: 3_000_000, total: 3_000_000 } });
  display.done();
  assert.deepEqual(text().split('\n'), [
    '  Going on where an earlier run ended.',
    '  core, shard 2 of 3: 30.0 s so far, commit, 1,000,000 of 3,000,000 cycles',
    '  core, shard 2 of 3: 35.0 s, 2,000,000 of 3,000,000 cycles, about 1 min 1 s left',
    '  lift, shard 2 of 3: 12.0 s, 2,000,000 of 3,000,000 cycles, about 50 s left',
    '  join 1 of 2: 13.0 s, 2,000,000 of 3,000,000 cycles, about 38 s left',
    '  finish: started',
    '',
  ]);
});

test('a terminal shows a long run on the line that moves, and notes on lines of their own', (t) => {
  const { display, text } = collector(t, true);
  display.onProgress({ ...shard(1, 0), status: 'start' });
  display.onProgress({ ...shard(1, 1_000_000, 70), status: 'done', seconds: 35 });
  display.onProgress({ stage: 'run', status: 'note', detail: 'A note that is longer than the forty columns of it.' });
  display.onProgress({ ...shard(2, 1_000_000, 70), status: 'start' });
  display.done();
  const lines = text().split('\n');
  assert.equal(lines.length, 2);
  assert.ok(lines[0]?.endsWith('\r\u001b[K  A note that is longer than the forty columns of it.'), lines[0]);
  assert.ok(lines[0]?.includes('  core, shard 1 of 3: about 1 min 10 s \r'), lines[0]);
  assert.match(lines[0] ?? '', /  core, shard 1 of 3: 0 of 3,000,000 cy\r/);
  assert.ok(text().endsWith('\r\u001b[K'));
});

test('times and sizes are written for people', () => {
  assert.deepEqual([0.004, 9.994, 9.996, 59.94, 59.96, 75, 119.7, 3599.4, 3599.6, 9000].map(formatSeconds), [
    '0.00 s',
    '9.99 s',
    '10.0 s',
    '59.9 s',
    '1 min 0 s',
    '1 min 15 s',
    '2 min 0 s',
    '59 min 59 s',
    '1 h 0 min',
    '2 h 30 min',
  ]);
  assert.equal(formatBytes(260), '260 bytes');
  assert.equal(formatBytes(1_500_000), '1.5 MB');
});
