/** `zkvm::verify` in Rust, in C and under SP1's name: the chain they commit, against the TypeScript hash, and what they refuse. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Hex } from '../../prover/core/hex.ts';
import { P } from '../../prover/field/koalabear.ts';
import { hashFelts } from '../../prover/hash/sponge-koalabear.ts';
import { execute, loadProgram, traceSteps, type Execution } from '../../prover/index.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { nextChain } from '../../prover/recursion/statement/chain.ts';
import { nativeBackend } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { chainAfter, digestLimbs, EMPTY_CHAIN, keyElements, keyOfElements } from '../../prover/vm/syscalls/chain.ts';
import type { ProvedStatement } from '../../prover/vm/syscalls/chain.ts';
import { Random } from '../support/random.ts';

const random = new Random(7);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);
const bytes = (hex: Hex): Uint8Array => hexToBytes(hex.slice(2));
const hex = (value: Uint8Array): Hex => `0x${Buffer.from(value).toString('hex')}`;
const words = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const joined = ({ vkey, publicDigest }: ProvedStatement): Uint8Array =>
  Uint8Array.of(...bytes(vkey), ...bytes(publicDigest));

const element = (): number => random.felt();

function statement(elements = Array.from({ length: 8 }, element)): ProvedStatement {
  const digest = Uint8Array.from({ length: 32 }, () => random.below(256));
  return { vkey: keyOfElements(elements), publicDigest: hex(digest) };
}

/** Elements whose products and sums are the largest that there are, and the smallest. */
const EDGES = [0, 1, 2, P - 1, P - 2, 2 ** 24, 2 ** 24 - 1, (P - 1) / 2];

function load(name: string): ReturnType<typeof loadProgram> {
  return loadProgram(readFileSync(new URL(`../../programs/${name}/${name}.elf`, import.meta.url)));
}

function suite(name: string, mostCycles: number): void {
  const program = load(name);
  const run = (
    mode: string,
    input: readonly Uint8Array[],
    proved: readonly ProvedStatement[],
    executor = execute,
  ): Execution => executor(program, [utf8(mode), ...input], { proved, cycleLimit: 4_000_000 });

  const trap = (execution: Execution): readonly [cause: string, detail: string] => {
    assert.equal(execution.outcome.kind, 'trap', text(execution.stderr));
    const { cause, detail } = execution.outcome as { cause: string; detail: string };
    return [cause, detail];
  };

  const panics = (execution: Execution, message: RegExp): void => {
    assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 1 }, text(execution.stderr));
    assert.match(text(execution.stderr), message);
  };

  it('commits the chain that the TypeScript hash gives', () => {
    // The executor compares each run's committed chain with its own at HALT.
    const statements = [
      ...EDGES.map((edge) => statement(Array.from({ length: 8 }, () => edge))),
      ...Array.from({ length: 40 }, () => statement()),
    ];
    const execution = run('all', statements.map(joined), statements);
    assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, text(execution.stderr));
    assert.deepEqual(execution.verified, statements);
    assert.deepEqual(execution.warnings, []);
  });

  it(`takes at most ${mostCycles} cycles`, () => {
    const one = statement();
    const [span] = run('all', [joined(one)], [one]).spans;
    assert.equal(span?.name, 'verify');
    assert.ok(span.cycles <= mostCycles, String(span.cycles));
  });

  it('hashes public values itself', () => {
    for (const length of [0, 1, 32, 55, 64, 1000]) {
      const values = Uint8Array.from({ length }, (_, i) => i);
      const one = { vkey: statement().vkey, publicDigest: hex(sha256(values)) };
      assert.deepEqual(run('values', [bytes(one.vkey), values], [one]).verified, [one]);
    }
  });

  it('is refused by every executor without a proof of the very statement', () => {
    const [one, other] = [statement(), statement()];
    const recorded: typeof execute = (...args) => executeRecorded(...args).execution as ReturnType<typeof execute>;
    const traced = ((guest, items, options) => traceSteps(guest, items, () => undefined, options)) as typeof execute;
    for (const executor of [execute, recorded, traced]) {
      const refusal = (proved: readonly ProvedStatement[]): string => {
        const [cause, detail] = trap(run('all', [joined(one)], proved, executor));
        assert.equal(cause, 'proof-missing');
        assert.match(detail, new RegExp(`key ${one.vkey} and public values of sha256 ${one.publicDigest}: `));
        return detail;
      };
      assert.match(refusal([]), /no proof was given; prove that first, and give its proof with --proof$/);
      assert.match(refusal([{ ...one, vkey: other.vkey }, other]), /none of the 2 given proofs is of this program/);
      assert.match(refusal([{ ...one, publicDigest: other.publicDigest }]), /1 is of this program, with other public/);
      assert.deepEqual(run('all', [joined(one)], [one], executor).verified, [one]);
    }
  });

  it('counts a statement as often as it is verified, and in order', () => {
    const [a, b] = [statement(), statement()];
    const execution = run('all', [a, b, a, a].map(joined), [b, a, a]);
    assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 });
    assert.deepEqual(execution.verified, [a, b, a, a]);
  });

  it('warns of proofs that nobody used', () => {
    const [used, unused] = [statement(), statement()];
    const { outcome, warnings } = run('all', [joined(used)], [used, unused]);
    assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
    assert.deepEqual(warnings, [
      `the proof of program ${unused.vkey} with public values of sha256 ${unused.publicDigest} was given and not used`,
    ]);
  });

  it('refuses keys with elements of p or more, and bits above 247', () => {
    const good = statement();
    const tooLarge = [P, P + 1, 2 ** 31 - 1].flatMap((value) =>
      [0, 3, 7].map((at) => Array.from({ length: 8 }, (_, i) => (i === at ? value : 5))),
    );
    for (const elements of tooLarge) {
      const bad = { ...good, vkey: keyOfElements(elements) };
      panics(run('all', [joined(bad)], [bad]), /this is no verifying key: an element is not below the modulus/);
    }
    for (const bit of [248, 249, 255]) {
      const bad = { ...good, vkey: keyOfElements(Array.from({ length: 8 }, () => 1)) };
      const vkey = bytes(bad.vkey);
      vkey[0] = 1 << (bit - 248);
      const input = Uint8Array.of(...vkey, ...bytes(good.publicDigest));
      panics(run('all', [input], [bad, good]), /this is no verifying key: it has more than 248 bits/);
    }
  });

  it('traps in code outside the proof', () => {
    const one = statement();
    const [cause, detail] = trap(run('unconstrained', [bytes(one.vkey), bytes(one.publicDigest)], [one]));
    assert.equal(cause, 'unconstrained-misuse');
    assert.match(detail, /^an unconstrained block cannot verify a proof/);
  });

  it('has committed the chain when it returns, however the program ends', () => {
    const one = statement();
    const input = [bytes(one.vkey), bytes(one.publicDigest)];
    for (const [mode, exitCode] of [
      ['exit', 0],
      ['panic', 1],
      ...(name === 'verify-selftest' ? ([['halt', 0]] as const) : []),
    ] as const) {
      // With another chain than that of the statement the executor traps (chain-mismatch, below).
      const { outcome, verified } = run(mode, input, [one]);
      assert.deepEqual(outcome, { kind: 'halt', exitCode }, mode);
      assert.deepEqual(verified, [one]);
    }
  });

  it('refuses to commit words above 7 for the caller', () => {
    for (const index of [8, 15, 16, 2 ** 31]) {
      panics(run('commit', [words(index)], []), /the digest of the public values has words 0 to 7/);
    }
  });
}

