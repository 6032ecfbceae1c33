/** The scheduler on graphs that grow with a run: what is not run, what is released, and results of earlier runs that are wrong. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { VerificationError, ZkError } from '../../prover/index.ts';
import { type Artifact, type ArtifactId, idOf, makeArtifact } from '../../prover/jobs/artifact.ts';
import { DiskStore } from '../../prover/jobs/disk-store.ts';
import type { Job, JobId } from '../../prover/jobs/job.ts';
import { type JobEvent, schedule } from '../../prover/jobs/scheduler.ts';
import { type ArtifactSource, MemoryStore } from '../../prover/jobs/store.ts';
import { fakeJob, FakeWorker, type Log } from './fake-jobs.ts';

/** What a real execution gives besides its result. */
const shardOf = (i: number): Artifact => makeArtifact('shard', new TextEncoder().encode(`shard ${i}`));

/** An execution that gives shards, a core and a lift for each, joins of two, in the order in which they stream. */
function longRun(count: number) {
  const execute = fakeJob('execute');
  const shards = Array.from({ length: count }, (_, i) => shardOf(i));
  const jobs: Job[] = [execute];
  const cores: Job[] = [];
  const add = (job: Job): Job => {
    jobs.push(job);
    return job;
  };
  const over = (from: number, to: number): Job => {
    if (to - from === 1) {
      const core = add(fakeJob('core', [idOf(shards[from]!)]));
      cores.push(core);
      return add(fakeJob('lift', [core.id], { i: from }));
    }
    const middle = (from + to) >> 1;
    const [left, right] = [over(from, middle), over(middle, to)];
    return add(fakeJob('join', [left.id, right.id]));
  };
  const top = over(0, count);
  const givenBy = new Map<ArtifactId, JobId>(shards.map((shard) => [idOf(shard), execute.id]));
  return { execute, jobs, cores, top, shards, givenBy };
}

/** Its execution gives the shards. */
function shardingWorker(log: Log, shards: readonly Artifact[], before?: (job: Job) => void, ms = 0): FakeWorker {
  return new FakeWorker('w', ['execute', 'core', 'lift', 'join'], log, {
    ms,
    before: (job, { onArtifact }) => {
      before?.(job);
      if (job.kind === 'execute') for (const shard of shards) onArtifact?.(shard);
    },
  });
}

/** Counts what it holds. */
class CountingStore extends MemoryStore {
  readonly #held = new Set<ArtifactId>();
  most = 0;

