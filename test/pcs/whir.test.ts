import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ext from '../../prover/field/extension.ts';
import { add } from '../../prover/field/koalabear.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { commitColumns, commitOracle } from '../../prover/pcs/reference/encode.ts';
import { getExt, setExt } from '../../prover/pcs/reference/plain-vector.ts';
import { nativeBackend } from '../../prover/verifier/native-backend.ts';
import type { OpeningProof } from '../../prover/pcs/whir/opening.ts';
import { suiteBn254 } from '../../prover/verifier/suite-bn254.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { CommittedRows } from '../../prover/verifier/suite.ts';
import { ReferenceWitness } from '../../prover/pcs/reference/witness.ts';
import { VerificationError } from '../../prover/core/errors.ts';
import type { TranscriptLog } from '../../prover/verifier/native-transcript.ts';
import {
  TEST_ONLY_OPENING,
  buildStatement,
  prove,
  verify,
  verifyOn,
  weightVector,
  withRoot,
  type Statement,
} from '../support/opening.ts';
import { altered, type Mutable } from '../support/mutation.ts';
import { Random } from '../support/random.ts';
import { rejects } from '../support/rejects.ts';

const statement = buildStatement(1);
const honest = prove(statement);

/** The verifier's challenges up to the point where it stops. */
function challengesOf(proof: OpeningProof, of: Statement = statement): { challenges: string[]; labels: string[] } {
  const log: TranscriptLog = [];
  try {
    verify(of, proof, log);
  } catch (error) {
    assert.ok(error instanceof VerificationError, String(error));
  }
  const sampled = log.filter((event) => event.kind === 'ext' || event.kind === 'indices');
  return { challenges: sampled.map((e) => `${e.label} ${e.values.join()}`), labels: sampled.map((e) => e.label) };
}

test('accepts honest openings over several shapes and seeds', () => {
  const shapes = [
    TEST_ONLY_OPENING,
    { ...TEST_ONLY_OPENING, folds: [3], shrinks: [], queries: [6] },
    { ...TEST_ONLY_OPENING, folds: [3, 6], shrinks: [1], queries: [6, 3] },
    { ...TEST_ONLY_OPENING, logInverseRate: 3, folds: [3, 1, 2, 3], shrinks: [3, 1, 1], queries: [3, 3, 2, 2] },
    { ...TEST_ONLY_OPENING, logRows: 4, logColumns: 4, folds: [4, 2], shrinks: [2], queries: [5, 3] },
  ];
  for (const [seed, parameters] of shapes.entries()) {
    const instance = buildStatement(seed + 10, parameters);
    verify(instance, prove(instance));
  }
});

test('accepts an honest opening with the BN254 suite', () => {
  const instance = buildStatement(2, { ...TEST_ONLY_OPENING, queries: [3, 2, 2] }, suiteBn254);
  const proof = prove(instance);
  verify(instance, proof);
  rejects(() =>
    verify(
      instance,
      altered(proof, (p) => void (p.queries[0]!.nonce += 1)),
    ),
  );
});

test('prover and verifier write the same log', () => {
  const proverLog: TranscriptLog = [];
  const verifierLog: TranscriptLog = [];
  verify(statement, prove(statement, undefined, proverLog), verifierLog);
  assert.deepEqual(verifierLog, proverLog);
});

test('rejects a wrong claimed value', () => {
  const wrong = { ...statement, target: ext.add(statement.target, ext.ONE) };
  rejects(() => verify(wrong, honest));
  // Also with the transcript of the wrong claim.
  rejects(() => verify(wrong, prove(wrong)), 'ext-mismatch');
});

