/** The inner nodes of the memory tree above touched quads, before and after: what the Merkle chip has rows for. */
import { compressPairs } from '../hash/compress-koalabear.ts';
import { QUAD_WORDS, ROOT_LEVEL } from './address-map.ts';
import { NODE_FIELD, NODE_WORDS, QUAD_FIELD, RecordTable } from './execution-record.ts';

/** Elements of a digest. */
export const DIGEST = 8;

/** Gives the digest of a node of the tree by level and index. */
export type DigestOf = (level: number, index: number) => ArrayLike<number>;

/** Touched nodes of one level: ascending indices, and the digests of each before and after. */
type Touched = { readonly indices: Uint32Array; readonly init: Uint32Array; readonly final: Uint32Array };

/**
 * All inner nodes above `quads` (ascending, at least one), by level and then index; the last one is the root.
 *
 * `siblingOf` is asked for the nodes beside touched ones, in the order of the rows. `initOf` gives digests of touched nodes
 * as they were before, where they are known already; without it they are computed.
 */
export function nodesAbove(quads: RecordTable, siblingOf: DigestOf, initOf?: DigestOf): RecordTable {
  const nodes = new RecordTable(NODE_WORDS, Math.max(1, 2 * quads.rows));
  let below = leaves(quads);
  for (let level = 1; level <= ROOT_LEVEL; level++) {
    const first = nodes.rows;
    pair(nodes, level, below, siblingOf);
    below = compressLevel(nodes, first, initOf);
  }
  return nodes;
}

/** The siblings on the paths of an opening: what `nodesAbove` asked for, digest by digest, in the order of the rows. */
export function siblingsOf(nodes: RecordTable): Uint32Array {
  const { words, width } = nodes;
  const siblings: number[] = [];
  for (let at = 0; at < words.length; at += width) {
    const side = words[at + NODE_FIELD.touchedLeft] === 0 ? NODE_FIELD.leftInit : NODE_FIELD.rightInit;
    const isBoth = words[at + NODE_FIELD.touchedLeft] === 1 && words[at + NODE_FIELD.touchedRight] === 1;
    if (!isBoth) for (let i = 0; i < DIGEST; i++) siblings.push(words[at + side + i]!);
  }
  return Uint32Array.from(siblings);
}

/** The roots before and after, of a list of nodes that ends with the root. */
export function rootsOf(nodes: RecordTable): { readonly init: number[]; readonly final: number[] } {
  const words = nodes.words.subarray((nodes.rows - 1) * nodes.width);
  const digest = (at: number): number[] => Array.from(words.subarray(at, at + DIGEST));
  return { init: digest(NODE_FIELD.outInit), final: digest(NODE_FIELD.outFinal) };
}

/** Writes the eight limbs of a quad's four words, lowest limb first. */
export function writeLimbs(to: Uint32Array, at: number, words: ArrayLike<number>, from: number): void {
  for (let i = 0; i < QUAD_WORDS; i++) {
    const word = words[from + i]!;
    to[at + 2 * i] = word & 0xffff;
    to[at + 2 * i + 1] = word >>> 16;
  }
}

function leaves(quads: RecordTable): Touched {
  const { words, width, rows } = quads;
  const touched = {
    indices: new Uint32Array(rows),
    init: new Uint32Array(DIGEST * rows),
    final: new Uint32Array(DIGEST * rows),
  };
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    touched.indices[row] = words[at + QUAD_FIELD.index]!;
    writeLimbs(touched.init, DIGEST * row, words, at + QUAD_FIELD.init);
    writeLimbs(touched.final, DIGEST * row, words, at + QUAD_FIELD.final);
  }
  return touched;
}

