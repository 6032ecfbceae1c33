import { test } from 'node:test';
import { P } from '../../prover/field/koalabear.ts';
import type { OpeningProof } from '../../prover/pcs/whir/opening.ts';
import { buildStatement, prove, verify } from '../support/opening.ts';
import { Random } from '../support/random.ts';
import { altered, rejects } from '../support/rejects.ts';

const statement = buildStatement(1);
const honest = prove(statement);

test('a nonce other than the one observed is rejected or changes the queries', () => {
  for (let i = 0; i < honest.queries.length; i++) {
    for (let delta = 1; delta < 4; delta++) {
      rejects(() =>
        verify(
          statement,
          altered(honest, (p) => void (p.queries[i]!.nonce += delta)),
        ),
      );
    }
    rejects(
      () =>
        verify(
          statement,
          altered(honest, (p) => void (p.queries[i]!.nonce += P)),
        ),
      'non-canonical',
    );
    rejects(
      () =>
        verify(
          statement,
          altered(honest, (p) => void (p.queries[i]!.nonce = 0.5)),
        ),
      'non-canonical',
    );
    rejects(
      () =>
        verify(
          statement,
          altered(honest, (p) => void (p.queries[i]!.nonce = -1)),
        ),
      'non-canonical',
    );
  }
});

type Path = (string | number)[];

/** Every number in a proof, by its path. */
function* numbers(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value === 'number') yield path;
  else for (const [key, inner] of Object.entries(value as object)) yield* numbers(inner, [...path, key]);
}

/** Every array in a proof, by its path. */
function* arrays(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) yield path;
  for (const [key, inner] of Object.entries(value)) yield* arrays(inner, [...path, key]);
}

function parent(root: unknown, path: Path): Record<string | number, unknown> {
  return path.slice(0, -1).reduce((at, key) => (at as Record<string | number, unknown>)[key], root) as Record<
    string | number,
    unknown
  >;
}

/** Paths thinned to what a test can afford, keeping one of every field. */
function sample(paths: Iterable<Path>, limit: number): Path[] {
  const groups = new Map<string, Path[]>();
  for (const path of paths) {
    const field = path.filter((key) => !/^\d+$/.test(String(key))).join('.');
    groups.set(field, [...(groups.get(field) ?? []), path]);
  }
  const random = new Random(3);
  return [...groups.values()].flatMap((group) =>
    group.length <= limit ? group : Array.from({ length: limit }, () => group[random.below(group.length)]!),
  );
}

test('every field: one more, and pitfall 22: the same element not canonical', () => {
  for (const path of sample(numbers(honest), 25)) {
    const key = path.at(-1)!;
    const plusOne = altered(honest, (p) => {
      const holder = parent(p, path);
      holder[key] = ((holder[key] as number) + 1) % P;
    });
    rejects(() => verify(statement, plusOne));
    const alias = altered(honest, (p) => {
      const holder = parent(p, path);
      holder[key] = (holder[key] as number) + P;
    });
    rejects(() => verify(statement, alias), 'non-canonical');
    for (const junk of [-1, 1.5, NaN, '1', null, undefined, 1n]) {
      rejects(() =>
        verify(
          statement,
          altered(honest, (p) => void (parent(p, path)[key] = junk)),
        ),
      );
    }
  }
});

test('pitfall 27: extra, missing and absent elements anywhere are rejected without another exception', () => {
  for (const path of sample(arrays(honest), 12)) {
    if (path.length === 0) continue;
    const change = (edit: (array: unknown[]) => unknown): OpeningProof =>
      altered(honest, (p) => {
        const holder = parent(p, path);
        holder[path.at(-1)!] = edit(holder[path.at(-1)!] as unknown[]);
      });
    rejects(
      () =>
        verify(
          statement,
          change((a) => [...a, a[0] ?? 0]),
        ),
      'proof-shape',
      'non-canonical',
    );
    // Arrays that are empty by the parameters cannot get shorter.
    rejects(
      () =>
        verify(
          statement,
          change((a) => (a.length > 0 ? a.slice(1) : [0])),
        ),
      'proof-shape',
      'non-canonical',
    );
    rejects(
      () =>
        verify(
          statement,
          change(() => null),
        ),
      'proof-shape',
      'non-canonical',
    );
    rejects(
      () =>
        verify(
          statement,
          change(() => ({ length: 5 })),
        ),
      'proof-shape',
      'non-canonical',
    );
    rejects(
      () =>
        verify(
          statement,
          change((a) => a.map(() => null)),
        ),
      'proof-shape',
      'non-canonical',
    );
  }
  for (const junk of [null, undefined, 0, [], {}]) {
    rejects(() => verify(statement, junk as unknown as OpeningProof), 'proof-shape');
  }
});

test('pitfall 26: a valid opening of another index is rejected, and swapped openings', () => {
  for (const t of [0, 1]) {
    const tree = statement.trees[t]!.tree;
    for (let index = 0; index < 2 ** tree.shape.logRows; index++) {
      const opened = tree.open(index);
      if (JSON.stringify(opened) === JSON.stringify(honest.queries[0]!.openings[0]![t])) continue;
      const moved = altered(honest, (p) => void (p.queries[0]!.openings[0]![t] = structuredClone(opened) as never));
      rejects(() => verify(statement, moved), 'merkle-path');
    }
  }
  const swapped = altered(honest, (p) => void p.queries[1]!.openings.reverse());
  rejects(() => verify(statement, swapped), 'merkle-path');
  const crossed = altered(honest, (p) => void p.queries[0]!.openings[0]!.reverse());
  rejects(() => verify(statement, crossed), 'proof-shape');
});
