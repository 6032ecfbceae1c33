/** The table of docs/floats.md, as data: what is promised for each function of `f32` and `f64`. */
import { readFileSync } from 'node:fs';

/** How a guest's results compare with the host's. */
export type Promised =
  { readonly kind: 'same bits' } | { readonly kind: 'same value' } | { readonly kind: 'ulp'; readonly most: bigint };

const DOCUMENT = new URL('../../docs/floats.md', import.meta.url);

/** Promises by name, as in `f32 sqrt`. Throws where the table is not as expected, or names a function twice. */
export function readPromises(): Map<string, Promised> {
  const promises = new Map<string, Promised>();
  const [header, , ...rows] = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const types = header?.slice(1).map((cell) => cell.replaceAll('`', ''));
  if (types?.join() !== 'f32,f64') throw new Error('docs/floats.md has another table');
  for (const [functions, ...cells] of rows) {
    const names = [...(functions ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
    for (const [i, type] of types.entries()) {
      const cell = cells[i];
      if (cell === undefined || cell === '') continue;
      for (const name of names) {
        if (promises.has(`${type} ${name}`)) throw new Error(`docs/floats.md names ${type} ${name} twice`);
        promises.set(`${type} ${name}`, promisedBy(cell));
      }
    }
  }
  return promises;
}

function promisedBy(cell: string): Promised {
  if (cell === 'same bits' || cell === 'same value') return { kind: cell };
  const most = /^(\d+) ulp$/.exec(cell)?.[1];
  if (most === undefined) throw new Error(`docs/floats.md promises "${cell}"`);
  return { kind: 'ulp', most: BigInt(most) };
}
