/**
 * Prints the security of every layer as Markdown, term by term: what docs/soundness.md quotes.
 *
 *   node scripts/soundness-table.ts
 */
import { CLAIM, CORE_L, LAYERS, SPAN, TARGET_BITS } from '../prover/stark/layers.ts';
import type { LayerParameters } from '../prover/stark/parameters.ts';
import { bitsOfMany, proofsBelow } from '../prover/stark/security/many-proofs.ts';
import { LOG_FIELD, WORST_CASE_MACHINE, securityBits, type SecurityTerm } from '../prover/stark/security/soundness.ts';

/** Terms that differ by round or iteration are one column: the smallest of them counts. */
const COLUMNS: readonly (readonly [title: string, matches: RegExp])[] = [
  ['folds', /^fold /],
  ['queries', /queries/],
  ['out-of-domain', /^out-of-domain/],
  ['lookups', /^lookups$/],
  ['GKR', /^GKR /],
  ['constraints', /^constraint batching/],
  ['zerocheck', /^zerocheck/],
  ['column batching', /^column batching/],
  ['final sumcheck', /^final sumcheck/],
  ['deferred', /^deferred/],
  ['hash', /^hash/],
];

function smallest(terms: readonly SecurityTerm[], matches: RegExp): string {
  const bits = terms.filter(({ name }) => matches.test(name)).map((term) => term.bits);
  return bits.length === 0 ? '-' : floor(Math.min(...bits));
}

/** One decimal, rounded down: a table must not promise more than there is. */
function floor(bits: number): string {
  return (Math.floor(bits * 10) / 10).toFixed(1);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');
}

function parametersOf(layer: LayerParameters): string[] {
  return [
    layer.id,
    `${layer.logRows}, ${layer.logColumns}`,
    `1/${2 ** layer.logInverseRate}`,
    layer.folds.join(', '),
    layer.shrinks.join(', '),
    layer.queries.join(', '),
    layer.multiplicities.join(', '),
    `${layer.queryPowBits}`,
    layer.hash,
  ];
}

function securityOf(layer: LayerParameters): string[] {
  const { terms, bits } = securityBits(layer);
  // A term of no column would be left out of sight.
  for (const { name } of terms) {
    if (!COLUMNS.some(([, matches]) => matches.test(name))) throw new Error(`no column for the term "${name}"`);
  }
  return [layer.id, ...COLUMNS.map(([, matches]) => smallest(terms, matches)), floor(bits)];
}

function manyOf(logShards: number): string[] {
  const parts = proofsBelow({ core: CORE_L, span: SPAN, claim: CLAIM }, 2 ** logShards);
  const proofs = parts.reduce((sum, { count }) => sum + count, 0);
  const weakest = Math.min(...parts.map(({ layer }) => securityBits(layer).bits));
  return [`${2 ** logShards} shards`, `${proofs}`, floor(weakest), floor(bitsOfMany(parts))];
}

const { fractions, fingerprintLength, constraints, columns, deferredReductions } = WORST_CASE_MACHINE;
console.log(
  [
    table(
      ['layer', 'n, c', 'rate', 'folds', 'shrinks', 'queries', 'multiplicities', 'grinding', 'hash'],
      LAYERS.map(parametersOf),
    ),
    '',
    `Target ${TARGET_BITS} bits; log2 |F| = ${floor(LOG_FIELD)}; machine: ${fractions} fractions, fingerprints of ${fingerprintLength}, ${constraints} constraints, ${columns} columns, ${deferredReductions} deferred relations.`,
    '',
    table(['layer', ...COLUMNS.map(([title]) => title), 'minimum'], LAYERS.map(securityOf)),
    '',
    table(['claim of', 'proofs', 'work T in all', 'work T for each'], [1, 4, 8, 12, 16].map(manyOf)),
  ].join('\n'),
);
