import { test } from 'node:test';
import { P } from '../../prover/field/koalabear.ts';
import type { OpeningProof } from '../../prover/pcs/whir/opening.ts';
import { arraysIn, changedAt, numbersIn, sampleFields } from '../support/mutation.ts';
import { buildStatement, prove, verify } from '../support/opening.ts';
import { rejects } from '../support/rejects.ts';

const statement = buildStatement(1);
const honest = prove(statement);
const refuses = (proof: unknown, ...codes: string[]): void =>
  rejects(() => verify(statement, proof as OpeningProof), ...codes);

test('a nonce other than the one observed is rejected or changes the queries', () => {
  for (const [i, { nonce }] of honest.queries.entries()) {
    const withNonce = (other: number): OpeningProof => changedAt(honest, ['queries', i, 'nonce'], () => other);
    for (const delta of [1, 2, 3]) refuses(withNonce(nonce + delta));
    for (const other of [nonce + P, 0.5, -1]) refuses(withNonce(other), 'non-canonical');
  }
});

test('every field: one more, and pitfall 22: the same element not canonical', () => {
  for (const place of sampleFields(numbersIn(honest), 25, 3)) {
    refuses(changedAt(honest, place));
    refuses(
      changedAt(honest, place, (value) => (value as number) + P),
      'non-canonical',
    );
    for (const junk of [-1, 1.5, NaN, '1', null, undefined, 1n]) refuses(changedAt(honest, place, () => junk));
  }
});

test('pitfall 27: extra, missing and absent elements anywhere are rejected without another exception', () => {
  const edits: ((list: unknown[]) => unknown)[] = [
    (a) => [...a, a[0] ?? 0],
    // Arrays that are empty by the parameters cannot get shorter.
    (a) => (a.length > 0 ? a.slice(1) : [0]),
    () => null,
    () => ({ length: 5 }),
    (a) => (a.length > 0 ? a.map(() => null) : null),
  ];
  for (const place of sampleFields(arraysIn(honest), 12, 3)) {
    for (const edit of edits) {
      const changed = changedAt(honest, place, (list) => edit(list as unknown[]));
      refuses(changed, 'proof-shape', 'non-canonical');
    }
  }
  for (const junk of [null, undefined, 0, [], {}]) refuses(junk, 'proof-shape');
});

test('pitfall 26: a valid opening of another index is rejected, and swapped openings', () => {
  for (const t of [0, 1]) {
    const tree = statement.trees[t]!.tree;
    for (let index = 0; index < 2 ** tree.shape.logRows; index++) {
      const opened = tree.open(index);
      if (JSON.stringify(opened) === JSON.stringify(honest.queries[0]!.openings[0]![t])) continue;
      refuses(
        changedAt(honest, ['queries', 0, 'openings', 0, t], () => opened),
        'merkle-path',
      );
    }
  }
  const reverse = (list: unknown): unknown => (list as unknown[]).toReversed();
  refuses(changedAt(honest, ['queries', 1, 'openings'], reverse), 'merkle-path');
  refuses(changedAt(honest, ['queries', 0, 'openings', 0], reverse), 'proof-shape');
});
