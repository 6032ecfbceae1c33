import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permute } from '../../prover/hash/poseidon2-koalabear.ts';
import { compress, domainCapacity, hashFelts, hashRow } from '../../prover/hash/sponge-koalabear.ts';
import { DuplexKoalaBear } from '../../prover/verifier/duplex-koalabear.ts';
import type { TranscriptLog } from '../../prover/verifier/native-transcript.ts';
import { Random } from '../support/random.ts';

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

test('the schedule by hand: buffer, padding, outputs from the front, what remains is dropped by an observe', () => {
  const transcript = new DuplexKoalaBear('test');
  const state = [...zeros(8), ...domainCapacity('test')];
  const absorb = (block: number[]): void => {
    for (let i = 0; i < 8; i++) state[i] = block[i] ?? 0;
    permute(state);
  };
  // 3 + 7 elements: one whole block across the two calls, the rest padded at the sample.
  transcript.observeFelts('a', [1, 2, 3]);
  transcript.observeFelts('b', [4, 5, 6, 7, 8, 9, 10]);
  absorb([1, 2, 3, 4, 5, 6, 7, 8]);
  absorb([9, 10]);
  assert.deepEqual(transcript.sampleExt('c'), state.slice(0, 5));
  // Three outputs are left: three indices, then a fresh permutation.
  assert.deepEqual(
    transcript.sampleIndices('d', 3, 24),
    state.slice(5, 8).map((x) => x % 2 ** 24),
  );
  permute(state);
  assert.deepEqual(
    transcript.sampleIndices('e', 4, 5),
    state.slice(0, 4).map((x) => x % 32),
  );
  // Four are left, an element needs five.
  permute(state);
  assert.deepEqual(transcript.sampleExt('f'), state.slice(0, 5));
  // An observe discards; a digest that fills the block permutes at once.
  transcript.observeDigest('g', [1, 1, 1, 1, 1, 1, 1, 1]);
  absorb(zeros(8).fill(1));
  assert.deepEqual(transcript.sampleExt('h'), state.slice(0, 5));
  assert.deepEqual(transcript.state(), state);
});

test('a sample before any observe is a permutation of the initial state', () => {
  const state = [...zeros(8), ...domainCapacity('empty')];
  permute(state);
  assert.deepEqual(new DuplexKoalaBear('empty').sampleExt('x'), state.slice(0, 5));
});

test('pitfall 1: every observed element changes all later challenges', () => {
  const random = new Random(1);
  const run = (values: readonly number[]): string[] => {
    const transcript = new DuplexKoalaBear('test');
    transcript.observeFelts('a', values.slice(0, 7));
    const first = transcript.sampleExt('x');
    transcript.observeDigest('b', values.slice(7, 15));
    transcript.observeFelts('c', values.slice(15));
    return [first, transcript.sampleExt('y'), transcript.sampleExt('z')].map(String);
  };
  const values = random.felts(20);
  const reference = run(values);
  for (let i = 0; i < values.length; i++) {
    const changed = run(values.map((x, j) => (j === i ? x ^ 1 : x)));
    for (const [c, challenge] of changed.entries()) {
      if (c === 0 && i >= 7) assert.equal(challenge, reference[c]);
      else assert.notEqual(challenge, reference[c]);
    }
  }
});

test('pitfall 2: the nonce is absorbed last, and exactly the nonces with enough zero bits are accepted', () => {
  for (let buffered = 0; buffered < 9; buffered++) {
    const start = (): DuplexKoalaBear => {
      const transcript = new DuplexKoalaBear('pow');
      transcript.observeFelts('a', zeros(buffered).fill(7));
      return transcript;
    };
    const found = start().grind(4);
    for (let nonce = 0; nonce <= found; nonce++) {
      assert.equal(start().checkPow('n', nonce, 4), nonce === found, `${buffered} buffered, nonce ${nonce}`);
    }
    const withNonce = start();
    withNonce.checkPow('n', found, 4);
    const other = start();
    other.checkPow('n', found + 1, 4);
    assert.notDeepEqual(withNonce.sampleExt('x'), other.sampleExt('x'));
  }
});

test('grinding leaves the transcript as it was', () => {
  const transcript = new DuplexKoalaBear('pow');
  transcript.observeFelts('a', [1, 2, 3]);
  const before = transcript.state();
  transcript.grind(6);
  assert.deepEqual(transcript.state(), before);
  const other = new DuplexKoalaBear('pow');
  other.observeFelts('a', [1, 2, 3]);
  assert.deepEqual(transcript.sampleExt('x'), other.sampleExt('x'));
});

test('pitfall 23: m and m || 0 have different digests in every API', () => {
  const random = new Random(2);
  for (let length = 0; length <= 24; length++) {
    const m = random.felts(length);
    const longer = [...m, 0];
    assert.notDeepEqual(hashFelts('test', m), hashFelts('test', longer), `hashFelts, ${length}`);
    assert.notDeepEqual(hashRow(m), hashRow(longer), `hashRow, ${length}`);
  }
  // Domains and uses are separated too.
  const m = random.felts(8);
  assert.notDeepEqual(hashFelts('a', m), hashFelts('b', m));
  assert.notDeepEqual(hashFelts('a', m), hashRow(m));
  assert.notDeepEqual(hashRow([...m, ...zeros(8)]), compress(m, zeros(8)));
  assert.notDeepEqual(compress(m, zeros(8)), compress(zeros(8), m));
});

test('pitfall 24: an observe never writes the capacity', () => {
  const random = new Random(3);
  const transcript = new DuplexKoalaBear('test');
  transcript.observeFelts('a', random.felts(3));
  transcript.sampleExt('x');
  const capacity = transcript.state().slice(8);
  for (let i = 0; i < 7; i++) {
    transcript.observeFelts('b', random.felts(1));
    assert.deepEqual(transcript.state().slice(8), capacity);
  }
  // The eighth element completes the block: the capacity is now that of the permuted (block, old capacity).
  const block = random.felts(8);
  const fresh = new DuplexKoalaBear('test');
  fresh.observeFelts('a', block.slice(0, 7));
  const state = [...block, ...fresh.state().slice(8)];
  permute(state);
  fresh.observeFelts('b', block.slice(7));
  assert.deepEqual(fresh.state(), state);
});

test('domains give different transcripts', () => {
  assert.notDeepEqual(new DuplexKoalaBear('a').sampleExt('x'), new DuplexKoalaBear('b').sampleExt('x'));
  assert.equal(domainCapacity('a').length, 8);
});

test('the log records label, kind and values', () => {
  const log: TranscriptLog = [];
  const transcript = new DuplexKoalaBear('test', { log });
  transcript.observeFelts('a', [1]);
  transcript.observeDigest('b', [1, 2, 3, 4, 5, 6, 7, 8]);
  transcript.checkPow('n', 3, 0);
  const indices = transcript.sampleIndices('i', 2, 3);
  assert.deepEqual(log, [
    { label: 'a', kind: 'felts', values: [1] },
    { label: 'b', kind: 'digest', values: [1, 2, 3, 4, 5, 6, 7, 8] },
    { label: 'n', kind: 'pow', values: [3] },
    { label: 'i', kind: 'indices', values: indices },
  ]);
});

test('misuse is refused', () => {
  assert.throws(() => new DuplexKoalaBear('a').sampleIndices('x', 1, 25), RangeError);
  assert.throws(() => new DuplexKoalaBear('a').observeDigest('x', 1n), TypeError);
});
