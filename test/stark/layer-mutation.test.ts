import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { P } from '../../prover/field/koalabear.ts';
import { NativeBackend, NativeTranscriptOn } from '../../prover/verifier/native-backend.ts';
import type { HashSuite } from '../../prover/verifier/suite.ts';
import { constantKey, type VerifyingKey } from '../../prover/stark/key.ts';
import type { LayerProof } from '../../prover/stark/proof.ts';
import { verifyLayer } from '../../prover/stark/verify.ts';
import type { NativeTranscript, TranscriptLog } from '../../prover/verifier/native-transcript.ts';
import { honestCase, verifyCase, type LayerCase } from '../support/layer.ts';
import { altered, arraysIn, changedAt, numbersIn, sampleFields } from '../support/mutation.ts';
import { rejects } from '../support/rejects.ts';
import { toyMachine } from '../support/toy-machine.ts';

const honest = honestCase();
const packed = honestCase({ machine: toyMachine([3, 4, 3]) });
const refuses = (proved: LayerCase, proof: unknown, ...codes: string[]): void =>
  rejects(() => verifyCase(proved, { proof: proof as LayerProof }), ...codes);

for (const [name, proved] of [
  ['variable', honest],
  ['packed', packed],
] as const) {
  test(`${name} heights: every field altered by one is rejected; pitfall 22: so is its alias`, () => {
    for (const place of sampleFields(numbersIn(proved.proof), 16, 5)) {
      refuses(proved, changedAt(proved.proof, place));
      const alias = changedAt(proved.proof, place, (value) => (value as number) + P);
      refuses(proved, alias, 'non-canonical');
      for (const junk of [-1, 0.5, NaN, '1', null, undefined, 1n]) {
        refuses(
          proved,
          changedAt(proved.proof, place, () => junk),
        );
      }
    }
  });

  test(`${name} heights: pitfall 27: nothing longer, shorter or absent is accepted`, () => {
    for (const place of sampleFields(arraysIn(proved.proof), 12, 5)) {
      for (const edit of [
        (a: unknown) => [...(a as unknown[]), (a as unknown[])[0] ?? 0],
        (a: unknown) => ((a as unknown[]).length > 0 ? (a as unknown[]).slice(1) : [0]),
        () => [],
        () => null,
        () => undefined,
        () => 7,
        () => ({ length: 3 }),
      ]) {
        const proof = changedAt(proved.proof, place, edit);
        // An array that is empty by the parameters stays what it is.
        if (isDeepStrictEqual(proof, proved.proof)) continue;
        refuses(proved, proof, 'proof-shape', 'non-canonical');
      }
    }
    for (const field of Object.keys(proved.proof)) {
      refuses(
        proved,
        changedAt(proved.proof, [field], () => undefined),
      );
    }
    for (const junk of [null, undefined, 3, []]) refuses(proved, junk, 'proof-shape');
  });
}

test('pitfall 3: chips permuted or dropped in the proof', () => {
  refuses(
    honest,
    altered(honest.proof, (p) => void p.logHeights.reverse()),
  );
  const drop = altered(honest.proof, (p) => void p.logHeights.pop());
  refuses(honest, drop, 'proof-shape');
  const claims = altered(honest.proof, (p) => void p.claims.splice(0, 5));
  refuses(honest, claims, 'proof-shape');
  refuses(
    honest,
    altered(honest.proof, (p) => void p.claims.push(...p.claims.splice(0, 5))),
  );
});

test('pitfall 4: each height by one, and outside its range', () => {
  for (const i of [0, 1]) {
    const withHeight = (height: number): LayerProof => changedAt(honest.proof, ['logHeights', i], () => height);
    for (const delta of [-1, 1]) refuses(honest, withHeight(honest.proof.logHeights[i]! + delta));
    for (const height of [0, 1, 7, 100]) refuses(honest, withHeight(height), 'felt-mismatch');
  }
});

test('positions: misaligned, outside the main window, or swapped', () => {
  const { mainBlocks } = honest.layout;
  assert.equal(honest.proof.positions.length, mainBlocks.length);
  const place = (b: number, cell: number): (() => void) => {
    const proof = changedAt(honest.proof, ['positions', b], () => cell);
    return () => void verifyCase(honest, { proof });
  };
  for (const [b] of mainBlocks.entries()) {
    rejects(place(b, honest.proof.positions[b]! + 1), 'felt-mismatch');
    // The key's window starts at column 6 of 64 rows; cells end at 512.
    rejects(place(b, 6 * 64), 'felt-mismatch');
    rejects(place(b, 512), 'out-of-range');
    rejects(place(b, (honest.proof.positions[b]! + 128) % 384));
  }
});

/** A transcript and backend that go on after a failed check, so that a false proof is read to its end. */
class LenientTranscript extends NativeTranscriptOn {
  readonly #inner: NativeTranscript;

