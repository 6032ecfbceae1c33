/** Plans of proofs of any length: what they hold, in which order, and the trees of joins. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Job } from '../../prover/jobs/job.ts';
import { type JoinTree, joinTree } from '../../prover/jobs/join-tree.ts';
import { executeJob, joinSizes, plan, type Plan } from '../../prover/jobs/plan.ts';
import type { ProofMode } from '../../prover/index.ts';
import { defaultSystem } from '../../prover/system/default.ts';

const system = defaultSystem();
const named = (kind: string, byte: number): string => `${kind}-${byte.toString(16).padStart(2, '0').repeat(32)}`;
const PROGRAM = named('program', 1);
const INPUT = named('input', 2);
const ENDING = named('ending', 3);
const CAP = named('cap', 4);
const INPUTS = { program: PROGRAM, input: INPUT };
const execute = executeJob(system, INPUTS);

function planOf(mode: ProofMode, shards: number, joins: readonly number[] = [2], cap?: string): Plan {
  const list = Array.from({ length: shards }, (_, i) => ({ id: named('shard', i), cycles: 1000 + i }));
  return plan(system, mode, INPUTS, { shards: list, ending: ENDING }, { joins, cap });
}

const kinds = ({ jobs }: Plan): string => jobs.map(({ kind }) => kind).join(' ');
const count = ({ jobs }: Plan, kind: string): number => jobs.filter((job) => job.kind === kind).length;

/** Leaves in order, and how many children each join has. */
function shapeOf(tree: JoinTree): { leaves: number[]; joins: number[] } {
  if (typeof tree === 'number') return { leaves: [tree], joins: [] };
  const parts = tree.map(shapeOf);
  return {
    leaves: parts.flatMap(({ leaves }) => leaves),
    joins: [...parts.flatMap(({ joins }) => joins), tree.length],
  };
}

describe('trees of joins', () => {
  it('have every span once, in order, and only joins that there are', () => {
    for (const sizes of [[2], [2, 3], [3, 2], [2, 4], [2, 3, 4]]) {
      for (let n = 1; n <= 100; n++) {
        const { leaves, joins } = shapeOf(joinTree(n, sizes));
        assert.deepEqual(
          leaves,
          Array.from({ length: n }, (_, i) => i),
          `${n} by ${sizes.join()}`,
        );
        assert.ok(
          joins.every((size) => sizes.includes(size)),
          `${n} by ${sizes.join()}: ${joins.join()}`,
        );
        // Each join of k makes k - 1 fewer.
        assert.equal(
          joins.reduce((sum, size) => sum + size - 1, 0),
          n - 1,
        );
      }
    }
  });

  it('move an odd one up as it is, and take the largest joins that fit', () => {
    assert.deepEqual(joinTree(5, [2]), [
      [
        [0, 1],
        [2, 3],
      ],
      4,
    ]);
    assert.deepEqual(joinTree(4, [2, 3]), [[0, 1, 2], 3]);
    assert.deepEqual(joinTree(5, [2, 3]), [
      [0, 1, 2],
      [3, 4],
    ]);
    assert.equal(joinTree(1, [2]), 0);
    assert.deepEqual(joinTree(9, [3]), [
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
    ]);
  });

  it('are refused where these joins never come down to one', () => {
    // Threes alone take two from a number each: an even one stays even.
    assert.throws(() => joinTree(2, [3]), RangeError);
    assert.throws(() => joinTree(6, [3]), RangeError);
    assert.throws(() => joinTree(2, []), RangeError);
    assert.throws(() => joinTree(0, [2]), RangeError);
  });

  it('of this version are of joins that its programs have', () => {
    assert.ok(joinSizes(system).includes(2));
    for (let n = 1; n < 40; n++) assert.equal(shapeOf(joinTree(n, joinSizes(system))).leaves.length, n);
  });
});