/** Appends the parents of touched nodes: all of their row but the outcome. */
function pair(nodes: RecordTable, level: number, { indices, init, final }: Touched, siblingOf: DigestOf): void {
  for (let i = 0; i < indices.length;) {
    const index = indices[i]!;
    const at = nodes.push();
    const row = nodes.buffer;
    row[at + NODE_FIELD.level] = level;
    row[at + NODE_FIELD.index] = index >>> 1;
    const isLeft = (index & 1) === 0;
    const isPair = isLeft && indices[i + 1] === index + 1;
    if (isLeft) put(row, at, LEFT, init, final, DIGEST * i);
    if (isPair) put(row, at, RIGHT, init, final, DIGEST * (i + 1));
    if (!isLeft) put(row, at, RIGHT, init, final, DIGEST * i);
    if (!isPair) {
      const sibling = siblingOf(level - 1, index ^ 1);
      const side = isLeft ? RIGHT : LEFT;
      for (let k = 0; k < DIGEST; k++) row[at + side.init + k] = row[at + side.final + k] = sibling[k]!;
    }
    i += isPair ? 2 : 1;
  }
}

const LEFT = { touched: NODE_FIELD.touchedLeft, init: NODE_FIELD.leftInit, final: NODE_FIELD.leftFinal };
const RIGHT = { touched: NODE_FIELD.touchedRight, init: NODE_FIELD.rightInit, final: NODE_FIELD.rightFinal };

function put(
  row: Uint32Array,
  at: number,
  side: typeof LEFT | typeof RIGHT,
  init: Uint32Array,
  final: Uint32Array,
  from: number,
): void {
  row[at + side.touched] = 1;
  for (let k = 0; k < DIGEST; k++) {
    row[at + side.init + k] = init[from + k]!;
    row[at + side.final + k] = final[from + k]!;
  }
}

/** Sets the outcomes of the rows from `first` on, all of one level, and gives them as the next level's children. */
function compressLevel(nodes: RecordTable, first: number, initOf: DigestOf | undefined): Touched {
  const { width, words } = nodes;
  const rows = nodes.rows - first;
  const indices = new Uint32Array(rows);
  const init = new Uint32Array(DIGEST * rows);
  const final = new Uint32Array(DIGEST * rows);
  if (initOf === undefined) init.set(compressRows(nodes, first, allRows(rows), LEFT.init, RIGHT.init));
  const changed: number[] = [];
  for (let row = 0; row < rows; row++) {
    const at = (first + row) * width;
    const index = words[at + NODE_FIELD.index]!;
    indices[row] = index;
    if (initOf !== undefined) init.set(initOf(words[at + NODE_FIELD.level]!, index), DIGEST * row);
    if (isChanged(words, at)) changed.push(row);
  }
  final.set(init);
  const outcomes = compressRows(nodes, first, changed, LEFT.final, RIGHT.final);
  for (const [i, row] of changed.entries()) final.set(outcomes.subarray(DIGEST * i, DIGEST * (i + 1)), DIGEST * row);
  for (let row = 0; row < rows; row++) {
    const at = (first + row) * width;
    for (let k = 0; k < DIGEST; k++) {
      words[at + NODE_FIELD.outInit + k] = init[DIGEST * row + k]!;
      words[at + NODE_FIELD.outFinal + k] = final[DIGEST * row + k]!;
    }
  }
  return { indices, init, final };
}

function allRows(rows: number): number[] {
  return Array.from({ length: rows }, (_, row) => row);
}

function isChanged(words: Uint32Array, at: number): boolean {
  for (let k = 0; k < DIGEST; k++) {
    if (words[at + LEFT.init + k] !== words[at + LEFT.final + k]) return true;
    if (words[at + RIGHT.init + k] !== words[at + RIGHT.final + k]) return true;
  }
  return false;
}

function compressRows(
  nodes: RecordTable,
  first: number,
  rows: readonly number[],
  left: number,
  right: number,
): Uint32Array {
  const { words, width } = nodes;
  const pairs = new Uint32Array(2 * DIGEST * rows.length);
  for (const [i, row] of rows.entries()) {
    const at = (first + row) * width;
    pairs.set(words.subarray(at + left, at + left + DIGEST), 2 * DIGEST * i);
    pairs.set(words.subarray(at + right, at + right + DIGEST), 2 * DIGEST * i + DIGEST);
  }
  return compressPairs(pairs);
}