  constructor(suite: HashSuite, inner: NativeTranscript) {
    super(suite, inner);
    this.#inner = inner;
  }

  override checkPow(label: string, nonce: number, bits: number): void {
    this.#inner.checkPow(label, nonce, bits);
  }
}

class LenientBackend extends NativeBackend {
  readonly #events: TranscriptLog;

  constructor(suite: HashSuite, log: TranscriptLog) {
    super(suite);
    this.#events = log;
  }

  override transcript(domain: string): LenientTranscript {
    return new LenientTranscript(this.suite, this.suite.transcript(domain, this.#events));
  }

  override assertFeltEqual(): void {}
  override assertExtEqual(): void {}
  override checkPath(): void {}
}

function lenientLog(publicValues: readonly number[], proof: LayerCase['proof'], key: VerifyingKey): TranscriptLog {
  const { machine, parameters, hash, layout } = honest;
  const log: TranscriptLog = [];
  const on = new LenientBackend(hash, log);
  verifyLayer(on, machine, parameters, constantKey(on, layout, key), publicValues, proof);
  return log;
}

/** Asserts that the logs agree up to some observed item and that every challenge after it differs; returns how many these are. */
function assertAllLaterChange(log: TranscriptLog, what: string): number {
  assert.deepEqual(
    log.map((e) => e.label),
    honest.log.map((e) => e.label),
  );
  const differs = (i: number): boolean => JSON.stringify(log[i]?.values) !== JSON.stringify(honest.log[i]?.values);
  const first = log.findIndex((_, i) => differs(i));
  assert.ok(first >= 0, `${what} is not observed`);
  assert.ok(['felts', 'digest', 'pow'].includes(log[first]!.kind), `${what} changes a challenge before it is observed`);
  const later = log.flatMap(({ kind }, i) => (i > first && kind === 'ext' ? [i] : []));
  for (const i of later) assert.ok(differs(i), `${log[i]!.label} does not depend on ${what}`);
  return later.length;
}

test('pitfall 1: every later challenge changes with every item of proof, statement and key', () => {
  const { publicValues, proof, provingKey } = honest;
  const { key } = provingKey;
  assertUnchanged(lenientLog(publicValues, proof, key));
  for (const place of sampleFields(numbersIn(proof), 6, 5)) {
    // Opened rows and paths are checked against roots, the last rounds are followed by nothing but their challenge.
    if (place.includes('openings')) continue;
    const other = changedAt(proof, place, (value) => (value as number) ^ 1);
    assertAllLaterChange(lenientLog(publicValues, other, key), place.join('.'));
  }
  for (const [i] of publicValues.entries()) {
    const other = publicValues.map((v, j) => (i === j ? v + 1 : v));
    assert.ok(assertAllLaterChange(lenientLog(other, proof, key), `public value ${i}`) > 40);
  }
  const root = key.root as number[];
  assertAllLaterChange(lenientLog(publicValues, proof, { ...key, root: root.map((x) => x ^ 1) }), 'key root');
  assertAllLaterChange(lenientLog(publicValues, proof, { ...key, felts: [99] }), 'key felts');
  assertAllLaterChange(lenientLog(publicValues, proof, { ...key, logHeights: [4] }), 'key heights');
  const positions = key.positions.map((x) => x + 32);
  assertAllLaterChange(lenientLog(publicValues, proof, { ...key, positions }), 'key positions');
});

function assertUnchanged(log: TranscriptLog): void {
  assert.deepEqual(log, honest.log);
}

test('pitfalls 1 and 2: the order of the transcript', () => {
  const labels = honest.log.map((e) => e.label);
  const at = (label: string): number => {
    const index = labels.indexOf(label);
    assert.ok(index >= 0, label);
    return index;
  };
  assert.deepEqual(labels.slice(0, 10), [
    'parameters',
    'machine',
    'key root',
    'key heights',
    'key positions',
    'key felts',
    'public values',
    'heights',
    'positions',
    'main root',
  ]);
  // Nothing is observed between the nonce and the challenges it protects.
  assert.deepEqual(labels.slice(at('lookup nonce'), at('lookup nonce') + 4), [
    'lookup nonce',
    'alpha',
    'beta',
    'gkr root',
  ]);
  assert.ok(at('out-of-domain value') < at('alpha'));
  assert.ok(at('gkr 8: children') < at('gkr 8: line') && at('gkr 8: line') < at('lambda'));
  assert.ok(at('zerocheck: round 0') < at('zerocheck: challenge 0'));
  for (const chip of ['Step', 'Cube', 'Range', 'Steps']) assert.ok(at(`claims: ${chip}`) < at('theta'));
  assert.ok(at('theta') < at('whir 0: round 0'));
});
