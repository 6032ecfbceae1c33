/** "join": neighbouring spans of one subject as one span. */
import type { Backend, Wires } from '../../verifier/backend.ts';
import { at, last } from '../../core/lists.ts';
import { accept, assertSame, verifyChildren } from '../child.ts';
import { outputOf, recursionProgram, type ProofInput, type RecursionProgram } from '../program.ts';
import type { SpanKind } from './kinds.ts';

/** Join of so many spans. */
export function joinProgram(kind: SpanKind, count: number): RecursionProgram {
  const kinds = Array.from({ length: count }, () => kind);
  const statement = <W extends Wires>(on: Backend<W>, inputs: readonly ProofInput[]): W['felt'][] => {
    const { values, root } = verifyChildren(on, kinds, inputs);
    const part = (i: number, name: 'subject' | 'before' | 'after'): W['felt'][] => outputOf(kind, at(values, i), name);
    for (let i = 1; i < count; i++) {
      assertSame(on, part(i, 'subject'), part(0, 'subject'), 'joined spans have one subject');
      assertSame(on, part(i, 'before'), part(i - 1, 'after'), 'a span begins where the one before it ends');
    }
    return [...part(0, 'subject'), ...part(0, 'before'), ...outputOf(kind, last(values), 'after'), ...root];
  };
  return recursionProgram({ id: count === 2 ? 'join' : `join-${count}`, kind, accepts: kinds.map(accept), statement });
}
