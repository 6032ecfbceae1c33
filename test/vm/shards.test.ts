/** Executions cut into shards: the same execution wherever it is cut, and shards that other machines can execute again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import {
  countShards,
  execute,
  executeInShards,
  executeRecorded,
  executeShard,
  type Execution,
} from '../../prover/machines/execute.ts';
import { ZkError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { systemWordAddress } from '../../prover/vm/address-map.ts';
import type { ExecutionRecord } from '../../prover/vm/execution-record.ts';
import type { Program } from '../../prover/vm/program.ts';
import { NO_LIMITS } from '../../prover/vm/run/limits.ts';
import type { ShardOptions } from '../../prover/vm/run/execute.ts';
import type { RecordedShard } from '../../prover/vm/run/record.ts';
import { decodeShard, encodeShard } from '../../prover/vm/shard-codec.ts';
import { OPENED_WORDS } from '../../prover/vm/memory-opening.ts';
import { rootOfOpening } from '../../prover/vm/system-opening.ts';
import type { ShardJob } from '../../prover/vm/shard-job.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence, writeSequence } from '../support/guest.ts';
import { Random } from '../support/random.ts';
import { randomProgram } from '../support/random-program.ts';
import { assertHistory } from '../support/records.ts';
import { limitsOf, shardsOf, sizeOf } from '../support/shards.ts';

/** Hints read in pieces, across a block outside the proof that queues one and reads on; two commitments; an exit code. */
const SMALL = loadProgram(
  assemble(`
  _start:
    li t0, 0xf0
    ecall
    mv x20, a0
    la a0, buffer
    li t0, 0xf1
    li a1, 4
    ecall
    ${writeSequence(0x7a02, 'call', 8)}
    li t0, 0xf0
    ecall
    mv x21, a0
    la a0, buffer
    li t0, 0xf1
    li a1, 8
    ecall
    la a0, buffer
    li a1, 4
    ecall
    lw x22, 0(a0)
    li t0, 0xf0
    ecall
    ${writeSequence(1, 'buffer', 4)}
    ${writeSequence(0x7a01, 'span', 2)}
    ${haltSequence('x22')}
  block:
    la a0, buffer
    li t0, 0xf1
    li a1, 8
    ecall
    ${writeSequence(4, 'hint', 4)}
    ${writeSequence(0x7a03, 'hint', 0)}
  .data
  call: .word block, 77
  buffer: .word 0, 0, 0
  hint: .word 0x2a
  span: .ascii "+a"`).elf,
);
const ITEM = Uint8Array.from({ length: 11 }, (_, i) => i + 1);

/** Cuts after these numbers of instructions, and then no more. */
function cutsAt(...cycles: readonly number[]): Partial<ShardOptions> {
  return { shardCycles: (index) => cycles[index] ?? 2 ** 22 - 2 };
}

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

/** All words of a record, for comparison. */
function contents({ families, calls, accesses, quads, nodes, ...rest }: ExecutionRecord): unknown {
  return {
    families: Object.entries(families).map(([name, { words }]) => [name, words]),
    calls: Array.from(calls, ([number, { words }]) => [number, words]),
    others: [accesses, quads, nodes].map(({ words }) => words),
    ...rest,
  };
}

/** Asserts that shards are one execution, and that each can be executed again from the bytes of its job. */
function assertShards(program: Program, shards: readonly RecordedShard[], whole: ExecutionRecord): void {
  const memory = assertHistory(
    program,
    shards.map(({ record }) => record),
  );
  assert.deepEqual(shards.at(-1)?.record.end, whole.end);
  assert.deepEqual(shards[0]?.record.start, whole.start);
  const words = assertHistory(program, [whole]);
  for (let word = 0; word <= 16; word++) {
    assert.equal(memory.get(systemWordAddress(word)), words.get(systemWordAddress(word)), `system word ${word}`);
  }
  for (const [index, { record, job }] of shards.entries()) {
    assert.equal(job.index, index);
    const again = decodeShard(encodeShard(job));
    assert.deepEqual(again, job);
    assert.deepEqual(contents(executeShard(program, again)), contents(record));
  }
}

