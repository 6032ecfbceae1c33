/**
 * Which memory a shard has touched: the time of the last access of every cell, and what the touched quads held before the
 * first one. Registers and system words have arrays of their own, because every instruction accesses them.
 */
import { CELLS_LEVEL, QUAD_WORDS, REGISTER_QUAD, ROOT_LEVEL } from '../address-map.ts';
import { QUAD_FIELD, QUAD_RECORD_WORDS, RecordTable } from '../execution-record.ts';
import { CHUNK_WORDS, LOG_CHUNK_WORDS, type PagedMemory } from './memory.ts';

/** Registers and system words, 32 of each. */
const CELLS = 64;
/** Quads of these, and the inner nodes above them: those of their subtree, and its ancestors up to the root. */
export const CELL_QUADS = CELLS / QUAD_WORDS;
export const CELL_NODES = CELL_QUADS - 1 + (ROOT_LEVEL - CELLS_LEVEL);
/** Inner nodes above a quad of RAM, the root left out. */
export const MOST_NODES = ROOT_LEVEL - 1;

/** The accesses of one shard after another. */
export class Touched {
  readonly #memory: PagedMemory;
  /** Time of the last access of each RAM word, in chunks like the memory. */
  readonly #chunks: (Uint32Array | undefined)[];
  /** Touched quads of RAM in the order of their first access, without final words and times. */
  #quads = new RecordTable(QUAD_RECORD_WORDS);
  /** Inner nodes above them, the root left out: node i of a heap has the children 2i and 2i + 1. */
  #nodes = new Set<number>();
  /** When all touched quads or nodes are this many, `isDue` is set. */
  markQuads = 2 ** 31;
  markNodes = 2 ** 31;
  /** Whether the recorder has to look at what a shard has room for. */
  isDue = false;
  /** The 32 registers and behind them the 32 system words; what they were when the shard began; times of last accesses. */
  readonly cells = new Int32Array(CELLS);
  readonly #cellsBefore = new Int32Array(CELLS);
  readonly cellTimes = new Uint32Array(CELLS);

  constructor(memory: PagedMemory) {
    this.#memory = memory;
    this.#chunks = new Array<Uint32Array | undefined>(memory.chunks.length).fill(undefined);
  }

  /** Touched quads of RAM. */
  get ramQuads(): number {
    return this.#quads.rows;
  }

  /** Inner nodes above them, those above registers left out. */
  get ramNodes(): number {
    return this.#nodes.size;
  }

  /** Access of a RAM word at `time`, before it changes; gives the time of the previous one. */
  access(wordAddress: number, time: number): number {
    const number = wordAddress >>> LOG_CHUNK_WORDS;
    let chunk = this.#chunks[number];
    if (chunk === undefined) this.#chunks[number] = chunk = new Uint32Array(CHUNK_WORDS);
    const index = wordAddress & (CHUNK_WORDS - 1);
    const before = chunk[index]!;
    if (before === 0) this.#firstAccess(chunk, index & -QUAD_WORDS, wordAddress >>> 2);
    chunk[index] = time;
    return before;
  }

  /** All touched quads, ascending, with their words and times as they are now. */
  quads(): RecordTable {
    const { words, width, rows } = this.#quads;
    const order = new Float64Array(rows);
    // Sorted as numbers: the index, then the row.
    for (let row = 0; row < rows; row++) order[row] = words[row * width + QUAD_FIELD.index]! * 2 ** 24 + row;
    order.sort();
    const table = new RecordTable(QUAD_RECORD_WORDS, rows + CELLS / QUAD_WORDS);
    for (const key of order) {
      const from = (key % 2 ** 24) * width;
      const at = table.push();
      table.buffer.set(words.subarray(from, from + width), at);
      this.#finish(table.buffer, at);
    }
    for (let cell = 0; cell < CELLS; cell += QUAD_WORDS) {
      if (isUntouched(this.cellTimes, cell)) continue;
      const at = table.push();
      const row = table.buffer;
      row[at + QUAD_FIELD.index] = REGISTER_QUAD + cell / QUAD_WORDS;
      row.set(this.#cellsBefore.subarray(cell, cell + QUAD_WORDS), at + QUAD_FIELD.init);
      row.set(this.cells.subarray(cell, cell + QUAD_WORDS), at + QUAD_FIELD.final);
      row.set(this.cellTimes.subarray(cell, cell + QUAD_WORDS), at + QUAD_FIELD.times);
    }
    return table;
  }

  /** A new shard begins: nothing is touched. */
  reset(): void {
    const { words, width } = this.#quads;
    for (let at = 0; at < words.length; at += width) {
      const address = words[at + QUAD_FIELD.index]! * QUAD_WORDS;
      const index = address & (CHUNK_WORDS - 1);
      this.#chunks[address >>> LOG_CHUNK_WORDS]!.fill(0, index, index + QUAD_WORDS);
    }
    this.#quads = new RecordTable(QUAD_RECORD_WORDS);
    this.#nodes = new Set();
    this.#cellsBefore.set(this.cells);
    this.cellTimes.fill(0);
  }

  #firstAccess(chunk: Uint32Array, index: number, quad: number): void {
    if (!isUntouched(chunk, index)) return;
    const at = this.#quads.push();
    const row = this.#quads.buffer;
    row[at + QUAD_FIELD.index] = quad;
    for (let i = 0; i < QUAD_WORDS; i++) row[at + QUAD_FIELD.init + i] = this.#memory.readWord(quad * QUAD_WORDS + i);
    for (let node = (2 ** ROOT_LEVEL + quad) >>> 1; node > 1 && !this.#nodes.has(node); node >>>= 1)
      this.#nodes.add(node);
    const { rows } = this.#quads;
    if (CELL_QUADS + rows >= this.markQuads || CELL_NODES + this.#nodes.size >= this.markNodes) this.isDue = true;
  }

  #finish(row: Uint32Array, at: number): void {
    const address = row[at + QUAD_FIELD.index]! * QUAD_WORDS;
    const chunk = this.#chunks[address >>> LOG_CHUNK_WORDS]!;
    const index = address & (CHUNK_WORDS - 1);
    for (let i = 0; i < QUAD_WORDS; i++) {
      row[at + QUAD_FIELD.final + i] = this.#memory.readWord(address + i);
      row[at + QUAD_FIELD.times + i] = chunk[index + i]!;
    }
  }
}

function isUntouched(times: Uint32Array, at: number): boolean {
  return times[at] === 0 && times[at + 1] === 0 && times[at + 2] === 0 && times[at + 3] === 0;
}