  override put(artifact: Artifact): Promise<ArtifactId> {
    this.#held.add(idOf(artifact));
    const proofs = [...this.#held].filter((id) => !id.startsWith('shard-'));
    this.most = Math.max(this.most, proofs.length);
    return super.put(artifact);
  }

  override release(id: ArtifactId): Promise<void> {
    this.#held.delete(id);
    return super.release(id);
  }

  get held(): readonly ArtifactId[] {
    return [...this.#held];
  }
}

async function directoryOf(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zkvm-long-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const begun = (log: Log): string[] => log.flatMap((line) => /begins (\w+)/.exec(line)?.[1] ?? []);
const count = (log: Log, kind: string): number => begun(log).filter((name) => name === kind).length;

describe('a long run', () => {
  it('streams: a shard is lifted when it is proved, and joined when its neighbour is', async () => {
    const { jobs, top, shards, givenBy } = longRun(4);
    const log: Log = [];
    await schedule(jobs, {
      workers: [shardingWorker(log, shards)],
      store: new MemoryStore(),
      wanted: [top.id],
      givenBy,
    });
    const pair = ['core', 'lift', 'core', 'lift', 'join'];
    assert.deepEqual(begun(log), ['execute', ...pair, ...pair, 'join']);
  });

  it('holds no more proofs than the tree is high, however many shards there are, and at the end the wanted one', async () => {
    const most = new Map<number, number>();
    for (const n of [4, 64, 256]) {
      const { jobs, top, shards, givenBy } = longRun(n);
      const store = new CountingStore();
      const results = await schedule(jobs, { workers: [shardingWorker([], shards)], store, wanted: [top.id], givenBy });
      assert.deepEqual(
        store.held.filter((id) => !id.startsWith('execute-')),
        [results.get(top.id)],
        `${n} shards`,
      );
      most.set(n, store.most);
    }
    // One finished subtree on each level, a core proof, its lift, and the execution.
    assert.ok((most.get(256) ?? Infinity) <= 8 + 3, String([...most]));
    assert.equal((most.get(256) ?? 0) - (most.get(64) ?? 0), 2);
  });

  it('releases nothing that is wanted, or has the bytes of something that is needed', async () => {
    const [a, b] = [fakeJob('a', [], { n: 1 }), fakeJob('b')];
    // Two jobs that give the same bytes.
    const same = new FakeWorker('w', ['a', 'b', 'c', 'd'], [], { ms: 0 });
    const first = fakeJob('c', [a.id]);
    const second = fakeJob('c', [a.id, b.id]);
    const last = fakeJob('d', [first.id, second.id, a.id]);
    const store = new MemoryStore();
    const jobs = [a, b, first, second, last];
    const results = await schedule(jobs, { workers: [same], store, wanted: [last.id, b.id] });
    const has = await Promise.all(jobs.map(({ id }) => store.has(results.get(id) ?? '')));
    assert.deepEqual(has, [false, true, false, false, true]);
    const twins = [fakeJob('e', [], { n: 1 }), fakeJob('e', [], { n: 2 })];
    const taking = [fakeJob('f', [twins[0]!.id]), fakeJob('g', [twins[1]!.id])];
    const worker = {
      name: 'twins',
      capabilities: { kinds: ['e', 'f', 'g'], threads: 1 },
      close: () => Promise.resolve(),
      run: async (job: Job, from: ArtifactSource) => {
        await Promise.all(job.inputs.map((id) => from.get(id)));
        return makeArtifact(job.kind, new Uint8Array());
      },
    };
    const wanted = taking.map(({ id }) => id);
    await schedule([twins[0]!, taking[0]!, twins[1]!, taking[1]!], {
      workers: [worker],
      store: new MemoryStore(),
      wanted,
    });
  });

  it('goes on after a crash with what covers the most: nothing below a kept join is run', async (t) => {
    const { jobs, top, shards, givenBy, cores } = longRun(8);
    const directory = await directoryOf(t);
    const options = { wanted: [top.id], givenBy };
    const crash = (job: Job): void => {
      if (job.kind === 'core' && job.id === cores[5]?.id) throw new Error('crash');
    };
    const first = shardingWorker([], shards, crash);
    await assert.rejects(schedule(jobs, { ...options, workers: [first], store: new DiskStore(directory) }), /crash/);
    const log: Log = [];
    const kept: string[] = [];
    const left: number[] = [];
    await schedule(jobs, {
      ...options,
      workers: [shardingWorker(log, shards)],
      store: new DiskStore(directory),
      onEvent: ({ job, status }) => void (status === 'kept' && kept.push(job.kind)),
      onLeft: (some) => void left.push(some.length),
    });
    assert.deepEqual(begun(log), ['core', 'lift', 'join', 'core', 'lift', 'core', 'lift', 'join', 'join', 'join']);
    // The join of shards 1 to 4, and the lift of shard 5.
    assert.deepEqual(kept.toSorted(), ['join', 'lift']);
    assert.deepEqual(left, [10]);
  });

  it('executes again when a shard that is needed is gone or damaged, and not when one is that is not needed', async (t) => {
    for (const [at, runs] of [
      [6, 1],
      [0, 0],
    ] as const) {
      for (const damage of [(file: string) => rm(file), (file: string) => truncate(file, 2)]) {
        const { jobs, top, shards, givenBy, cores } = longRun(8);
        const directory = await directoryOf(t);
        const options = { wanted: [top.id], givenBy };
        const first = shardingWorker([], shards, (job) => {
          if (job.id === cores[4]?.id) throw new Error('crash');
        });
        await assert.rejects(
          schedule(jobs, { ...options, workers: [first], store: new DiskStore(directory) }),
          /crash/,
        );
        await damage(path.join(directory, idOf(shards[at]!)));
        const log: Log = [];
        const store = new DiskStore(directory);
        await schedule(jobs, { ...options, workers: [shardingWorker(log, shards)], store });
        assert.deepEqual([count(log, 'execute'), count(log, 'core')], [runs, 4]);
      }
    }
  });

  it('makes a damaged proof again, with what is missing below it, and says which', async (t) => {
    const { jobs, top, shards, givenBy } = longRun(4);
    const directory = await directoryOf(t);
    const options = { wanted: [top.id], givenBy };
    const events: string[] = [];
    const onEvent = (event: JobEvent): void => {
      if (event.status === 'damaged') events.push(`${event.job.kind}: ${event.error.message}`);
    };
    const store = new DiskStore(directory);
    const results = await schedule(jobs, { ...options, workers: [shardingWorker([], shards)], store });
    await truncate(path.join(directory, results.get(top.id) ?? ''), 7);
    const left = jobs.at(-2)!;
    await writeFile(path.join(directory, results.get(left.id) ?? ''), 'another join');
    const log: Log = [];
    const again = await schedule(jobs, { ...options, workers: [shardingWorker(log, shards)], store, onEvent });
    assert.deepEqual(begun(log), ['join', 'join']);
    assert.equal(again.get(top.id), results.get(top.id));
    assert.equal(events.length, 2);
    for (const event of events) assert.match(event, /^join: The stored join result is damaged .*hash/);
  });

  it('makes again what a later job refuses, when it comes from an earlier run; its own work it does not doubt', async (t) => {
    const { jobs, top, shards, givenBy } = longRun(4);
    const refusals = [
      new VerificationError('statement', 'join', 'it is a lie'),
      new ZkError('BAD_KEY', 'Nobody lists its key.'),
      new ZkError('BAD_KIND', 'No program takes it.'),
      new ZkError('BAD_JOB', 'The job takes another kind.'),
      new RangeError('It holds no numbers.'),
    ];
    for (const refusal of refusals) {
      const directory = await directoryOf(t);
      const options = { wanted: [top.id], givenBy };
      const stop = shardingWorker([], shards, (job) => {
        if (job.id === jobs.at(-1)?.id) throw new Error('crash');
      });
      await assert.rejects(schedule(jobs, { ...options, workers: [stop], store: new DiskStore(directory) }), /crash/);
      // A lie with its right hash, as somebody who may write there can make it.
      const poison = makeArtifact('join', new TextEncoder().encode('poison'));
      const left = jobs.find(({ kind }) => kind === 'join')!;
      const store = new DiskStore(directory);
      await store.put(poison);
      await store.keepResult(left.id, idOf(poison));
      const log: Log = [];
      const damaged: string[] = [];
      const worker = new FakeWorker('w', ['execute', 'core', 'lift', 'join'], log, {
        ms: 0,
        before: ({ inputs }) => {
          if (inputs.includes(idOf(poison))) throw refusal;
        },
      });
      const results = await schedule(jobs, {
        ...options,
        workers: [worker],
        store,
        onEvent: ({ job, status }) => void (status === 'damaged' && damaged.push(job.id)),
      });
      // Nobody knows which of its inputs was wrong: both are made again, from the lifts that are there.
      assert.deepEqual(begun(log), ['join', 'join', 'join', 'join']);
      assert.ok(damaged.includes(left.id));
      const text = new TextDecoder().decode((await store.get(results.get(top.id) ?? '')).bytes);
      assert.ok(!text.includes('poison') && text.includes('shard 0') && text.includes('shard 3'), text);
    }
    // What this process made is not in doubt: the error is the run's.
    const lifts = jobs.filter(({ kind }) => kind === 'lift');
    const options = { wanted: [top.id], givenBy };
    let tries = 0;
    const bad = new FakeWorker('bad', ['execute', 'core', 'lift', 'join'], [], {
      ms: 0,
      before: (job, { onArtifact }) => {
        if (job.kind === 'execute') for (const shard of shards) onArtifact?.(shard);
        if (job.id !== lifts[0]?.id) return;
        tries += 1;
        throw new VerificationError('zerocheck', 'core', 'it does not hold');
      },
    });
    await assert.rejects(schedule(jobs, { ...options, workers: [bad], store: new MemoryStore() }), {
      code: 'zerocheck',
    });
    assert.equal(tries, 1);
  });

  it('ends with the error of a disk that is full, keeps what is finished, and goes on from there', async (t) => {
    const { jobs, top, shards, givenBy } = longRun(4);
    const directory = await directoryOf(t);
    const options = { wanted: [top.id], givenBy };
    let room = 11;
    const full = new DiskStore(directory, async (file, bytes) => {
      room -= 1;
      await writeFile(file, room < 0 ? bytes.subarray(0, 3) : bytes);
      if (room < 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    const log: Log = [];
    const running = schedule(jobs, { ...options, workers: [shardingWorker(log, shards)], store: full });
    await assert.rejects(running, {
      name: 'CacheError',
      code: 'CACHE_UNWRITABLE',
      message: /is on a full disk: .*\.$/,
    });
    // Four shards, then result and note of the execution, of a core, of a lift, and the bytes of the second core.
    assert.deepEqual(begun(log), ['execute', 'core', 'lift', 'core']);
    log.length = 0;
    const store = new DiskStore(directory);
    await schedule(jobs, { ...options, workers: [shardingWorker(log, shards)], store });
    assert.deepEqual([count(log, 'execute'), count(log, 'core'), count(log, 'lift'), count(log, 'join')], [0, 3, 3, 3]);
  });

  it('ends at once when the disk is full while shards are given, and no core is begun', async (t) => {
    const { jobs, top, shards, givenBy } = longRun(4);
    const full = new DiskStore(await directoryOf(t), () =>
      Promise.reject(Object.assign(new Error('full'), { code: 'EDQUOT' })),
    );
    const log: Log = [];
    const options = { wanted: [top.id], givenBy, workers: [shardingWorker(log, shards, undefined, 20)], store: full };
    await assert.rejects(schedule(jobs, options), { code: 'CACHE_UNWRITABLE', message: /over its disk quota/ });
    assert.deepEqual(log, ['w begins execute', 'w stops execute']);
  });
});
