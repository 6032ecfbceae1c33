/** Drops arithmetic rows whose result nobody reads. Assertions and all other rows stay. */
import { ONE_CELL } from '../machines/recursion/memory.ts';
import { READ, type ArithmeticRows, type Program } from '../machines/recursion/program.ts';

/**
 * The program without unread arithmetic rows; addresses do not change. Rows only refer to earlier cells, so one pass from
 * the end finds all of them. The first rows, zeros and one, are what unused operands read: they stay.
 */
export function dropUnread(program: Program): Program {
  const { arithmetic, bits, packs, limbs, permutations } = program;
  const read = new Set<number>();
  for (const cell of bits.sum) read.add(cell);
  for (const [row, cell] of bits.out.entries()) if (bits.mode[row] === READ) read.add(cell);
  for (const [i, cell] of packs.cells.entries()) if (packs.cellModes[i] === READ) read.add(cell);
  for (const first of limbs.first) for (let i = 0; i < 5; i++) read.add(first + i);
  for (const cell of permutations.bit) read.add(cell);
  const kept: number[] = [];
  for (let row = arithmetic.out.length - 1; row >= 0; row--) {
    const isNeeded = row <= ONE_CELL || arithmetic.mode[row] === READ || read.has(arithmetic.out[row]!);
    if (!isNeeded) continue;
    kept.push(row);
    read.add(arithmetic.a[row]!).add(arithmetic.b[row]!).add(arithmetic.c[row]!);
    if (arithmetic.mode[row] === READ) read.add(arithmetic.out[row]!);
  }
  kept.reverse();
  const select = (column: readonly number[]): number[] => kept.map((row) => column[row]!);
  const selected: ArithmeticRows = {
    a: select(arithmetic.a),
    b: select(arithmetic.b),
    c: select(arithmetic.c),
    out: select(arithmetic.out),
    mode: select(arithmetic.mode),
    s1: select(arithmetic.s1),
    s2: select(arithmetic.s2),
    s3: select(arithmetic.s3),
  };
  return { ...program, arithmetic: selected };
}
