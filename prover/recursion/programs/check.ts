/**
 * "check": a claim as one link of the chain that a program computes of the statements it verifies. Its span has no subject but
 * the constant of checked statements, so it joins with others of its like and with no execution.
 */
import { at } from '../../core/lists.ts';
import { accept, verifyChildren } from '../child.ts';
import { outputOf, recursionProgram, type RecursionProgram } from '../program.ts';
import { CHECKED_SUBJECT, nextChain } from '../statement/chain.ts';
import type { ClaimKind, SpanKind } from './kinds.ts';

/** Check for claims of this kind. */
export function checkProgram(kind: SpanKind, claim: ClaimKind): RecursionProgram {
  return recursionProgram<'chain'>({
    id: 'check',
    kind,
    accepts: [accept(claim)],
    blankNotes: { chain: new Array<number>(8).fill(0) },
    statement: (on, inputs, { chain }) => {
      const { values, root } = verifyChildren(on, [claim], inputs);
      const part = (name: 'slot' | 'publicDigest') => outputOf(claim, at(values, 0), name);
      // Any chain: what stands before is said by the span that this one is joined to.
      const before = chain.map((felt) => on.hintFelt(felt));
      // The slot is taken as the digest of a key: that of another exit code than 0 is nobody's.
      const after = nextChain(on, before, part('slot'), part('publicDigest'));
      return [...CHECKED_SUBJECT.map((felt) => on.feltConst(felt)), ...before, ...after, ...root];
    },
  });
}
