/** What `zkvm execute` says of the statements that a program relied on (`zkvm::verify`). */
import type { ProvedStatement } from '../../types.ts';
import { formatCount } from '../text/format.ts';

/** A statement of an execution, once. */
export type ReliedOn = ProvedStatement & {
  /** Times that the program verified it. */
  readonly times: number;
  /** Whether a proof of it was given; what is not was assumed. */
  readonly proved: boolean;
};

/** Statements shown on a terminal. */
const SHOWN = 10;

/** The different statements of an execution, in the order in which they were first verified. */
export function reliedOn(verified: readonly ProvedStatement[], proved: readonly ProvedStatement[]): ReliedOn[] {
  const nameOf = ({ vkey, publicDigest }: ProvedStatement): string => `${vkey}/${publicDigest}`.toLowerCase();
  const given = new Set(proved.map(nameOf));
  const times = new Map<string, number>();
  for (const statement of verified) times.set(nameOf(statement), (times.get(nameOf(statement)) ?? 0) + 1);
  const first = new Map(verified.toReversed().map((statement) => [nameOf(statement), statement]));
  return [...times].map(([name, count]) => ({ ...first.get(name)!, times: count, proved: given.has(name) }));
}

/** How many of them have no proof. */
export function assumedOf(statements: readonly ReliedOn[]): number {
  return statements.filter(({ proved }) => !proved).length;
}

/** Lines for people; none where the program relied on nothing. */
export function statementLines(statements: readonly ReliedOn[]): string[] {
  if (statements.length === 0) return [];
  const left = statements.length - SHOWN;
  return [
    `It relies on ${statements.length === 1 ? 'one statement' : `${formatCount(statements.length)} statements`}:`,
    ...statements.slice(0, SHOWN).map(({ vkey, publicDigest, times, proved }) => {
      const repeated = times === 1 ? '' : `, ${formatCount(times)} times`;
      return `  program ${vkey}, public values of sha256 ${publicDigest}${repeated}${proved ? '' : ' (ASSUMED: no proof was given)'}`;
    }),
    ...(left > 0 ? [`  and ${formatCount(left)} more, which --json lists`] : []),
  ];
}