/** What an execution shows without its profile, on the fast path. */
function plain(program: Program, input: readonly Uint8Array[]): Execution {
  const { rowCounts, instructionMix, ...execution } = execute(program, input);
  assert.deepEqual([rowCounts.length, typeof instructionMix], [program.rom.rows, 'object']);
  return execution;
}

describe('an execution in shards', () => {
  const { record: whole } = executeRecorded(SMALL, [ITEM]);
  assert.ok(whole !== undefined);

  it('is the same when it is cut before every instruction', () => {
    const { shards, execution } = shardsOf(SMALL, [ITEM], { shardCycles: () => 1 });
    assert.equal(shards.length, whole.cycles);
    assert.deepEqual(execution, plain(SMALL, [ITEM]));
    assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0x2a });
    assertShards(SMALL, shards, whole);
  });

  it('is the same at each single place of a cut', () => {
    for (let cut = 1; cut < whole.cycles; cut++) {
      const { shards, execution, systemWords } = shardsOf(SMALL, [ITEM], cutsAt(cut));
      assert.deepEqual(rootOfOpening(systemWords), shards.at(-1)?.record.end.root);
      const limbs = systemWords.quads.flat();
      const opened = Array.from({ length: 20 }, (_, i) => (limbs[2 * i] ?? 0) + 2 ** 16 * (limbs[2 * i + 1] ?? 0));
      // The sha256 of nothing, no chain, the exit code.
      assert.deepEqual(
        [opened[0], opened[7], ...opened.slice(8)],
        [0x42c4b0e3, 0x55b85278, ...zeros(8), 0x2a, 0, 0, 0],
      );
      assert.deepEqual(
        shards.map(({ record }) => record.cycles),
        [cut, whole.cycles - cut],
      );
      assert.deepEqual(execution, plain(SMALL, [ITEM]));
      assertShards(SMALL, shards, whole);
    }
  });

  it('is the same for random programs at random places', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed);
      const program = loadProgram(randomProgram(seed, 200, 'zkvm'));
      const record = executeRecorded(program, []).record ?? assert.fail('no record');
      const { shards, execution } = shardsOf(program, [], { shardCycles: () => 1 + random.below(200) });
      assert.ok(shards.length > 1);
      assert.deepEqual(execution, plain(program, []));
      assertShards(program, shards, record);
    }
  });

  it('gives no last shard when it does not halt, and the same trap', () => {
    const program = loadProgram(assemble('li x1, 5\nnop\nlw x2, 0(x0)').elf);
    const run = executeInShards(program, [], { limits: NO_LIMITS, shardCycles: () => 1 });
    const kinds: string[] = [];
    for (;;) {
      const { done, value } = run.next();
      kinds.push(done === true ? value.outcome.kind : `shard ${value.job.index}`);
      if (done !== true) continue;
      assert.deepEqual(value, plain(program, []));
      break;
    }
    assert.deepEqual(kinds, ['shard 0', 'shard 1', 'trap']);
  });

  it('stops at the cycle limit and at loops without end, wherever it is cut', () => {
    const endless = loadProgram(assemble('loop: j loop').elf);
    const { execution, shards } = countShards(endless, [], { limits: NO_LIMITS, shardCycles: () => 10_000 });
    assert.equal(execution.outcome.kind === 'trap' && execution.outcome.cause, 'never-ends');
    assert.deepEqual([execution.cycles, shards], [2 ** 16, 7]);
    const counting = loadProgram(assemble('loop: addi x1, x1, 1\nj loop').elf);
    for (const cycleLimit of [0, 999, 1000, 1001]) {
      const options = { limits: NO_LIMITS, shardCycles: () => 500, cycleLimit };
      const counted = countShards(counting, [], options);
      assert.deepEqual([counted.execution.outcome, counted.execution.cycles], [{ kind: 'limit' }, cycleLimit]);
      assert.equal(counted.shards, Math.max(1, Math.ceil(cycleLimit / 500)));
    }
  });

  it('refuses shards of no instruction, and limits without room for one', () => {
    const of = (options: ShardOptions) => (): unknown => countShards(SMALL, [ITEM], options);
    assert.throws(of({ limits: NO_LIMITS, shardCycles: () => 0 }), /"shardCycles" expected at least 1/);
    assert.throws(of({ limits: limitsOf(1000) }), /"limits" leave no room for one instruction/);
    assert.throws(of({ limits: limitsOf(2 ** 30, 3) }), /"limits" leave no room for one instruction/);
  });
});

