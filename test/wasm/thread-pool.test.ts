import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { MemoryLimitError } from '../../prover/wasm/arena.ts';
import { ModuleBuilder } from '../../prover/wasm/emitter.ts';
import { i32, i32x4, v128 } from '../../prover/wasm/instructions.ts';
import { wasm } from '../../prover/wasm/web-assembly.ts';
import { ThreadPoolError, createThreadPool, splitRange } from '../../prover/wasm/thread-pool.ts';

/** `fill(ptr, count, value)` writes `value` into count words, four at a time; `trap` always traps. */
function sampleModule(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder();
  m.func('fill', { ptr: 'i32', count: 'i32', value: 'i32' }, (f, { ptr, count, value }) => {
    const lanes = f.let(i32x4.splat(value));
    const end = f.let(i32.add(ptr, i32.shl(count, i32.const(2))));
    f.for(ptr, end, 16, (at) => f.storeV128(at, lanes));
  });
  m.func('trapUnlessZero', { value: 'i32' }, (f, { value }) => {
    f.if(i32.ne(value, i32.const(0)), () => f.set(f.local('i32'), i32.load(i32.const(-4))));
  });
  m.func('useScratch', { out: 'i32', value: 'i32' }, (f, { out, value }) => {
    f.storeI32(f.scratch, value);
    const vector = f.let(v128.load32Splat(f.scratch));
    f.storeV128(out, vector);
  });
  return m.bytes();
}

test('an emitted module validates', () => {
  assert.ok(wasm.validate(sampleModule()));
});

for (const threads of [1, 2, 3]) {
  test(`jobs run once each, on ${threads} thread(s), after growth and late loading`, async () => {
    const pool = await createThreadPool({ threads });
    try {
      const first = pool.load(sampleModule());
      const jobs = 1000;
      const ptr = pool.arena.alloc(jobs * 64);
      pool.run(
        first,
        'fill',
        Array.from({ length: jobs }, (_, i) => [ptr + 64 * i, 16, i]),
      );
      const words = pool.arena.u32(ptr, jobs * 16);
      for (let i = 0; i < words.length; i++) assert.equal(words[i], i >> 4);
      // Memory that did not exist when the workers started.
      const far = pool.arena.alloc(64 << 20);
      const second = pool.cached('sample', sampleModule);
      assert.equal(pool.cached('sample', sampleModule), second);
      pool.run(
        second,
        'fill',
        Array.from({ length: 64 }, (_, i) => [far + (i << 20), 1 << 18, 0x80000000 + i]),
      );
      const grown = pool.arena.u32(far, 16 << 20);
      for (let i = 0; i < grown.length; i += 1024) assert.equal(grown[i], 0x80000000 + (i >> 18));
      const out = pool.arena.alloc(16 * 100);
      pool.run(
        second,
        'useScratch',
        Array.from({ length: 100 }, (_, i) => [out + 16 * i, i]),
      );
      const results = pool.arena.u32(out, 400);
      for (let i = 0; i < 400; i++) assert.equal(results[i], i >> 2);
    } finally {
      await pool.close();
    }
  });

  test(`a failing job surfaces and the pool stays usable (${threads} thread(s))`, async () => {
    const pool = await createThreadPool({ threads });
    try {
      const module = pool.load(sampleModule());
      for (let turn = 0; turn < 50; turn++) {
        const bad = Array.from({ length: 64 }, (_, i) => [i === turn ? 1 : 0]);
        assert.throws(() => pool.run(module, 'trapUnlessZero', bad), { code: 'POOL_FAILED' });
        pool.run(
          module,
          'trapUnlessZero',
          bad.map(() => [0]),
        );
      }
      assert.throws(() => pool.run(module, 'nothing', [[0]]), { code: 'POOL_KERNEL' });
      assert.throws(() => pool.run(module, 'fill', [[0]]), RangeError);
    } finally {
      await pool.close();
    }
    await pool.close();
    assert.throws(
      () => pool.load(sampleModule()),
      (error) => error instanceof ThreadPoolError && error.code === 'POOL_CLOSED',
    );
  });
}

test('the arena is a stack with a limit', async () => {
  const pool = await createThreadPool({ threads: 1, memoryLimitBytes: 4 << 20 });
  const { arena } = pool;
  const mark = arena.mark();
  const a = arena.alloc(1);
  const b = arena.alloc(100);
  assert.equal(b - a, 64);
  assert.equal(
    arena.scope(() => arena.alloc(1000)),
    b + 128,
  );
  assert.throws(() => arena.alloc(8 << 20), MemoryLimitError);
  assert.equal(arena.alloc(0), b + 128);
  arena.u32(a, 1)[0] = 7;
  arena.release(mark);
  assert.equal(arena.allocZeroed(64), a);
  assert.equal(arena.u32(a, 1)[0], 0);
  assert.throws(() => arena.release((arena.mark() + 64) as typeof mark), RangeError);
  await pool.close();
});

test('a process ends by itself, with and without close', () => {
  const pool = new URL('../../prover/wasm/thread-pool.ts', import.meta.url).href;
  for (const ending of ['await pool.close();', '']) {
    const source = `import { createThreadPool } from '${pool}'; const pool = await createThreadPool({ threads: 3 }); ${ending}`;
    execFileSync(process.execPath, ['--input-type=module', '-e', source], { timeout: 20000 });
  }
});

test('splitRange covers the range once', () => {
  for (const [count, threads, grain] of [
    [1, 2, 16],
    [1000, 2, 16],
    [4096, 1, 64],
    [17, 3, 4],
    [0, 2, 4],
  ] as const) {
    let next = 0;
    for (const [start, end] of splitRange(count, threads, grain)) {
      assert.equal(start, next);
      assert.ok(end > start && start % grain === 0);
      next = end;
    }
    assert.equal(next, count);
  }
});
