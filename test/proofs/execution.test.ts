/** What the native verifier refuses of core proofs in shards, and of claims. Attacks are named as in docs/recursion-programs.md. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bytesToHex } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { VerificationError } from '../../prover/core/errors.ts';
import { P } from '../../prover/field/koalabear.ts';
import { ProofFileError, type Proof } from '../../prover/index.ts';
import { encodeBody } from '../../prover/proofs/body.ts';
import { executionStatement, verifyShards } from '../../prover/proofs/execution.ts';
import { decodeExecution, encodeExecution, largestBody, MAX_SHARDS } from '../../prover/proofs/execution-body.ts';
import { proofText } from '../../prover/proofs/file.ts';
import { publicLimbs, verifyCompressed, verifyCore } from '../../prover/proofs/verify.ts';
import { controlRootOf } from '../../prover/system/keys.ts';
import { coreKeyDigest } from '../../prover/system/program-key.ts';
import { keyElements, packDigest } from '../../prover/vm/packed-digest.ts';
import type { ExecutionProof, ProvedLayer } from '../../prover/system/proved-layer.ts';
import {
  CLAIM,
  CORE_LAYER,
  coreProof,
  digestOf,
  endNotes,
  executionProof,
  recursionWorld,
  type RecursionWorld,
} from '../support/recursion-system.ts';
import {
  toyEntry,
  toyExecution,
  toyGuestMachine,
  toyMemory,
  toyShard,
  type ToyExecution,
} from '../support/toy-guest.ts';

const PUBLIC_VALUES = Uint8Array.of(1, 2, 3);
const LIMBS = publicLimbs(PUBLIC_VALUES);
/** The system words that commit the public values, and an exit code. */
const wordsOf = (exitCode = 0): Record<number, number> => ({
  ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, LIMBS[2 * i]! + 0x10000 * LIMBS[2 * i + 1]!])),
  16: exitCode,
});

let world: RecursionWorld;
before(async () => {
  world = await recursionWorld();
});
after(() => world.close());

const good = toyExecution({ shards: [5, 4, 3], words: wordsOf() });
const proof = executionProof(good);
const statementOf = (execution: ToyExecution, mode: Proof['mode'], bytes: Uint8Array, exitCode = 0) => ({
  format: 'hardhat-zkvm-proof' as const,
  version: 1 as const,
  mode,
  vkey: packDigest(digestOf(execution)),
  publicValues: `0x${bytesToHex(PUBLIC_VALUES)}` as const,
  exitCode,
  proof: proofText(bytes),
});
const refused = (code: string) => (error: unknown) => {
  assert.ok(error instanceof VerificationError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, /^[A-Z][^\n]*\.$/);
  return true;
};