describe('the limits of a shard', () => {
  /** Stores and loads all over 64 MiB, so many rounds, by a linear congruence. */
  const scattered = (rounds: number): Program =>
    loadProgram(
      assemble(`
      li x5, ${rounds}
      lui x6, 0x10000
      lui x7, 0x19661
      addi x7, x7, -403
      lui x8, 0x4000
      addi x8, x8, -4
      loop:
        mul x9, x9, x7
        addi x9, x9, 1013
        srli x10, x9, 4
        and x10, x10, x8
        add x10, x10, x6
        lw x11, 0(x10)
        add x12, x12, x11
        sw x9, 0(x10)
        addi x5, x5, -1
        bnez x5, loop
      ${haltSequence('x0')}`).elf,
    );

  it('hold for memory all over the place, which only takes more shards', () => {
    const program = scattered(1500);
    const counts = [2 ** 18, 2 ** 20, 2 ** 22].map((maxCells) => {
      const { shards, execution } = shardsOf(program, [], { limits: limitsOf(maxCells) });
      assert.equal(execution.cycles, plain(program, []).cycles);
      for (const shard of shards) assert.ok(sizeOf(shard).cells <= maxCells);
      // A cut comes late: with one more doubling of its chips the shard would not fit.
      for (const shard of shards.slice(0, -1)) assert.ok(sizeOf(shard).cells > maxCells / 4, `${sizeOf(shard).cells}`);
      const records = shards.map(({ record }) => record);
      assertHistory(program, records);
      assert.deepEqual(records.at(-1)?.end, executeRecorded(program, []).record?.end);
      assert.equal(countShards(program, [], { limits: limitsOf(maxCells) }).shards, shards.length);
      return shards.length;
    });
    assert.ok(counts[0]! > counts[1]! && counts[1]! > counts[2]!, counts.join(', '));
  });

  it('hold for memory 64 MiB wide that is visited again', { timeout: 120_000 }, () => {
    const program = scattered(40_000);
    const limits = limitsOf(2 ** 25);
    const run = executeInShards(program, [], { limits });
    let shards = 0;
    for (let next = run.next(); next.done !== true; next = run.next()) {
      assert.ok(sizeOf(next.value).cells <= limits.maxCells);
      if (shards++ % 4 === 0) {
        const again = executeShard(program, next.value.job);
        assert.deepEqual(again.end, next.value.record.end);
      }
    }
    assert.ok(shards > 4, `${shards} shards`);
  });

  it('hold for instructions of every mix, hints and heights', () => {
    const seeds = Array.from({ length: 6 }, (_, seed) => loadProgram(randomProgram(seed, 400, 'zkvm')));
    for (const program of seeds) {
      for (const [maxCells, maxLogHeight] of [
        [60_000, 20],
        [2 ** 30, 7],
      ] as const) {
        const { shards } = shardsOf(program, [], { limits: limitsOf(maxCells, maxLogHeight) });
        assert.ok(shards.length > 1);
        for (const shard of shards) {
          const { cells, logHeight } = sizeOf(shard);
          assert.ok(cells <= maxCells && logHeight <= maxLogHeight, `${cells} cells, height ${logHeight}`);
        }
      }
    }
  });

  it('hold for long hints, of which none is read in two shards', () => {
    const reads = Array.from(
      { length: 8 },
      (_, i) => `li t0, 0xf1\nli a0, ${0x10000000 + 16384 * i}\nli a1, 16384\necall`,
    );
    const program = loadProgram(assemble(`${reads.join('\n')}\n${haltSequence(0)}`).elf);
    const item = Uint8Array.from({ length: 8 * 16384 }, (_, i) => i * 31);
    const { shards } = shardsOf(program, [item], { limits: limitsOf(2 ** 21) });
    assert.ok(shards.length > 2);
    for (const shard of shards) assert.ok(sizeOf(shard).cells <= 2 ** 21);
    assertHistory(
      program,
      shards.map(({ record }) => record),
    );
    assert.ok(shards.every(({ job }) => job.hints.length < 4 * 16384));
  });
});

