import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ZkError } from '../../prover/core/errors.ts';
import { CORE, type Accepted, recursionProgram, type RecursionProgram } from '../../prover/recursion/program.ts';
import { claimKind } from '../../prover/recursion/programs/kinds.ts';
import { fusedProgram } from '../../prover/recursion/programs/fused.ts';
import { wrapKind, wrapProgram } from '../../prover/recursion/programs/wrap.ts';
import { recursionTarget, WRAP_HEIGHTS } from '../../prover/recursion/target.ts';
import { CORE_S, WRAP, WRAP_RATE_6 } from '../../prover/stark/layers.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import {
  controlled,
  coreLayers,
  coreOf,
  defineSystem,
  kindOf,
  syscallsOf,
  type SystemParts,
  withKeys,
} from '../../prover/system/definition.ts';
import { KEY_ROOTS } from '../../prover/system/generated/verifying-keys.ts';
import { controlPosition, controlRootOf, inputOf, keyOf, programOfKey } from '../../prover/system/keys.ts';
import { chooseCore, chooseMachine } from '../../prover/system/tiers.ts';
import { modeSecurityBits } from '../../prover/proofs/verify.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { STANDARD_SYSCALLS } from '../../prover/machines/standard.ts';
import { guest, u32 } from '../support/guests.ts';
import type { CoreMachine } from '../../prover/machines/rv32im/machine.ts';
import { TEST_ONLY_TINY, TEST_ONLY_TINY_LIFTED, testOnlyRecursion } from '../support/test-layers.ts';
import { toyCoreMachine } from '../support/toy-guest.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

describe('the system of this version', () => {
  const system = defaultSystem();

  it('is one value, with a key for every program and nothing else', () => {
    assert.equal(defaultSystem(), system);
    assert.deepEqual(
      Object.keys(KEY_ROOTS),
      system.programs.map(({ id }) => id),
    );
    for (const { id, kind } of system.programs) {
      assert.equal(programOfKey(system, kind.name, keyOf(system, id))?.id, id);
      const other = kind.name === 'claim' ? 'span' : 'claim';
      assert.equal(programOfKey(system, other, keyOf(system, id)), undefined);
    }
  });

  it('has all programs but wrap in its control tree, lift and fused in the order of machines and tiers', () => {
    const of = (name: string): string[] =>
      coreLayers(system).map(({ core, tier }) => `${name}/${core.machine.name}/${tier.id}`);
    assert.deepEqual(
      controlled(system).map(({ id }) => id),
      [...of('lift'), ...of('fused'), 'join', 'check', 'finish', 'finish-checked'],
    );
    assert.match(controlRootOf(system).packed, /^0x00[0-9a-f]{62}$/);
    const wrap = system.programs.find(({ kind }) => kind.name === 'wrap')!;
    assert.throws(() => controlPosition(system, wrap), RangeError);
  });

  it('rests a mode on the weakest of the layers below it', () => {
    const [core, compressed, groth16] = (['core', 'compressed', 'groth16'] as const).map((mode) =>
      modeSecurityBits(system, mode, 'core-s'),
    );
    assert.ok(core! >= compressed! && compressed! >= groth16! && groth16! >= 100);
    for (const mode of ['core', 'compressed', 'groth16'] as const) {
      const byTier = system.tiers.map(({ id }) => modeSecurityBits(system, mode, id));
      assert.equal(modeSecurityBits(system, mode), Math.min(...byTier));
    }
  });

  it('is named only where something starts', () => {
    const files = globSync('prover/**/*.ts', { cwd: ROOT }).filter((file) =>
      /\bdefaultSystem\b/.test(readFileSync(path.join(ROOT, file), 'utf8')),
    );
    assert.deepEqual(files.map((file) => file.split(path.sep).join('/')).toSorted(), [
      'prover/jobs/prover.ts',
      'prover/jobs/workers/thread-entry.ts',
      'prover/proofs/file.ts',
      'prover/proofs/groth16.ts',
      'prover/proofs/room.ts',
      'prover/system/default.ts',
      'prover/system/definition.ts',
    ]);
  });
});