test('rejects a sumcheck that starts from another claim: the first message corrected to fit', () => {
  const wrong = { ...statement, target: ext.add(statement.target, ext.ONE) };
  class Shifted extends ReferenceWitness {
    #first = true;
    override roundMessage(side: 'highest' | 'lowest') {
      const [c0, c2] = super.roundMessage(side);
      if (!this.#first) return [c0, c2] as const;
      this.#first = false;
      return [ext.add(c0, ext.ONE), c2] as const;
    }
  }
  rejects(
    () => verify(wrong, prove(wrong, new Shifted(suiteKoalaBear, statement.stacked, weightVector(statement)))),
    'ext-mismatch',
  );
});

test('rejects a column altered after its commitment', () => {
  const stacked = statement.stacked.slice();
  stacked[5] = add(stacked[5]!, 1);
  const weight = weightVector(statement);
  const cheating = prove(statement, new ReferenceWitness(suiteKoalaBear, stacked, weight));
  rejects(() => verify(statement, cheating), 'ext-mismatch');
  // The claim adapted to the altered column is not proved either: its weight at that cell is not zero.
  const target = ext.add(statement.target, getExt(weight, 5));
  const adapted = { ...statement, target };
  rejects(() => verify(adapted, prove(adapted, new ReferenceWitness(suiteKoalaBear, stacked, weight))), 'ext-mismatch');
});

test('rejects an oracle of another function than the fold', () => {
  for (const at of [0, 1]) {
    class WrongFold extends ReferenceWitness {
      #commits = 0;
      override commit(logDomain: number, logFold: number): CommittedRows {
        if (this.#commits++ !== at) return super.commit(logDomain, logFold);
        const values = new Uint32Array(this.values().flat());
        setExt(values, 0, ext.add(getExt(values, 0), ext.ONE));
        return commitOracle(suiteKoalaBear, values, logDomain, logFold);
      }
    }
    rejects(
      () =>
        verify(statement, prove(statement, new WrongFold(suiteKoalaBear, statement.stacked, weightVector(statement)))),
      'ext-mismatch',
    );
  }
});

test('rejects a wrong final vector, also one chosen before the queries', () => {
  class WrongFinal extends ReferenceWitness {
    override values(): ExtValue[] {
      const values = super.values();
      return [ext.add(values[0]!, ext.ONE), ...values.slice(1)];
    }
  }
  const cheating = prove(statement, new WrongFinal(suiteKoalaBear, statement.stacked, weightVector(statement)));
  rejects(() => verify(statement, cheating), 'ext-mismatch');
});

test('rejects a wrong out-of-domain value', () => {
  class WrongOod extends ReferenceWitness {
    override evaluate(point: readonly ExtValue[]): ExtValue {
      return ext.add(super.evaluate(point), ext.ONE);
    }
  }
  const cheating = prove(statement, new WrongOod(suiteKoalaBear, statement.stacked, weightVector(statement)));
  rejects(() => verify(statement, cheating), 'ext-mismatch');
});

test('lifted trees: another lift, another place and another tree are rejected', () => {
  const misplace = (change: (place: { start: number; width: number; logLift: number }) => object): Statement => ({
    ...statement,
    places: statement.places.map((place, t) => (t === 1 ? { ...place, ...change(place) } : place)),
  });
  rejects(
    () =>
      verify(
        misplace(({ logLift }) => ({ logLift: logLift + 1 })),
        honest,
      ),
    'proof-shape',
  );
  rejects(
    () =>
      verify(
        misplace(({ logLift }) => ({ logLift: logLift - 1 })),
        honest,
      ),
    'proof-shape',
  );
  rejects(
    () =>
      verify(
        misplace(({ start }) => ({ start: start - 1 })),
        honest,
      ),
    'ext-mismatch',
  );
  assert.throws(
    () =>
      verify(
        misplace(() => ({ start: 4 })),
        honest,
      ),
    RangeError,
  );

  // A full-height tree whose rows beyond the lifted ones are used: the statement says lifted, the witness is not.
  const random = new Random(9);
  const stacked = statement.stacked.slice();
  stacked[6 * 64 + 1] = random.felt();
  rejects(
    () => verify(statement, prove(statement, new ReferenceWitness(suiteKoalaBear, stacked, weightVector(statement)))),
    'ext-mismatch',
  );
  // The same lifted columns under another root.
  const other = commitColumns(suiteKoalaBear, 4, 1, [random.column(4), random.column(4)]);
  rejects(() => verify(withRoot(statement, 1, other.root), honest));
});

test('pitfall 1: changing what is read changes every later challenge', () => {
  const reference = challengesOf(honest);
  const observed: [string, (p: Mutable<OpeningProof>) => void][] = [
    ['whir 0: challenge 0', (p) => void (p.rounds[0]![0]![0][0] ^= 1)],
    ['whir 0: challenge 0', (p) => void (p.rounds[0]![0]![1][4] ^= 1)],
    ['whir 0: out-of-domain coordinate 0', (p) => void ((p.oracles[0]!.root as number[])[0]! ^= 1)],
    ['whir 0: query indices', (p) => void (p.oracles[0]!.oodValue[2] ^= 1)],
    ['whir 1: challenge 1', (p) => void (p.rounds[1]![1]![0][3] ^= 1)],
  ];
  for (const [label, change] of observed) {
    const changed = challengesOf(altered(honest, change));
    const from = reference.labels.indexOf(label);
    assert.ok(from >= 0, label);
    assert.deepEqual(changed.challenges.slice(0, from), reference.challenges.slice(0, from));
    for (let i = from; i < changed.challenges.length; i++) {
      assert.notEqual(changed.challenges[i], reference.challenges[i], reference.labels[i]);
    }
  }
  // The commitments and the target are observed by the caller before the first challenge.
  const wrong = { ...statement, target: ext.add(statement.target, ext.ONE) };
  assert.notEqual(challengesOf(honest, wrong).challenges[0], reference.challenges[0]);
});

test('pitfalls 1 and 2: golden log of labels; nothing stands between a nonce and the challenge it protects', () => {
  const log: TranscriptLog = [];
  verify(statement, honest, log);
  const entries = log.map((event) => `${event.kind} ${event.label}`);
  const round = (name: string, r: number): string[] => [`felts ${name}: round ${r}`, `ext ${name}: challenge ${r}`];
  const coordinates = (i: number, count: number): string[] =>
    Array.from({ length: count }, (_, j) => `ext whir ${i}: out-of-domain coordinate ${j}`);
  const query = (i: number): string[] => [`pow whir ${i}: nonce`, `indices whir ${i}: query indices`];
  assert.deepEqual(entries, [
    'digest root',
    'digest root',
    'felts target',
    ...[0, 1, 2].flatMap((r) => round('whir 0', r)),
    'digest whir 0: root',
    ...coordinates(0, 6),
    'felts whir 0: out-of-domain value',
    ...query(0),
    'ext whir 0: gamma',
    ...[0, 1, 2].flatMap((r) => round('whir 1', r)),
    'digest whir 1: root',
    ...coordinates(1, 3),
    'felts whir 1: out-of-domain value',
    ...query(1),
    'ext whir 1: gamma',
    ...[0, 1].flatMap((r) => round('whir 2', r)),
    'felts whir: final vector',
    ...query(2),
    'felts whir: final round 0',
    'ext whir: final challenge 0',
  ]);
});

/** Records the names of all calls to an object's methods. */
function recorded<T extends object>(target: T, calls: string[]): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        calls.push(String(name));
        const result: unknown = Reflect.apply(member, object, args);
        return name === 'transcript' ? recorded(result as object, calls) : result;
      };
    },
  });
}

test('the verifier makes the same calls whatever the proof', () => {
  const callsOf = (of: Statement, proof: OpeningProof, rejected: boolean): string[] => {
    const calls: string[] = [];
    const run = (): void => verifyOn(recorded(nativeBackend(suiteKoalaBear), calls), of, proof);
    if (rejected) rejects(run);
    else run();
    return calls;
  };
  const reference = callsOf(statement, honest, false);
  const other = buildStatement(77);
  assert.deepEqual(callsOf(other, prove(other), false), reference);
  // A rejected run makes a prefix of them.
  const wrong = altered(honest, (p) => void (p.finalRounds[0]![0][0] ^= 1));
  const prefix = callsOf(statement, wrong, true);
  assert.deepEqual(prefix, reference.slice(0, prefix.length));
});
