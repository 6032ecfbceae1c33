import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadProgram, speedscopeFile, symbolsOfElf } from '../../prover/index.ts';
import { EVENT_LIMIT } from '../../prover/profile/call-tree.ts';
import { executeProfiled, type Profile } from '../../prover/profile/profile.ts';
import { assembleWithSymbols } from '../elf/symbol-table.ts';

type File = {
  $schema: string;
  shared: { frames: { name: string }[] };
  profiles: {
    type: string;
    unit: string;
    startValue: number;
    endValue: number;
    events: { type: string; frame: number; at: number }[];
    samples: number[][];
    weights: number[];
  }[];
};

function profileOf(rounds: number): Profile {
  const source = `_start: li s0, ${rounds}
    loop: jal ra, f
    addi s0, s0, -1
    bnez s0, loop
    ebreak
    f: nop
    ret`;
  const { elf } = assembleWithSymbols(source, ['_start', 'f']);
  return executeProfiled(loadProgram(elf), [], symbolsOfElf(elf)).profile;
}

const read = (profile: Profile): File => JSON.parse(speedscopeFile(profile, 'test')) as File;

test('few calls give an evented profile', () => {
  const { shared, profiles } = read(profileOf(2));
  assert.deepEqual(shared.frames, [{ name: '_start' }, { name: 'f' }]);
  assert.deepEqual(profiles, [
    {
      type: 'evented',
      name: 'test',
      unit: 'none',
      startValue: 0,
      endValue: 11,
      events: [
        { type: 'O', frame: 0, at: 0 },
        { type: 'O', frame: 1, at: 2 },
        { type: 'C', frame: 1, at: 4 },
        { type: 'O', frame: 1, at: 7 },
        { type: 'C', frame: 1, at: 9 },
        { type: 'C', frame: 0, at: 11 },
      ],
    },
  ]);
});

test('many calls give a sampled profile with all cycles', () => {
  const rounds = EVENT_LIMIT;
  const profile = profileOf(rounds);
  const file = read(profile).profiles[0];
  assert.equal(file?.type, 'sampled');
  assert.deepEqual(file.samples, [[0], [0, 1]]);
  assert.deepEqual(file.weights, [profile.cycles - 2 * rounds, 2 * rounds]);
  assert.equal(file.endValue, profile.cycles);
});

test('the largest trees give files of a few megabytes', () => {
  const nodes = 2 ** 17;
  const profile: Profile = {
    cycles: nodes,
    names: ['f'],
    hasNames: true,
    functionOf: () => undefined,
    functions: [],
    tree: {
      // Paths of 512 nodes, each branching off the entry.
      parent: Int32Array.from({ length: nodes }, (_, i) => (i === 0 ? -1 : i % 511 === 1 ? 0 : i - 1)),
      function: new Int32Array(nodes),
      calls: new Float64Array(nodes).fill(1),
      self: new Float64Array(nodes).fill(1),
      isCut: true,
      events: undefined,
    },
  };
  const text = speedscopeFile(profile, 'large');
  assert.ok(text.length < 10_000_000, `${text.length} characters`);
  const weights = (JSON.parse(text) as File).profiles[0]?.weights ?? [];
  assert.equal(
    weights.reduce((total, weight) => total + weight, 0),
    nodes,
  );
});