describe('a core proof in shards', () => {
  const refuses = (code: string, changed: Partial<ExecutionProof>): void => {
    const { system } = world;
    assert.throws(() => executionStatement(system, { ...proof, ...changed }), refused(code));
    // As it stands in a file: with nothing else wrong in it.
    if ((changed.shards ?? proof.shards).length === 0) return;
    const bytes = encodeExecution(system, { ...proof, ...changed });
    assert.throws(() => verifyCore(system, statementOf(good, 'core', bytes)), refused(code));
  };
  const [a, b, c] = proof.shards as [
    ExecutionProof['shards'][0],
    ExecutionProof['shards'][0],
    ExecutionProof['shards'][0],
  ];

  it('verifies, whatever the number of shards', () => {
    for (const shards of [[5], [5, 4], [5, 4, 3]]) {
      const execution = toyExecution({ shards, words: wordsOf() });
      const bytes = encodeExecution(world.system, executionProof(execution));
      verifyCore(world.system, statementOf(execution, 'core', bytes));
      assert.deepEqual(decodeExecution(world.system, bytes), executionProof(execution));
    }
    assert.deepEqual(executionStatement(world.system, proof), {
      keyDigest: digestOf(good),
      exitCode: [0, 0],
      publicDigest: LIMBS,
    });
    assert.equal(LIMBS[0]! + 256 * 256 * LIMBS[1]!, new DataView(sha256(PUBLIC_VALUES).buffer).getUint32(0, true));
  });

  it('is refused with shards swapped', () => {
    refuses('state-chain', { shards: [a, c, b] });
    refuses('first-state', { shards: [b, a, c] });
  });
  it('is refused with a shard repeated', () => {
    refuses('state-chain', { shards: [a, a, b, c] });
    refuses('state-chain', { shards: [a, b, c, c] });
  });
  it('is refused with a shard missing', () => {
    refuses('state-chain', { shards: [a, c] });
    refuses('first-state', { shards: [b, c] });
    refuses('not-halted', { shards: [a, b] });
    refuses('shards', { shards: [] });
  });
  it('is refused with shards of two programs', () => {
    // The same states in both; the other program begins elsewhere.
    const middle = good.shards[1]!.publicValues;
    const start = { pc: 3, root: toyMemory(9).root };
    const other = toyShard(middle[0]!, middle.slice(1, 9), middle.slice(10, 18), { steps: 4, start });
    refuses('shard-key', { shards: [a, coreProof(other), c] });
  });
  it('is refused with a first shard that is not at the entry, or on another initial memory', () => {
    const start = { pc: toyEntry([5]), root: toyMemory(1).root };
    const end = toyMemory(1, wordsOf());
    const elsewhere = toyShard(start.pc, toyMemory(2).root, end.root, { start });
    refuses('first-state', { shards: [coreProof(elsewhere)], words: end.words });
    refuses('first-state', { shards: [c] });
  });
  it('is refused with a last shard that has not halted', () => refuses('not-halted', { shards: [a] }));
  it('is refused with the exit code of another shard, and any other words than those of the last memory', () => {
    const { quads, rest, siblings } = proof.words;
    refuses('system-words', { words: toyMemory(1, wordsOf(3)).words });
    refuses('system-words', { words: toyMemory(1001).words });
    refuses('system-words', { words: { quads, rest, siblings: siblings.toReversed() } });
    for (const words of [
      { quads, rest, siblings: siblings.slice(1) },
      { quads: quads.slice(1), rest, siblings },
    ]) {
      assert.throws(() => executionStatement(world.system, { ...proof, words }), refused('system-words'));
    }
  });
  it('is refused where the program verified statements, of which it carries none', () => {
    for (const word of [1, P, 2 ** 31]) {
      const execution = toyExecution({ words: { ...wordsOf(), 11: word } });
      refuses('unchecked-statements', executionProof(execution));
    }
  });
  it('is refused for another program, exit code or public values', () => {
    const bytes = encodeExecution(world.system, proof);
    const statement = statementOf(good, 'core', bytes);
    const changes = [
      { vkey: packDigest(digestOf(toyExecution({ seed: 4 }))) },
      { exitCode: 1 },
      { publicValues: '0x' as const },
    ];
    for (const change of changes) {
      assert.throws(() => verifyCore(world.system, { ...statement, ...change }), refused('statement'));
    }
    const failed = toyExecution({ words: wordsOf(0x10001) });
    const failure = statementOf(failed, 'core', encodeExecution(world.system, executionProof(failed)), 0x10001);
    verifyCore(world.system, failure);
    assert.throws(() => verifyCore(world.system, { ...failure, exitCode: 0 }), refused('statement'));
  });
  it('is refused with a key of another interface digest', () => {
    // The same Rom, entry and memory, on a machine where they mean something else: the key of another program.
    const machine = toyGuestMachine('toy guest', 'another meaning');
    const layer = { ...CORE_LAYER, core: { ...CORE_LAYER.core, machine } };
    const vkey = packDigest(coreKeyDigest(layer, good.shards[0]!.provingKey.key));
    const statement = statementOf(good, 'core', encodeExecution(world.system, proof));
    assert.notEqual(vkey, statement.vkey);
    assert.throws(() => verifyCore(world.system, { ...statement, vkey }), refused('statement'));
  });
  it('is refused with any shard that does not verify, and with felts of p and more', () => {
    for (const i of [0, 1, 2]) {
      const shards = proof.shards.map((shard, j) => {
        const [x, ...limbs] = shard.proof.oodValue;
        const oodValue = [(x + 1) % P, ...limbs] as unknown as typeof shard.proof.oodValue;
        return i === j ? { ...shard, proof: { ...shard.proof, oodValue } } : shard;
      });
      assert.throws(() => verifyShards(world.system, { ...proof, shards }), VerificationError);
      const bytes = encodeExecution(world.system, { ...proof, shards });
      assert.throws(() => verifyCore(world.system, statementOf(good, 'core', bytes)), VerificationError);
    }
    // A state that is another number for the same felts.
    const publicValues = a.publicValues.map((value, i) => (i === 17 ? value + P : value));
    assert.throws(
      () => verifyShards(world.system, { ...proof, shards: [{ ...a, publicValues }] }),
      refused('public-values'),
    );
    const bytes = encodeExecution(world.system, { ...proof, shards: [{ ...a, publicValues }, b, c] });
    assert.throws(() => decodeExecution(world.system, bytes), ProofFileError);
  });
});