describe('a shard that is executed again', () => {
  const all = shardsOf(SMALL, [ITEM], cutsAt(4, 40));
  const jobs = all.shards.map(({ job }) => job);
  const refuse = (job: ShardJob, what: string, message = /^Shard \d+ is damaged|^The hints of the shard/): void => {
    assert.throws(
      () => executeShard(SMALL, job),
      (error) => error instanceof ZkError && error.code === 'BAD_SHARD' && message.test(error.message),
      what,
    );
  };
  /** A copy with one element changed. */
  function changed<T extends Uint32Array | Uint8Array>(list: T, at: number, change: (value: number) => number): T {
    const copy = list.slice() as T;
    copy[at] = change(copy[at] ?? 0);
    return copy;
  }

  it('is refused with other memory, whatever word of it', () => {
    for (const job of jobs) {
      for (let at = 0; at < job.quads.length; at++) {
        for (const change of [(value: number) => value + 1, (value: number) => value ^ 0x80000000]) {
          refuse({ ...job, quads: changed(job.quads, at, change) }, `word ${at} of shard ${job.index}`);
        }
      }
      for (let at = 0; at < job.quads.length; at += OPENED_WORDS) {
        const rest = [...job.quads];
        rest.splice(at, OPENED_WORDS);
        refuse({ ...job, quads: Uint32Array.from(rest) }, `without quad ${at}`);
      }
      refuse({ ...job, quads: job.quads.subarray(0, -1) }, 'a quad that is cut');
      const another = Uint32Array.from([...job.quads, systemWordAddress(28) / 4, 0, 0, 0, 0]);
      refuse({ ...job, quads: another }, 'a quad more', /touch other memory than it holds/);
      refuse({ ...job, quads: Uint32Array.from([0, 0, 0, 0, 0, ...job.quads]) }, 'a hole', /at quad 0 are unmapped/);
      const twice = Uint32Array.from([...job.quads.subarray(0, OPENED_WORDS), ...job.quads]);
      refuse({ ...job, quads: twice }, 'a quad twice', /not in order/);
    }
  });

  it('is refused with other digests beside its paths', () => {
    for (const job of jobs) {
      for (let at = 0; at < job.siblings.length; at += 3) {
        refuse({ ...job, siblings: changed(job.siblings, at, (value) => (value === 0 ? 1 : value - 1)) }, `${at}`);
      }
      // The same element of the field, written otherwise.
      const small = job.siblings.findIndex((element) => element < 2 ** 24);
      assert.ok(small >= 0);
      refuse({ ...job, siblings: changed(job.siblings, small, (value) => value + P) }, 'element above p', /malformed/);
      refuse({ ...job, siblings: job.siblings.subarray(8) }, 'one fewer');
      refuse(
        { ...job, siblings: Uint32Array.from([...job.siblings, 1, 2, 3, 4, 5, 6, 7, 8]) },
        'one more',
        /more digests/,
      );
    }
  });

  it('is refused with other hints, unless they lead to the same statement', () => {
    let refused = 0;
    assert.ok(jobs.filter(({ hints }) => hints.length > 0).length >= 2);
    for (const job of jobs) {
      for (let at = 0; at < job.hints.length; at++) {
        const other = { ...job, hints: changed(job.hints, at, (value) => value + 1) };
        try {
          // A word that is overwritten, or how much an item has left beyond what is read: another way to the same statement.
          const { start, end } = executeShard(SMALL, other);
          assert.deepEqual({ start, end }, { start: job.start, end: job.end });
        } catch (error) {
          assert.ok(error instanceof ZkError && error.code === 'BAD_SHARD', String(error));
          refused++;
        }
        refuse({ ...job, hints: job.hints.subarray(0, at) }, `only ${at} bytes`);
      }
      refuse({ ...job, hints: Uint8Array.from([...job.hints, 0]) }, 'more', /ask for fewer hints than it holds/);
    }
    const bytes = jobs.reduce((sum, { hints }) => sum + hints.length, 0);
    assert.ok(refused > bytes / 2, `${refused} of ${bytes}`);
  });

  it('is refused with another beginning, length or end', () => {
    for (const job of jobs) {
      const { start, end, cycles } = job;
      for (const pc of [start.pc + 4, start.pc - 4, start.pc + 2, 0, 1, 0xfffffffc]) {
        refuse({ ...job, start: { ...start, pc } }, `start at ${pc}`);
      }
      for (const pc of [end.pc + 4, 0, end.pc === 1 ? 4 : 1]) refuse({ ...job, end: { ...end, pc } }, `end at ${pc}`);
      for (const other of [cycles - 1, cycles + 1, 0, -1, 1.5, NaN, 2 ** 22]) {
        refuse({ ...job, cycles: other }, `${other} instructions`);
      }
      const root = start.root.with(3, (start.root[3] ?? 0) ^ 1);
      refuse({ ...job, start: { ...start, root } }, 'another root before', /starts with other memory/);
      refuse({ ...job, end: { ...end, root } }, 'another root after', /ends with other memory/);
    }
  });

  it('is refused for another program, and in place of another shard', () => {
    const other = loadProgram(assemble(`nop\nnop\nnop\nnop\n${haltSequence(1)}`).elf);
    for (const job of jobs) assert.throws(() => executeShard(other, job), { code: 'BAD_SHARD' });
    const [first, second] = jobs;
    assert.ok(first !== undefined && second !== undefined);
    refuse({ ...first, quads: second.quads, siblings: second.siblings }, 'memory of another');
    refuse({ ...second, start: first.start, end: first.end }, 'statement of another');
  });

  it('does not run blocks outside the proof, whose memory it does not have', () => {
    // The block traps where the word is not 5, and it is 5 only for the host.
    const program = loadProgram(
      assemble(
        `
      ${writeSequence(0x7a02, 'call', 8)}
      ${haltSequence(0)}
      block: lui x5, 0x300
      lw x6, 0(x5)
      li x7, 5
      bne x6, x7, bad
      ${writeSequence(0x7a03, 'call', 0)}
      bad: .word 0
      .data
      call: .word block, 0
      .zero 0x2000
      .word 5`,
        { dataAddress: 0x2fdff8 },
      ).elf,
    );
    const { shards, execution } = shardsOf(program, [], {});
    assert.ok(execution.unconstrainedCycles > 0);
    const [{ job, record } = assert.fail('no shard')] = shards;
    assert.ok(!job.quads.includes(0x300000 / 16), 'the word is not in the job');
    assert.deepEqual(contents(executeShard(program, job)), contents(record));
  });
});

