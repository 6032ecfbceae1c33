/** Which compressions a record needs: those of its nodes before and after, each once, and how often. */
import { NODE_FIELD, type ExecutionRecord } from '../../../../vm/execution-record.ts';

/** Elements of the input of a compression. */
const INPUT = 16;

/** Different inputs, 16 elements each, and how many nodes have each of them. */
export type Compressions = { readonly rows: number; readonly inputs: Uint32Array; readonly uses: Uint32Array };

const known = new WeakMap<ExecutionRecord, Compressions>();

/** The compressions of a record, in the order of their first use; found once per record. */
export function compressionsOf(record: ExecutionRecord): Compressions {
  let found = known.get(record);
  if (found === undefined) known.set(record, (found = findCompressions(record)));
  return found;
}

function findCompressions({ nodes: { words, width, rows: nodes } }: ExecutionRecord): Compressions {
  const inputs = new Uint32Array(2 * INPUT * nodes);
  const uses = new Uint32Array(2 * nodes);
  /** Open addressing, at most half full: one more than the number of a compression, or 0. */
  let slots = 4;
  while (slots < 4 * nodes) slots *= 2;
  const table = new Uint32Array(slots);
  let rows = 0;
  for (let w = 0; w < words.length; w += width) {
    for (const [left, right] of [
      [w + NODE_FIELD.leftInit, w + NODE_FIELD.rightInit],
      [w + NODE_FIELD.leftFinal, w + NODE_FIELD.rightFinal],
    ] as const) {
      // Written behind the last one, where it stays if it is new.
      inputs.set(words.subarray(left, left + INPUT / 2), INPUT * rows);
      inputs.set(words.subarray(right, right + INPUT / 2), INPUT * rows + INPUT / 2);
      let slot = hashOf(inputs, INPUT * rows) & (slots - 1);
      while (table[slot] !== 0 && !isSame(inputs, INPUT * (table[slot]! - 1), INPUT * rows))
        slot = (slot + 1) & (slots - 1);
      if (table[slot] === 0) table[slot] = ++rows;
      uses[table[slot]! - 1]!++;
    }
  }
  return { rows, inputs: inputs.subarray(0, INPUT * rows), uses: uses.subarray(0, rows) };
}

/** A number that depends on all elements, for finding equal inputs fast: nothing relies on it. */
function hashOf(words: Uint32Array, at: number): number {
  let hash = 0;
  for (let i = 0; i < INPUT; i++) hash = Math.imul(hash ^ words[at + i]!, 0x9e3779b1) ^ (hash >>> 15);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function isSame(words: Uint32Array, a: number, b: number): boolean {
  for (let i = 0; i < INPUT; i++) if (words[a + i] !== words[b + i]) return false;
  return true;
}
