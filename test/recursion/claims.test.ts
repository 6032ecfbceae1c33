/** What becomes a claim: the rules of fused and finish, and of finish-checked and check for programs that verify statements. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { READ, UNUSED } from '../../prover/machines/recursion/program.ts';
import { RecursionBackend, type RecursionWires } from '../../prover/recursion/backend.ts';
import { outputOf, type Notes, type ProofInput } from '../../prover/recursion/program.ts';
import { recordProgram, recordRun } from '../../prover/recursion/record.ts';
import { CHECKED_SUBJECT, nextChain } from '../../prover/recursion/statement/chain.ts';
import { EMPTY_CHAIN } from '../../prover/vm/syscalls/chain.ts';
import { claimSlot, exitSlot } from '../../prover/recursion/statement/slot.ts';
import { chainFelts, openedWords } from '../../prover/recursion/statement/system-words.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { controlRootOf, inputOf } from '../../prover/system/keys.ts';
import { coreKeyDigest } from '../../prover/system/program-key.ts';
import type { ProvedLayer } from '../../prover/system/proved-layer.ts';
import { nativeBackend, type NativeWires } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { SystemOpening } from '../../prover/vm/system-opening.ts';
import {
  assertRefused,
  CLAIM,
  CORE_LAYER,
  coreProof,
  digestOf,
  endNotes,
  hasWitness,
  PROGRAMS,
  recursionWorld,
  SPAN,
  type RecursionWorld,
} from '../support/recursion-system.ts';
import { check as checkRows, finish as finishRows, lay } from '../support/recursion.ts';
import {
  TOY_DIGEST,
  toyExecution,
  toyGuestMachine,
  toyMemory,
  toyShard,
  toyEntry,
  type ToyExecution,
} from '../support/toy-guest.ts';

const { check, finish, finishChecked, fused, wrap } = PROGRAMS;
const on = nativeBackend(suiteKoalaBear);
/** The system word of the exit code, and the first of the chain. */
const [EXIT, CHAIN] = [16, 8];
const BEGIN_SHARD = 'the shard begins where the program does';
const END_SHARD = 'the shard ends where the program has halted';
const BEGIN = 'the execution begins where the program does';
const END = 'the execution ends where the program has halted';
const KEY = 'the key is that of the execution';
const MEMORY = 'system words stand in the memory';
const NO_CHAIN = 'the program verified no statements that are not checked';

let world: RecursionWorld;
let root: readonly number[];
before(async () => {
  world = await recursionWorld();
  root = controlRootOf(world.system).felts;
});
after(() => world.close());

const input = (proof: ProvedLayer): ProofInput => inputOf(world.system, proof);
const shardInput = ({ shards }: ToyExecution, index = 0): ProofInput =>
  inputOf(world.system, coreProof(shards[index]!));
const lifted = ({ shards }: ToyExecution, index = 0): ProvedLayer =>
  world.prover.prove('span', [coreProof(shards[index]!)]);
const fusedNotes = ({ words }: ToyExecution): Notes => ({ controlRoot: root, words });
const limbsOf = (words: Readonly<Record<number, number>>, first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => words[first + i] ?? 0).flatMap((word) => [word & 0xffff, word >>> 16]);
const DIGEST_LIMBS = limbsOf(TOY_DIGEST, 0, 8);
/** A changed opening: one limb of a quad. */
const withLimb = (words: SystemOpening, quad: number, limb: number, value: number): SystemOpening => ({
  ...words,
  quads: words.quads.map((felts, k) => (k === quad ? felts.map((x, i) => (i === limb ? value : x)) : felts)),
});