describe('a system', () => {
  const claim = claimKind(
    recursionTarget({
      arithmetic: 12,
      bits: 10,
      packs: 9,
      limbs: 9,
      permutations: 10,
    }),
    testOnlyRecursion('test-only-claim', 13),
  );
  const core = toyCoreMachine('toy');
  const parts = (cores = [core], tiers = [TEST_ONLY_TINY]): SystemParts => ({
    cores,
    tiers,
    programs: coreLayers({ cores, tiers }).map((layer) => fusedProgram(claim, layer.core.machine, layer.tier)),
  });
  const accepting = (...accepts: Accepted[]): RecursionProgram =>
    recursionProgram({ id: 'test', kind: { ...claim, name: 'test' }, accepts, statement: () => [] });
  const claimInput = { kind: 'claim', machine: claim.target.machine, parameters: claim.layer };
  const refuses = (changed: Partial<SystemParts>, message: RegExp): void =>
    assert.throws(
      () => defineSystem({ ...parts(), ...changed }),
      (error) => {
        assert.ok(error instanceof ZkError && error.code === 'BAD_SYSTEM', String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  const withProgram = (program: RecursionProgram): Partial<SystemParts> => ({
    programs: [...parts().programs, program],
  });

  it('is what its parts are', () => {
    const system = defineSystem(parts());
    assert.equal(coreOf(system, 'toy', 'test-only-tiny').core, core);
    for (const [machine, tier] of [
      ['toy', 'core-s'],
      ['rv32im', 'test-only-tiny'],
    ] as const) {
      assert.throws(() => coreOf(system, machine, tier), { code: 'BAD_LAYER' });
    }
    assert.throws(() => kindOf(system, 'wrap'), { code: 'BAD_KIND' });
    // Nothing accepts claims here.
    assert.deepEqual(controlled(system), []);
    const { programs } = parts();
    const accepted = defineSystem({ ...parts(), programs: [...programs, accepting(claimInput)] });
    assert.deepEqual(controlled(accepted), programs);
  });

  it('is refused when its parts do not fit each other', () => {
    refuses({ cores: [] }, /has no core machine/);
    refuses({ tiers: [] }, /has no tier/);
    refuses({ cores: [core, toyCoreMachine('toy')] }, /two of its core machines have the name "toy"/);
    refuses({ tiers: [TEST_ONLY_TINY, TEST_ONLY_TINY] }, /two of its tiers/);
    refuses({ programs: [...parts().programs, ...parts().programs] }, /two of its recursion programs/);
    refuses({ keys: new Map([['other', keyOf(defaultSystem(), 'wrap')]]) }, /key for "other", which is not a program/);
  });

  it('is refused when a program accepts what no program makes, or not as what it is', () => {
    refuses(withProgram(accepting({ ...claimInput, kind: 'unknown' })), /"unknown", which no program makes/);
    refuses(withProgram(accepting({ ...claimInput, kind: CORE })), /core proofs of no core layer/);
    refuses(withProgram(accepting({ ...claimInput, parameters: { ...claim.layer } })), /another machine or layer/);
    refuses(withProgram(accepting({ ...claimInput, machine: core.machine })), /another machine or layer/);
    refuses({ tiers: [TEST_ONLY_TINY_LIFTED] }, /core proofs of no core layer/);
    const wrap = wrapKind(WRAP, WRAP_HEIGHTS);
    const overWrap = accepting({ kind: 'wrap', machine: wrap.target.machine, parameters: WRAP });
    refuses({ programs: [...parts().programs, wrapProgram(wrap, claim), overWrap] }, /hashed over BN254/);
    assert.throws(() => accepting(), { code: 'BAD_SYSTEM' });
  });

  it('is refused when a kind has no name for a leaf, or two meanings', () => {
    for (const name of [CORE, 'empty', 'Lift', '', 'a/b', '1st', 'x'.repeat(33)]) {
      refuses(withProgram({ ...accepting(claimInput), kind: { ...claim, name } }), /not a name for one/);
    }
    refuses(withProgram({ ...accepting(claimInput), kind: { ...claim } }), /define the kind "claim" differently/);
    const rates = [WRAP, WRAP_RATE_6].map((layer) => wrapProgram(wrapKind(layer, WRAP_HEIGHTS), claim));
    refuses(
      { programs: [...parts().programs, ...rates.map((program, i) => ({ ...program, id: `wrap-${i}` }))] },
      /define the kind "wrap" differently/,
    );
  });

  it('is refused where keys mean other things on two of its machines', () => {
    const cores = [core, toyCoreMachine('other', undefined, 'another interface')];
    refuses(parts(cores), /keys mean other things on "other" than on "toy": their interfaces differ/);
  });

  it('has room for 32 keys in its control tree, and says so of one more', () => {
    const cores = Array.from({ length: 11 }, (_, i) => toyCoreMachine(`toy ${i}`));
    const tiers = [TEST_ONLY_TINY, TEST_ONLY_TINY_LIFTED, { ...TEST_ONLY_TINY, id: 'test-only-third' }];
    const all = parts(cores, tiers).programs;
    const wrap = wrapProgram(wrapKind(WRAP, WRAP_HEIGHTS), claim);
    assert.equal(all.length, 33);
    assert.equal(controlled(defineSystem({ cores, tiers, programs: [...all.slice(1), wrap] })).length, 32);
    assert.throws(() => defineSystem({ cores, tiers, programs: [...all, wrap] }), {
      code: 'CONTROL_TREE',
      message:
        /^The system has 33 recursion programs whose proofs others accept, and its control tree has room for 32: /,
    });
  });

  it('says which key is missing, and knows no foreign one', () => {
    const system = defineSystem({ ...parts(), programs: [...parts().programs, accepting(claimInput)] });
    assert.throws(() => keyOf(system, 'test'), {
      code: 'KEY_MISSING',
      message: /"test": run "npm run generate -- keys"/,
    });
    assert.throws(() => controlRootOf(system), { code: 'KEY_MISSING' });
    const key = { machine: 'recursion', root: [1, 2, 3, 4, 5, 6, 7, 8], logHeights: [], positions: [], felts: [] };
    const keyed = withKeys(
      system,
      new Map(system.programs.map(({ id }, i) => [id, { ...key, root: key.root.map((x) => x + i) }])),
    );
    const proof = { kind: 'claim', key: { ...key, root: key.root.map((x) => x + 5) }, publicValues: [] };
    assert.throws(() => inputOf(keyed, { ...proof, proof: {} as never }), { code: 'BAD_KEY' });
  });
});

describe('the machine of an execution', () => {
  const [base, hints] = [toyCoreMachine('base', new Map()), toyCoreMachine('hints')];
  const recordOf = (name: 'add' | 'fibonacci', input: readonly Uint8Array[]) => {
    const { record } = executeRecorded(guest(name), input);
    assert.ok(record !== undefined);
    return record;
  };

  it('is the first that has all its system calls', () => {
    assert.equal(chooseMachine([base, hints], recordOf('add', [])), base);
    assert.equal(chooseMachine([base, hints], recordOf('fibonacci', [u32(5)])), hints);
    assert.equal(chooseMachine([hints, base], recordOf('add', [])), hints);
    assert.throws(() => chooseMachine([base], recordOf('fibonacci', [u32(5)])), {
      code: 'SYSTEM_CALL',
      message: /^No machine of this version proves all system calls of the execution \(.*0xf1.*\): /,
    });
  });

  it('has the same call under a number as all others, and all of their calls may be executed', () => {
    const table = (cores: readonly CoreMachine[]): SystemParts => ({ cores, tiers: [TEST_ONLY_TINY], programs: [] });
    assert.deepEqual(syscallsOf(defineSystem(table([base, hints]))), STANDARD_SYSCALLS);
    const other = new Map([[0xf0, { name: 'OTHER', handle: () => 0 }]]);
    assert.throws(() => defineSystem(table([hints, toyCoreMachine('other', other)])), {
      code: 'BAD_SYSTEM',
      message: /different system calls of number 240/,
    });
  });

  it('comes with the tier that holds it', () => {
    const { core, tier } = chooseCore(defaultSystem(), guest('add'), recordOf('add', []));
    assert.deepEqual([core, tier], [defaultSystem().cores[0], CORE_S]);
  });
});