describe('the body of a core proof', () => {
  const fails = (bytes: Uint8Array, reason: RegExp): void =>
    assert.throws(
      () => decodeExecution(world.system, bytes),
      (error: unknown) => {
        assert.ok(error instanceof ProofFileError, String(error));
        assert.match(error.message, reason);
        return true;
      },
    );

  it('is refused where it is cut off, goes on, or says another number of shards', () => {
    const bytes = encodeExecution(world.system, proof);
    for (const length of [0, 1, 3, 4, 500, 996, 1000, 1003, bytes.length - 1]) {
      fails(bytes.slice(0, length), /is empty|too short|cut off|0 shards/);
    }
    fails(Buffer.concat([bytes, Uint8Array.of(0)]), /goes on after shard 3 of 3/);
    const says = (count: number): Uint8Array => {
      const changed = bytes.slice();
      new DataView(changed.buffer).setUint32(0, count, true);
      return changed;
    };
    fails(says(0), /0 shards, and a core proof has 1 to 256/);
    fails(says(2), /goes on after shard 2 of 2/);
    fails(says(4), /before shard 4 of 4/);
    fails(says(MAX_SHARDS + 1), /257 shards/);
    fails(says(2 ** 32 - 1), /4294967295 shards/);
  });

  it('is refused with an unknown tier, or an element that is not canonical, anywhere before the proofs', () => {
    const bytes = encodeExecution(world.system, proof);
    const head = 4 + 4 * 8 * 31;
    const put = (at: number, value: number): Uint8Array => {
      const changed = bytes.slice();
      new DataView(changed.buffer).setUint32(at, value, true);
      return changed;
    };
    fails(put(head, 1), /shard 1 of 3 names no known tier/);
    for (const at of [4, 400, head - 4, head + 4, head + 40]) fails(put(at, P), /not canonical|element/);
  });

  it('is not made of no shards, or of more than a file holds', () => {
    const { shards, words } = proof;
    for (const count of [0, MAX_SHARDS + 1]) {
      const many = Array.from({ length: count }, () => shards[0]!);
      assert.throws(() => encodeExecution(world.system, { shards: many, words }), RangeError);
    }
    assert.ok(largestBody(world.system) > encodeExecution(world.system, proof).length);
  });

  it('is told from that of a claim', () => {
    const claim = world.say(CLAIM, digestOf(good), LIMBS, controlRootOf(world.system).felts);
    fails(encodeBody(world.system, claim), /mode "compressed", and the file says "core"/);
    const statement = statementOf(good, 'compressed', encodeExecution(world.system, proof));
    assert.throws(() => verifyCompressed(world.system, statement), /mode "core", and the file says "compressed"/);
  });
});

describe('a claim', () => {
  const claimed = (claim: ProvedLayer, execution: ToyExecution, exitCode = 0) =>
    statementOf(execution, 'compressed', encodeBody(world.system, claim), exitCode);

  it('verifies for its statement alone, made of one shard or of three', () => {
    const one = toyExecution({ words: wordsOf() });
    const fused = world.prover.prove('claim', [coreProof(one.shards[0]!)], { words: one.words });
    const spans = proof.shards.map((shard) => world.prover.prove('span', [shard]));
    const joined = world.prover.prove('span', [world.prover.prove('span', spans.slice(0, 2)), spans[2]!]);
    const finished = world.prover.prove('claim', [joined], endNotes(good));
    for (const [claim, execution] of [
      [fused, one],
      [finished, good],
    ] as const) {
      const statement = claimed(claim, execution);
      verifyCompressed(world.system, statement);
      for (const change of [
        { vkey: `0x${'00'.repeat(32)}` as const },
        { exitCode: 1 },
        { publicValues: '0x' as const },
      ]) {
        assert.throws(() => verifyCompressed(world.system, { ...statement, ...change }), refused('statement'));
      }
    }
  });

  it('of another exit code verifies for that code, p among them', () => {
    for (const code of [1, P, 2 ** 32 - 1]) {
      const failed = toyExecution({ words: wordsOf(code) });
      const claim = world.prover.prove('claim', [coreProof(failed.shards[0]!)], { words: failed.words });
      const statement = claimed(claim, failed, code);
      verifyCompressed(world.system, statement);
      for (const exitCode of [0, code - 1]) {
        assert.throws(() => verifyCompressed(world.system, { ...statement, exitCode }), refused('statement'));
      }
    }
  });

  it('is refused under another control root, with outputs that were not proved, and as a span', () => {
    const root = controlRootOf(world.system).felts;
    const other = world.say(CLAIM, digestOf(good), LIMBS, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.throws(() => verifyCompressed(world.system, claimed(other, good)), refused('control-root'));
    const real = world.say(CLAIM, digestOf(good), LIMBS, root);
    verifyCompressed(world.system, claimed(real, good));
    const elsewhere = toyExecution({ seed: 5 });
    const publicValues = [...digestOf(elsewhere), ...real.publicValues.slice(8)];
    const forged = claimed({ ...real, publicValues }, elsewhere);
    assert.throws(() => verifyCompressed(world.system, forged), VerificationError);
    // Spans and claims of the test have one shape: only the key tells.
    const span = world.prover.prove('span', [proof.shards[0]!]);
    assert.throws(
      () => verifyCompressed(world.system, claimed({ ...span, kind: 'claim' }, good)),
      refused('recursion-key'),
    );
  });
});

describe('a verifying key as bytes32', () => {
  it('is packed in one way', () => {
    const felts = digestOf(good);
    assert.deepEqual(keyElements(packDigest(felts)), felts);
    assert.deepEqual(keyElements(packDigest([P - 1, 0, 0, 0, 0, 0, 0, P - 1])), [P - 1, 0, 0, 0, 0, 0, 0, P - 1]);
    // An element of p or more, and a bit above the eighth.
    assert.equal(keyElements(`0x${P.toString(16).padStart(64, '0')}`), undefined);
    assert.equal(keyElements(`0x01${packDigest(felts).slice(4)}`), undefined);
  });
});