describe('zkvm::verify in Rust', () => {
  suite('verify-selftest', 41_000);
});

describe('zkvm_verify in C', () => {
  suite('c-verify-selftest', 50_000);
});

describe('other ways to the chain', () => {
  const program = load('verify-selftest');
  const run = (mode: string, input: readonly Uint8Array[], proved: readonly ProvedStatement[]): Execution =>
    execute(program, [utf8(mode), ...input], { proved });

  it('verify_sp1_proof and verify_elements take the words of the key', () => {
    const elements = Array.from({ length: 8 }, element);
    const one = statement(elements);
    for (const mode of ['sp1', 'elements']) {
      const given = [words(...elements), bytes(one.publicDigest)];
      assert.deepEqual(run(mode, given, [one]).verified, [one]);
      const { outcome, stderr } = run(mode, [words(...elements.with(7, P)), bytes(one.publicDigest)], [one]);
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
      assert.match(text(stderr), /an element is not below the modulus/);
    }
  });

  it('a chain that is committed without its statement has no proof', () => {
    for (let index = 8; index < 16; index++) {
      const { outcome } = run('raw-commit', [words(index), words(1)], []);
      assert.equal(outcome.kind === 'trap' && outcome.cause, 'chain-mismatch');
    }
    assert.deepEqual(run('raw-commit', [words(8), words(0)], []).outcome, { kind: 'halt', exitCode: 0 });
    const { outcome } = run('raw-commit', [words(16), words(0)], []);
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'commit-index');
  });

  it('a statement that is told and not committed has no proof, and a malformed one is refused', () => {
    const one = statement();
    const message = (elements: readonly number[]) => Uint8Array.of(...words(...elements), ...bytes(one.publicDigest));
    const cause = (item: Uint8Array): unknown => {
      const { outcome } = run('raw-message', [item], [one]);
      return outcome.kind === 'trap' && [outcome.cause, outcome.detail.split(':')[0]];
    };
    const small = Array.from({ length: 8 }, () => 3);
    const told = { ...one, vkey: keyOfElements(small) };
    const { outcome } = run('raw-message', [message(small)], [told]);
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'chain-mismatch');
    const malformed = ['syscall-arguments', 'a statement to verify is malformed'];
    assert.deepEqual(cause(message(small.with(0, P))), malformed);
    assert.deepEqual(cause(message(small).slice(1)), malformed);
    assert.deepEqual(cause(Uint8Array.of(...message(small), 0)), malformed);
    assert.deepEqual(cause(new Uint8Array()), malformed);
  });
});

describe('the chain', () => {
  it('is the hash of chain, key and the limbs of the digest, from eight zeros on', () => {
    const elements = Array.from({ length: 8 }, element);
    const one = statement(elements);
    const limbs = [...new Uint16Array(bytes(one.publicDigest).buffer)];
    const zeros = Array.from({ length: 8 }, () => 0);
    assert.deepEqual(EMPTY_CHAIN, zeros);
    const first = chainAfter(EMPTY_CHAIN, one);
    assert.deepEqual(first, hashFelts('hardhat-zkvm/stark/2/chain', [...zeros, ...elements, ...limbs]));
    assert.notDeepEqual(chainAfter(first, one), first);
    // Recursion checks the same chain.
    const on = nativeBackend(suiteKoalaBear);
    assert.deepEqual(nextChain(on, EMPTY_CHAIN, elements, limbs), first);
    const second = statement();
    const [key, more] = [keyElements(second.vkey)!, digestLimbs(second.publicDigest)];
    assert.deepEqual(nextChain(on, first, key, more), chainAfter(first, second));
    assert.throws(
      () => chainAfter(EMPTY_CHAIN, { ...one, vkey: `0x01${'00'.repeat(31)}` }),
      /expected a verifying key/,
    );
  });
});
