/**
 * How columns of different heights stand in one stacked matrix Q(x, y) of 2^n rows and 2^c columns; cell index
 * z = x + 2^n * y. The columns of a chip are split into the binary parts of their number: a part of 2^k columns of
 * height 2^h is a block of 2^(h+k) consecutive cells, aligned to its size, row bits lowest, then k column bits.
 */
import { ZkError } from '../core/errors.ts';

/** One block: columns [firstColumn, firstColumn + 2^logWidth) of one chip. */
export type Block = { readonly chip: number; readonly firstColumn: number; readonly logWidth: number };

/** The blocks of `width` columns, widest first: one per binary digit of `width`. */
export function splitColumns(chip: number, width: number): Block[] {
  const blocks: Block[] = [];
  let firstColumn = 0;
  for (let logWidth = 30; logWidth >= 0; logWidth--) {
    if (Math.floor(width / 2 ** logWidth) % 2 === 0) continue;
    blocks.push({ chip, firstColumn, logWidth });
    firstColumn += 2 ** logWidth;
  }
  return blocks;
}

/**
 * First cells of items of 2^logSize cells: placed by size, largest first, equal sizes in order. Descending powers of
 * two pack without gaps and every item is aligned to its size.
 */
export function packBySize(logSizes: readonly number[]): { readonly starts: number[]; readonly total: number } {
  const order = logSizes.map((_, i) => i).sort((a, b) => (logSizes[b] ?? 0) - (logSizes[a] ?? 0) || a - b);
  const starts = new Array<number>(logSizes.length).fill(0);
  let total = 0;
  for (const i of order) {
    starts[i] = total;
    total += 2 ** (logSizes[i] ?? 0);
  }
  return { starts, total };
}

/** Places blocks in a window of `capacity` cells from cell 0. ZkError TRACE_TOO_LARGE when they do not fit. */
export function placeBlocks(blocks: readonly Block[], logHeights: readonly number[], capacity: number): number[] {
  const { starts, total } = packBySize(blocks.map((block) => (logHeights[block.chip] ?? 0) + block.logWidth));
  if (total > capacity) {
    throw new ZkError('TRACE_TOO_LARGE', `the columns take ${total} cells, this layer has room for ${capacity}`);
  }
  return starts;
}

/**
 * The stacked columns of a window: `width` columns of 2^logRows rows, zero where no block stands. `columns[a][i]` is
 * column i of chip a; `starts[b]` the first cell of block b. Blocks must lie inside the window.
 */
export function stackColumns(
  logRows: number,
  width: number,
  blocks: readonly Block[],
  starts: readonly number[],
  columns: readonly (readonly Uint32Array[])[],
): Uint32Array[] {
  const rows = 2 ** logRows;
  const cells = new Uint32Array(rows * width);
  for (const [b, block] of blocks.entries()) {
    for (let i = 0; i < 2 ** block.logWidth; i++) {
      const column = columns[block.chip]?.[block.firstColumn + i];
      if (column === undefined) throw new RangeError(`block ${b} expected column ${block.firstColumn + i}`);
      cells.set(column, (starts[b] ?? 0) + i * column.length);
    }
  }
  return Array.from({ length: width }, (_, y) => cells.subarray(y * rows, (y + 1) * rows));
}