describe('fused', () => {
  it('makes the claim of an execution of one shard, and the same as lift and finish do', () => {
    const execution = toyExecution();
    const run = recordRun(fused, [shardInput(execution)], fusedNotes(execution));
    assert.deepEqual(run.publicValues, [...digestOf(execution), ...DIGEST_LIMBS, ...root]);
    assert.ok(hasWitness(fused, [shardInput(execution)], fusedNotes(execution)));
    const finished = recordRun(finish, [input(lifted(execution))], endNotes(execution));
    assert.deepEqual(finished.publicValues, run.publicValues);
    const proof = world.prover.prove('claim', [coreProof(execution.shards[0]!)], { words: execution.words });
    verifyRecursion(world.system, proof);
    assert.deepEqual(proof.publicValues, run.publicValues);
    const native = fused.statement<NativeWires>(on, [shardInput(execution)], fusedNotes(execution));
    assert.deepEqual(native, run.publicValues);
  });

  it('refuses a first shard that is not at the entry, or on another initial memory', () => {
    const two = toyExecution({ shards: [5, 4] });
    assertRefused(fused, [shardInput(two, 1)], fusedNotes(two), BEGIN_SHARD);
    const end = toyMemory(1, TOY_DIGEST);
    const start = { pc: toyEntry([5]), root: toyMemory(1).root };
    const elsewhere = toyShard(start.pc, toyMemory(2).root, end.root, { start });
    const execution = { shards: [elsewhere], words: end.words };
    assertRefused(fused, [shardInput(execution)], fusedNotes(execution), BEGIN_SHARD);
  });

  it('refuses a last shard that has not halted', () => {
    const two = toyExecution({ shards: [5, 4] });
    const words = toyMemory(1000).words;
    assertRefused(fused, [shardInput(two)], { controlRoot: root, words }, END_SHARD);
  });

  it('refuses the exit code of another shard, and any other word than those of the last memory', () => {
    const execution = toyExecution({ words: { ...TOY_DIGEST, [EXIT]: 3 } });
    const refuses = (words: SystemOpening, why: string): void =>
      assertRefused(fused, [shardInput(execution)], { controlRoot: root, words }, why);
    refuses(toyExecution().words, MEMORY);
    const { words } = execution;
    refuses(withLimb(words, 4, 0, 0), MEMORY);
    refuses(withLimb(words, 0, 3, 9), MEMORY);
    refuses(
      { ...words, siblings: words.siblings.map((node, i) => (i === 20 ? node.map((x) => x ^ 1) : node)) },
      MEMORY,
    );
    refuses({ ...words, rest: [words.rest[1]!, words.rest[0]!] }, MEMORY);
  });

  it('binds every limb, and the node between them and the root, which is a witness', () => {
    /** A prover whose witness of this number is another one. */
    class ForgingBackend extends RecursionBackend {
      readonly forged: number;
      #count = 0;
      constructor(forged: number, strict: boolean) {
        super({ strict });
        this.forged = forged;
      }
      override hintFelt(value: number) {
        return super.hintFelt(this.#count++ === this.forged ? value + 1 : value);
      }
    }
    const { root: memory, words } = toyMemory(1, TOY_DIGEST);
    const open = (forged: number, strict: boolean): boolean => {
      const backend = new ForgingBackend(forged, strict);
      const constant = memory.map((felt) => backend.feltConst(felt));
      const { exitCode } = openedWords<RecursionWires>(backend, constant, words);
      return checkRows(lay(finishRows(backend, exitCode))).ok;
    };
    assert.ok(open(-1, true));
    // Eight elements of the node, then five quads of eight limbs.
    for (let i = 0; i < 48; i++) {
      const why = i < 8 ? MEMORY : 'a quad of system words stands among them';
      assert.throws(
        () => open(i, true),
        (error) => error instanceof VerificationError && error.where === why,
      );
      assert.equal(open(i, false), false, `witness ${i}`);
    }
  });

  it('refuses an opening of another shape: a shorter path leads to another node', () => {
    const execution = toyExecution();
    const { quads, rest, siblings } = execution.words;
    const shapes: SystemOpening[] = [
      { quads, rest, siblings: siblings.slice(1) },
      { quads, rest, siblings: [...siblings, siblings[0]!] },
      { quads: quads.slice(1), rest, siblings },
      { quads, rest: rest.slice(1), siblings },
      { quads: quads.map((quad) => quad.slice(1)), rest, siblings },
      withLimb(execution.words, 1, 1, P),
    ];
    for (const words of shapes) {
      assert.throws(
        () => recordRun(fused, [shardInput(execution)], { controlRoot: root, words }),
        (error) => error instanceof VerificationError && /^(proof-shape|non-canonical)$/.test(error.code),
      );
    }
  });

  it('is not for a program that verified statements, also not where a word of its chain is p', () => {
    for (const words of [{ [CHAIN]: 1 }, { [CHAIN + 7]: 0x10000 }, { [CHAIN + 3]: P }]) {
      const execution = toyExecution({ words: { ...TOY_DIGEST, ...words } });
      assertRefused(fused, [shardInput(execution)], fusedNotes(execution), NO_CHAIN);
    }
  });
});

describe('pitfall 20: the slot of a claim', () => {
  const digest = Array.from({ length: 8 }, (_, i) => 77 + i);
  const slotOf = (limbs: readonly number[], isZero: boolean, strict: boolean) => {
    const backend = new RecursionBackend({ strict });
    const hint = (values: readonly number[]) => values.map((value) => backend.hintFelt(value));
    const slot = claimSlot<RecursionWires>(backend, hint(digest), hint(limbs), isZero);
    return { slot: slot.map(({ value }) => value[0]), ok: () => checkRows(lay(finishRows(backend, slot))).ok };
  };

  it('is the key for exit code 0 alone: not for 1, not for p, which is 0 as a felt', () => {
    assert.deepEqual(slotOf([0, 0], true, true).slot, digest);
    assert.ok(slotOf([0, 0], true, true).ok());
    for (const code of [1, 2 ** 16, 2 ** 32 - 1, P, 0x80000000]) {
      const limbs = [code & 0xffff, code >>> 16];
      const { slot, ok } = slotOf(limbs, false, true);
      assert.deepEqual(slot, exitSlot<NativeWires>(on, digest, limbs));
      assert.ok(ok());
      assert.throws(() => slotOf(limbs, true, true), VerificationError);
      assert.equal(slotOf(limbs, true, false).ok(), false, `code ${code}`);
    }
  });

  it('of another exit code is a hash of both, which fused and finish make', () => {
    for (const code of [1, P]) {
      const execution = toyExecution({ words: { ...TOY_DIGEST, [EXIT]: code } });
      const expected = exitSlot<NativeWires>(on, digestOf(execution), [code & 0xffff, code >>> 16]);
      const { publicValues } = recordRun(fused, [shardInput(execution)], fusedNotes(execution));
      assert.deepEqual(outputOf(CLAIM, publicValues, 'slot'), expected);
      const finished = recordRun(finish, [input(lifted(execution))], endNotes(execution));
      assert.deepEqual(finished.publicValues, publicValues);
    }
  });
});

describe('finish', () => {
  it('refuses a first shard that is not at the entry, or on another initial memory', () => {
    const two = toyExecution({ shards: [5, 4] });
    assertRefused(finish, [input(lifted(two, 1))], endNotes(two), BEGIN);
    const end = toyMemory(1, TOY_DIGEST);
    const start = { pc: toyEntry([5]), root: toyMemory(1).root };
    const elsewhere = toyShard(start.pc, toyMemory(2).root, end.root, { start });
    const execution = { shards: [elsewhere], words: end.words };
    assertRefused(finish, [input(lifted(execution))], endNotes(execution), BEGIN);
  });

  it('refuses a last shard that has not halted, and the exit code of another shard', () => {
    const two = toyExecution({ shards: [5, 4] });
    assertRefused(finish, [input(lifted(two))], { ...endNotes(two), words: toyMemory(1000).words }, END);
    const execution = toyExecution({ words: { ...TOY_DIGEST, [EXIT]: 3 } });
    const span = input(lifted(execution));
    assertRefused(finish, [span], { ...endNotes(execution), words: toyExecution().words }, END);
    const changed = withLimb(execution.words, 4, 0, 0);
    assertRefused(finish, [span], { ...endNotes(execution), words: changed }, END);
  });

  it('refuses every field of a key that is not that of the execution', () => {
    const execution = toyExecution();
    const span = input(lifted(execution));
    const notes = endNotes(execution);
    let changes = 0;
    for (const [name, felts] of Object.entries(notes.key) as [keyof typeof notes.key, readonly number[]][]) {
      for (const i of felts.keys()) {
        const key = { ...notes.key, [name]: felts.map((x, j) => (i === j ? x + 1 : x)) };
        assert.throws(
          () => recordRun(finish, [span], { ...notes, key }),
          (error) => error instanceof VerificationError && error.where === KEY,
          `${name} ${i}`,
        );
        changes++;
      }
    }
    assert.ok(changes >= 3 + 8 + 1 + 1 + 9);
    assertRefused(finish, [span], { ...notes, key: { ...notes.key, shape: [1, 2, 3] } }, KEY);
    assert.throws(() => recordRun(finish, [span], { ...notes, key: { ...notes.key, felts: [P] } }), {
      code: 'non-canonical',
    });
    assert.throws(() => recordRun(finish, [span], { key: notes.key }), RangeError);
  });

  it('refuses a key of another interface digest, which lift and fused do not give', () => {
    const machine = toyGuestMachine('toy guest', 'another meaning');
    const layer = { ...CORE_LAYER, core: { ...CORE_LAYER.core, machine } };
    const execution = toyExecution();
    const foreign = coreKeyDigest(layer, execution.shards[0]!.provingKey.key);
    const own = lifted(execution);
    assert.notDeepEqual(outputOf(SPAN, own.publicValues, 'subject'), foreign);
    const fusedRun = recordRun(fused, [shardInput(execution)], fusedNotes(execution));
    assert.notDeepEqual(outputOf(CLAIM, fusedRun.publicValues, 'slot'), foreign);
    // Where a span says all the same that it is of such a key, the one behind it has another digest.
    const [before, after] = (['before', 'after'] as const).map((name) => outputOf(SPAN, own.publicValues, name));
    const span = world.say(SPAN, foreign, before!, after!, root);
    assertRefused(finish, [input(span)], endNotes(execution), KEY);
    recordRun(finish, [input(world.say(SPAN, digestOf(execution), before!, after!, root))], endNotes(execution));
  });

  it('refuses a span of checked statements', () => {
    const execution = toyExecution();
    const checked = world.say(SPAN, CHECKED_SUBJECT, EMPTY_CHAIN, EMPTY_CHAIN, root);
    assertRefused(finish, [input(checked)], endNotes(execution), KEY);
  });

  it('is not for a program that verified statements, also not where a word of its chain is p', () => {
    for (const words of [{ [CHAIN]: 1 }, { [CHAIN + 7]: P }]) {
      const execution = toyExecution({ words: { ...TOY_DIGEST, ...words } });
      assertRefused(finish, [input(lifted(execution))], endNotes(execution), NO_CHAIN);
    }
  });
});

describe('a program that verified two statements', () => {
  const CHECKED = 'the second span is of checked statements';
  const FIRST = 'checked statements begin with the empty chain';
  const LAST = 'the checked statements are those that the program verified';
  const [one, two] = [toyExecution({ seed: 2 }), toyExecution({ seed: 3, words: { ...TOY_DIGEST, 0: 5 } })];
  const failing = (code: number): ToyExecution => toyExecution({ seed: 2, words: { ...TOY_DIGEST, [EXIT]: code } });
  const limbs = new Map([
    [one, DIGEST_LIMBS],
    [two, limbsOf({ ...TOY_DIGEST, 0: 5 }, 0, 8)],
  ]);
  const chainOf = (...statements: readonly ToyExecution[]): readonly number[] =>
    statements.reduce<readonly number[]>(
      (chain, statement) => nextChain<NativeWires>(on, chain, digestOf(statement), limbs.get(statement)!),
      EMPTY_CHAIN,
    );
  const chain = chainOf(one, two);
  const execution = toyExecution({
    words: { ...TOY_DIGEST, ...Object.fromEntries(chain.map((felt, i) => [CHAIN + i, felt])) },
  });
  let claims: Map<ToyExecution, ProvedLayer>;
  let span: ProvedLayer;
  const claimOf = (statement: ToyExecution): ProvedLayer =>
    world.prover.prove('claim', [coreProof(statement.shards[0]!)], { words: statement.words });
  /** The checked span of some claims, one after another. */
  const checkedSpan = (...list: readonly ProvedLayer[]): ProvedLayer => {
    let whole: ProvedLayer | undefined;
    let reached: readonly number[] = EMPTY_CHAIN;
    for (const claim of list) {
      const link = world.prover.prove('span', [claim], { chain: reached });
      reached = outputOf(SPAN, link.publicValues, 'after');
      whole = whole === undefined ? link : world.prover.prove('span', [whole, link]);
    }
    return whole!;
  };
  const refuses = (checked: ProvedLayer, why: string): void =>
    assertRefused(finishChecked, [input(span), input(checked)], endNotes(execution), why);

  before(() => {
    claims = new Map([one, two].map((statement) => [statement, claimOf(statement)]));
    span = lifted(execution);
  });

  it('has a claim with the span of both, in their order', () => {
    const checked = checkedSpan(claims.get(one)!, claims.get(two)!);
    assert.deepEqual(checked.publicValues, [...CHECKED_SUBJECT, ...EMPTY_CHAIN, ...chain, ...root]);
    const claim = world.prover.prove('claim', [span, checked], endNotes(execution));
    verifyRecursion(world.system, claim);
    assert.deepEqual(claim.publicValues, [...digestOf(execution), ...DIGEST_LIMBS, ...root]);
    verifyRecursion(world.system, world.prover.prove('wrap', [claim]));
  });

  it('has none where finish or fused is taken', () => {
    assertRefused(finish, [input(span)], endNotes(execution), NO_CHAIN);
    assertRefused(fused, [shardInput(execution)], fusedNotes(execution), NO_CHAIN);
  });

  it('has none in another order, with one missing, with one twice', () => {
    const [first, second] = [claims.get(one)!, claims.get(two)!];
    refuses(checkedSpan(second, first), LAST);
    refuses(checkedSpan(first), LAST);
    // What checks and joins of other lists would say.
    for (const list of [[two], [one, two, two], [one, one, two], []]) {
      refuses(world.say(SPAN, CHECKED_SUBJECT, EMPTY_CHAIN, chainOf(...list), root), LAST);
    }
    // The end of the chain alone reaches it, from elsewhere.
    refuses(world.prover.prove('span', [second], { chain: chainOf(one) }), FIRST);
  });

  it('has none with one that ended with exit code 1 or p', () => {
    for (const code of [1, P]) {
      const statement = failing(code);
      // The same key and public values: only the end differs.
      assert.deepEqual(digestOf(statement), digestOf(one));
      refuses(checkedSpan(claimOf(statement), claims.get(two)!), LAST);
    }
  });

  it('has none with another span than one of checked statements', () => {
    refuses(world.say(SPAN, digestOf(one), EMPTY_CHAIN, chain, root), CHECKED);
    // And as the execution of a program.
    const checked = world.say(SPAN, CHECKED_SUBJECT, EMPTY_CHAIN, chain, root);
    assertRefused(finishChecked, [input(checked), input(checked)], endNotes(execution), KEY);
  });

  it('has none where a word of the chain is p or more', () => {
    const sum = (words: Readonly<Record<number, number>>) => {
      const backend = new RecursionBackend({ strict: true });
      const { root: memory, words: opening } = toyMemory(1, words);
      const opened = openedWords<RecursionWires>(
        backend,
        memory.map((felt) => backend.hintFelt(felt)),
        opening,
      );
      return chainFelts<RecursionWires>(backend, opened).map(({ value }) => value[0]);
    };
    for (const word of [0, 1, 0xffff, 0x10000, P - 1, P - 2, 127 * 2 ** 24 - 1]) {
      assert.equal(sum({ [CHAIN + 2]: word })[2], word);
    }
    for (const word of [P, P + 1, P + 0x10000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
      assert.throws(() => sum({ [CHAIN + 2]: word }), VerificationError, `${word}`);
    }
    // The felts are those of the checked span; the words are not.
    const felts = chain.map((felt, i) => (i === 0 ? felt % 1000 : felt));
    const words = Object.fromEntries(felts.map((felt, i) => [CHAIN + i, i === 0 ? felt + P : felt]));
    const overfull = toyExecution({ words: { ...TOY_DIGEST, ...words } });
    const said = input(world.say(SPAN, CHECKED_SUBJECT, EMPTY_CHAIN, felts, root));
    assertRefused(finishChecked, [input(lifted(overfull)), said], endNotes(overfull), 'a word of the chain is below p');
  });
});

describe('check', () => {
  it('refuses a replaced statement', () => {
    const claim = input(world.say(CLAIM, digestOf(toyExecution()), DIGEST_LIMBS, root));
    const notes = { chain: EMPTY_CHAIN };
    assert.ok(hasWitness(check, [claim], notes));
    for (const i of [0, 7, 8, 23]) {
      const publicValues = claim.publicValues.map((value, j) => (i === j ? value + 1 : value));
      assert.throws(() => recordRun(check, [{ ...claim, publicValues }], notes), VerificationError);
      assert.equal(hasWitness(check, [{ ...claim, publicValues }], notes), false);
    }
  });

  it('has no replaced sibling: it hashes the chain by sponge rows, which leave nothing free', () => {
    const rows = (program: typeof check, mode: number): number =>
      recordProgram(program).permutations.secondMode.filter((second) => second === mode).length;
    // wrap verifies the same claim and hashes nothing.
    assert.equal(rows(check, UNUSED), rows(wrap, UNUSED));
    assert.equal(rows(check, READ), rows(wrap, READ) + 4);
  });

  it('refuses felts of p and more', () => {
    const claim = input(world.say(CLAIM, digestOf(toyExecution()), DIGEST_LIMBS, root));
    assert.throws(() => recordRun(check, [claim], { chain: [P, 0, 0, 0, 0, 0, 0, 0] }), { code: 'non-canonical' });
    const publicValues = [P, ...claim.publicValues.slice(1)];
    assert.throws(() => recordRun(check, [{ ...claim, publicValues }], { chain: EMPTY_CHAIN }), {
      code: 'non-canonical',
    });
  });
});