describe('the plan of a proof', () => {
  it('of one shard takes one recursion proof before wrap', () => {
    assert.equal(kinds(planOf('core', 1)), 'execute core');
    assert.equal(kinds(planOf('compressed', 1)), 'execute core fused');
    assert.equal(kinds(planOf('groth16', 1)), 'execute core fused wrap cap groth16');
    assert.equal(kinds(planOf('groth16', 1, [2], CAP)), 'execute core fused wrap groth16');
  });

  it('of several shards lifts each, joins them and finishes', () => {
    assert.equal(kinds(planOf('core', 3)), 'execute core core core');
    const pair = 'core lift core lift join';
    assert.equal(kinds(planOf('compressed', 2)), `execute ${pair} finish`);
    assert.equal(kinds(planOf('groth16', 3, [2], CAP)), `execute ${pair} core lift join finish wrap groth16`);
    const large = planOf('compressed', 100);
    assert.deepEqual(
      ['core', 'lift', 'join', 'finish'].map((kind) => count(large, kind)),
      [100, 100, 99, 1],
    );
  });

  it('of a program that verified statements checks each, joins them in order, and finishes with them', () => {
    const withChecks = (mode: ProofMode, shards: number, checks: number): Plan =>
      plan(
        system,
        mode,
        INPUTS,
        { shards: Array.from({ length: shards }, (_, i) => ({ id: named('shard', i), cycles: 1000 })), ending: ENDING },
        {
          joins: [2],
          cap: CAP,
          checks: Array.from({ length: checks }, (_, i) => ({ claim: named('claim', i), chain: named('chain', i) })),
        },
      );
    assert.equal(kinds(withChecks('compressed', 1, 1)), 'execute core lift check finish-checked');
    assert.equal(kinds(withChecks('groth16', 1, 2)), 'execute core lift check check join finish-checked wrap groth16');
    const large = withChecks('compressed', 3, 16);
    assert.deepEqual(
      ['core', 'lift', 'check', 'join', 'finish', 'fused', 'finish-checked'].map((kind) => count(large, kind)),
      [3, 3, 16, 2 + 15, 0, 0, 1],
    );
    const checks = large.jobs.filter(({ kind }) => kind === 'check');
    assert.deepEqual(
      checks.map(({ inputs }) => inputs),
      Array.from({ length: 16 }, (_, i) => [named('claim', i), named('chain', i)]),
    );
    // The execution first, then the statements: neither can stand in the other's place.
    const [finish] = large.proofs;
    const [execution, checked, key, ending] = finish!.inputs.map((id) => large.jobs.find((job) => job.id === id));
    const below = (job: Job | undefined): string[] =>
      job === undefined
        ? []
        : [job.kind, ...job.inputs.flatMap((id) => below(large.jobs.find((one) => one.id === id)))];
    assert.ok(below(execution).includes('lift') && !below(execution).includes('check'));
    assert.ok(below(checked).includes('check') && !below(checked).includes('lift'));
    assert.deepEqual([key?.kind, ending], ['core', undefined]);
    assert.throws(() => withChecks('core', 1, 1), RangeError);
  });

  it('has its proofs in the order of the shards, and what tells the key', () => {
    const core = planOf('core', 3);
    assert.deepEqual(
      core.proofs.map(({ inputs }) => inputs[1]),
      [0, 1, 2].map((i) => named('shard', i)),
    );
    assert.equal(core.key, core.proofs[0]);
    assert.deepEqual(planOf('compressed', 1).key.kind, 'core');
    const several = planOf('groth16', 2);
    assert.deepEqual([several.key.kind, several.proofs.map(({ kind }) => kind)], ['core', ['groth16']]);
    assert.deepEqual([...several.cyclesOf.values()], [1000, 1001]);
    assert.deepEqual(
      [...several.givenBy],
      [named('shard', 0), named('shard', 1), ENDING].map((id) => [id, execute.id]),
    );
  });

  it('is plain data whose jobs take what stands before them', () => {
    for (const mode of ['core', 'compressed', 'groth16'] as const) {
      for (const n of [1, 2, 3, 7]) {
        const { jobs } = planOf(mode, n);
        const known = new Set([PROGRAM, INPUT, ENDING, CAP, ...Array.from({ length: n }, (_, i) => named('shard', i))]);
        for (const job of jobs) {
          for (const input of job.inputs)
            assert.ok(known.has(input), `${mode}, ${n} shards: ${job.kind} takes ${input}`);
          assert.ok(!known.has(job.id), 'no job twice');
          known.add(job.id);
        }
        assert.deepEqual(JSON.parse(JSON.stringify(jobs)), jobs);
      }
    }
  });

  it('shares the jobs of the modes, and names them by what they take', () => {
    const ids = ({ jobs }: Plan): Set<string> => new Set(jobs.map(({ id }) => id));
    const [core, compressed, groth16] = (['core', 'compressed', 'groth16'] as const).map((mode) =>
      ids(planOf(mode, 3)),
    );
    assert.ok([...core!].every((id) => compressed!.has(id)));
    assert.ok([...compressed!].every((id) => groth16!.has(id)));
    const limits = [undefined, 5, 6].map((cycleLimit) =>
      executeJob(system, { program: PROGRAM, input: INPUT, cycleLimit }),
    );
    const others = [
      executeJob(system, { program: named('program', 9), input: INPUT }),
      executeJob(system, { program: PROGRAM, input: named('input', 9) }),
    ];
    assert.equal(new Set([...limits, ...others].map(({ id }: Job) => id)).size, 5);
    // A limit that was not reached changes nothing of the rest: it is work that is there.
    const shards = [{ id: named('shard', 0), cycles: 1000 }];
    const core9 = plan(system, 'core', { ...INPUTS, cycleLimit: 5 }, { shards, ending: ENDING });
    assert.equal(core9.proofs[0]?.id, planOf('core', 1).proofs[0]?.id);
  });

  it('is refused without a shard', () => {
    assert.throws(() => planOf('compressed', 0), RangeError);
    assert.throws(() => planOf('core', 0), RangeError);
  });
});