describe('the bytes of a shard', () => {
  const [{ job } = assert.fail('no shard')] = shardsOf(SMALL, [ITEM], {}).shards;
  const bytes = encodeShard(job);
  const refuse = (wrong: Uint8Array): void => assert.throws(() => decodeShard(wrong), { code: 'BAD_SHARD' });

  it('may stand in a larger buffer', () => {
    for (const offset of [0, 1, 3, 4]) {
      const buffer = Buffer.alloc(bytes.length + 8, 0xff);
      buffer.set(bytes, offset);
      assert.deepEqual(decodeShard(buffer.subarray(offset, offset + bytes.length)), job);
    }
  });

  it('are refused when they are cut, too many, or none of a shard', () => {
    for (let length = 0; length < bytes.length; length++) refuse(bytes.subarray(0, length));
    refuse(Uint8Array.from([...bytes, 0]));
    refuse(Uint8Array.from(bytes, (byte, i) => (i === 0 ? byte ^ 1 : byte)));
    const lengths = 4 * 21;
    for (const [at, change] of [
      [lengths, 4],
      [lengths + 4, 8],
      [lengths + 8, 1],
      [lengths + 3, 128],
    ] as const) {
      refuse(Uint8Array.from(bytes, (byte, i) => (i === at ? (byte + change) & 255 : byte)));
    }
    // Lengths that add up, with entries that are cut.
    const words = new Uint32Array(bytes.slice(0, 4 * 24).buffer);
    words[21]! -= 8;
    words[22]! += 8;
    refuse(Uint8Array.from([...new Uint8Array(words.buffer), ...bytes.subarray(4 * 24)]));
  });
});
