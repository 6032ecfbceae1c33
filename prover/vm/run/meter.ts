/**
 * Counts what a shard takes while it is recorded. A chip that is about to need another row than its height has is counted
 * as twice as high, if that still fits; if it does not, the shard is full.
 *
 * What is counted is at least what is filled: a node counts as two permutations, although equal ones share a row.
 */
import { FAMILIES, type Family } from '../isa/operations.ts';
import type { RecordTable } from '../execution-record.ts';
import { DEFAULT_REACH, type Reach } from '../syscalls/table.ts';
import { CELL_NODES, CELL_QUADS, MOST_NODES, type Touched } from './touched.ts';
import type { Counter, ShardChip, ShardLimits } from './limits.ts';

type Counts = Map<Counter, number>;

/** What a plain instruction adds at most: an access of RAM, where no other touched quad is near. */
const WORST = { quads: 1, nodes: MOST_NODES } as const;

/** A chip with the height that it is counted with. */
type Height = { readonly chip: ShardChip; log: number };

/** The meter of one shard. */
export class ShardMeter {
  readonly #limits: ShardLimits;
  readonly #families: Readonly<Record<Family, RecordTable>>;
  readonly #touched: Touched;
  readonly #calls: Counts = new Map();
  readonly #heights: readonly Height[];

  constructor(limits: ShardLimits, families: Readonly<Record<Family, RecordTable>>, touched: Touched) {
    this.#limits = limits;
    this.#families = families;
    this.#touched = touched;
    this.#heights = limits.chips.map((chip) => ({ chip, log: chip.minLogHeight }));
  }

  /**
   * Whether any plain instruction still fits, HALT and COMMIT included. Sets the marks of the tables and of `touched`, at
   * which this has to be asked again.
   */
  hasRoom(): boolean {
    const worst = (counter: Counter): number => this.#count(counter) + worstOf(counter);
    if (!this.#reserve(worst)) return false;
    for (const family of FAMILIES) this.#families[family].mark = this.#markOf(family);
    this.#touched.markQuads = this.#markOf('quads');
    this.#touched.markNodes = Math.min(this.#markOf('nodes'), Math.floor(this.#markOf('permutations') / 2));
    return true;
  }

  /** Whether a call of an extension with this reach fits, and any plain instruction after it. */
  hasRoomForCall(number: number, reach: Reach = DEFAULT_REACH): boolean {
    const { words, ranges } = reach;
    const quads = Math.floor(words / 4) + 2 * ranges;
    const more = new Map<Counter, number>([
      ['quads', quads],
      // Above a range there is less than one node a quad, and two in each level.
      ['nodes', quads + 2 * MOST_NODES * ranges],
      ['permutations', 2 * (quads + 2 * MOST_NODES * ranges)],
      [`calls:${number}`, 1],
      [`accesses:${number}`, words],
    ]);
    return this.#reserve((counter) => this.#count(counter) + (more.get(counter) ?? 0) + worstOf(counter));
  }

  /** A call has taken place that accessed `words` words. */
  addCall(number: number, words: number): void {
    for (const [counter, more] of [
      [`calls:${number}`, 1],
      [`accesses:${number}`, words],
    ] as const) {
      this.#calls.set(counter, (this.#calls.get(counter) ?? 0) + more);
    }
  }

  /** Raises heights until all chips hold what `countOf` says; false, and nothing is changed, where that does not fit. */
  #reserve(countOf: (counter: Counter) => number): boolean {
    const { maxLogHeight, maxCells, fixedCells } = this.#limits;
    const logs = this.#heights.map(({ chip, log }) => {
      const rows = chip.rows.reduce((sum, { of, each }) => sum + each * countOf(of), 0);
      return Math.max(log, Math.ceil(Math.log2(Math.max(1, rows))));
    });
    const cells = this.#heights.reduce((sum, { chip }, i) => sum + chip.columns * 2 ** logs[i]!, fixedCells);
    if (cells > maxCells || logs.some((log) => log > maxLogHeight)) return false;
    for (const [i, height] of this.#heights.entries()) height.log = logs[i]!;
    return true;
  }

  /** The count of something at which a chip may become too small for another instruction. */
  #markOf(counter: Counter): number {
    let mark = 2 ** 31;
    for (const { chip, log } of this.#heights) {
      const own = chip.rows.find(({ of }) => of === counter);
      if (own === undefined) continue;
      const needed = chip.rows.reduce((sum, { of, each }) => sum + each * (this.#count(of) + worstOf(of)), 0);
      const left = Math.floor((2 ** log - needed) / (own.each * chip.rows.length));
      mark = Math.min(mark, this.#count(counter) + left + 1);
    }
    return mark;
  }

  #count(counter: Counter): number {
    switch (counter) {
      case 'quads':
        return CELL_QUADS + this.#touched.ramQuads;
      case 'nodes':
        return CELL_NODES + this.#touched.ramNodes;
      case 'permutations':
        return 2 * (CELL_NODES + this.#touched.ramNodes);
      default:
        return isFamily(counter) ? this.#families[counter].rows : (this.#calls.get(counter) ?? 0);
    }
  }
}

const NAMES: ReadonlySet<string> = new Set(FAMILIES);

function isFamily(counter: Counter): counter is Family {
  return NAMES.has(counter);
}

function worstOf(counter: Counter): number {
  switch (counter) {
    case 'quads':
      return WORST.quads;
    case 'nodes':
      return WORST.nodes;
    case 'permutations':
      return 2 * WORST.nodes;
    default:
      return isFamily(counter) ? 1 : 0;
  }
}
