/**
 * From a program to the preprocessed columns of its key: addresses and signed multiplicities, padded to the machine's
 * heights. Every address is written exactly once and everything read is written; a program that breaks this is refused.
 */
import { ZkError } from '../../core/errors.ts';
import { P } from '../../field/koalabear.ts';
import type { PreprocessedTraces } from '../../air/machine.ts';
import { CHIP_ORDER, type RecursionHeights } from './machine.ts';
import {
  BIT_SPACE,
  CAPACITY_SPACE,
  LIMBS_SPACE,
  OUTPUT_BLOCKS,
  SPACE,
  ZERO_BLOCK,
  ZERO_CELL,
  ZERO_CELLS,
} from './memory.ts';
import { READ, UNUSED, WRITE, rowCounts, type Program } from './program.ts';

/** A program that needs more rows than the machine has, or that is not write-once. */
export class RecursionProgramError extends ZkError {
  constructor(code: 'program-too-large' | 'not-write-once', message: string) {
    super(code, message);
  }
}

/** RecursionProgramError when a chip of the program has more rows than the machine. */
export function checkFits(program: Program, heights: RecursionHeights): void {
  const counts = rowCounts(program);
  const tooLarge = CHIP_ORDER.filter((name) => counts[name] > 2 ** heights[name]).map(
    (name) => `${name} needs ${counts[name]} rows, has 2^${heights[name]}`,
  );
  if (tooLarge.length > 0) {
    throw new RecursionProgramError(
      'program-too-large',
      `the program does not fit the machine: ${tooLarge.join('; ')}`,
    );
  }
}

/** Preprocessed columns per chip, in the machine's order. */
export function preprocessedColumns(program: Program, heights: RecursionHeights): PreprocessedTraces {
  checkFits(program, heights);
  const { cells, blocks } = countReads(program, heights);
  const { arithmetic, bits, packs, limbs, permutations } = program;
  const signed = (reads: Map<number, number>, address: number, mode: number): number =>
    mode === UNUSED ? 0 : mode === READ ? P - 1 : (reads.get(address) ?? 0);
  const column = (logHeight: number, length: number, at: (row: number) => number, padding = 0): Uint32Array =>
    new Uint32Array(2 ** logHeight).fill(padding, length).map((value, row) => (row < length ? at(row) : value));

  const rows = rowCounts(program);
  const a = heights.arithmetic;
  const b = heights.bits;
  const k = heights.packs;
  const l = heights.limbs;
  const m = heights.permutations;
  const lanes = Array.from({ length: 8 }, (_, i) => i);
  return [
    [
      column(a, rows.arithmetic, (r) => arithmetic.a[r]!, ZERO_CELL),
      column(a, rows.arithmetic, (r) => arithmetic.b[r]!, ZERO_CELL),
      column(a, rows.arithmetic, (r) => arithmetic.c[r]!, ZERO_CELL),
      column(a, rows.arithmetic, (r) => arithmetic.out[r]!),
      column(a, rows.arithmetic, (r) => signed(cells, arithmetic.out[r]!, arithmetic.mode[r]!)),
      column(a, rows.arithmetic, (r) => arithmetic.s1[r]!),
      column(a, rows.arithmetic, (r) => arithmetic.s2[r]!),
      column(a, rows.arithmetic, (r) => arithmetic.s3[r]!),
    ],
    [
      column(b, rows.bits, (r) => bits.sum[r]!, ZERO_CELL),
      column(b, rows.bits, (r) => bits.out[r]!),
      column(b, rows.bits, (r) => signed(cells, bits.out[r]!, bits.mode[r]!)),
      column(b, rows.bits, (r) => cells.get(SPACE * BIT_SPACE + r) ?? 0),
    ],
    [
      column(k, rows.packs, (r) => packs.block[r]!),
      column(k, rows.packs, (r) => signed(blocks, packs.block[r]!, packs.blockMode[r]!)),
      ...lanes.map((i) => column(k, rows.packs, (r) => packs.cells[8 * r + i]!)),
      ...lanes.map((i) =>
        column(k, rows.packs, (r) => signed(cells, packs.cells[8 * r + i]!, packs.cellModes[8 * r + i]!)),
      ),
    ],
    [
      column(l, rows.limbs, (r) => limbs.first[r]!, ZERO_CELL),
      column(l, rows.limbs, (r) => cells.get(SPACE * LIMBS_SPACE + r) ?? 0),
    ],
    [
      column(m, rows.permutations, (r) => permutations.input[r]!, ZERO_BLOCK),
      column(m, rows.permutations, (r) => permutations.bit[r]!, ZERO_CELL),
      column(m, rows.permutations, (r) => permutations.second[r]!),
      column(m, rows.permutations, (r) => (permutations.secondMode[r] === READ ? P - 1 : 0)),
      column(m, rows.permutations, (r) => permutations.out[r]!),
      column(m, rows.permutations, (r) => signed(blocks, permutations.out[r]!, permutations.outMode[r]!)),
      column(m, rows.permutations, (r) => blocks.get(SPACE * CAPACITY_SPACE + r) ?? 0),
    ],
  ];
}

/** Reads per address on both buses, padding rows and the verifier's own reads included. */
function countReads(
  program: Program,
  heights: RecursionHeights,
): { cells: Map<number, number>; blocks: Map<number, number> } {
  const { arithmetic, bits, packs, limbs, permutations } = program;
  const rows = rowCounts(program);
  const cells = new Ledger('cell');
  const blocks = new Ledger('block');
  for (let r = 0; r < rows.arithmetic; r++) {
    cells.read(arithmetic.a[r]!);
    cells.read(arithmetic.b[r]!);
    cells.read(arithmetic.c[r]!);
    cells.use(arithmetic.out[r]!, arithmetic.mode[r]!);
  }
  for (let r = 0; r < rows.bits; r++) {
    cells.read(bits.sum[r]!);
    cells.use(bits.out[r]!, bits.mode[r]!);
    cells.use(SPACE * BIT_SPACE + r, WRITE);
  }
  for (let r = 0; r < rows.packs; r++) {
    blocks.use(packs.block[r]!, packs.blockMode[r]!);
    for (let i = 8 * r; i < 8 * r + 8; i++) cells.use(packs.cells[i]!, packs.cellModes[i]!);
  }
  for (let r = 0; r < rows.limbs; r++) {
    for (let i = 0; i < 5; i++) cells.read(limbs.first[r]! + i);
    cells.use(SPACE * LIMBS_SPACE + r, WRITE);
  }
  for (let r = 0; r < rows.permutations; r++) {
    blocks.read(permutations.input[r]!);
    cells.read(permutations.bit[r]!);
    blocks.use(permutations.second[r]!, permutations.secondMode[r]!);
    blocks.use(permutations.out[r]!, permutations.outMode[r]!);
    blocks.use(SPACE * CAPACITY_SPACE + r, WRITE);
  }
  // Padding rows read the zero cells and the zero block; the verifier reads the outputs.
  const padding = (name: keyof RecursionHeights): number => 2 ** heights[name] - rows[name];
  cells.read(ZERO_CELL, 3 * padding('arithmetic') + padding('bits') + padding('permutations'));
  for (let i = 0; i < ZERO_CELLS; i++) cells.read(ZERO_CELL + i, padding('limbs'));
  blocks.read(ZERO_BLOCK, padding('permutations'));
  for (let block = 0; block < OUTPUT_BLOCKS; block++) blocks.read(block);
  return { cells: cells.reads(), blocks: blocks.reads() };
}

/** Counts reads and refuses a second write, or a read without a write. */
class Ledger {
  readonly #kind: string;
  readonly #reads = new Map<number, number>();
  readonly #written = new Set<number>();

  constructor(kind: string) {
    this.#kind = kind;
  }

  read(address: number, times = 1): void {
    if (times > 0) this.#reads.set(address, (this.#reads.get(address) ?? 0) + times);
  }

  use(address: number, mode: number): void {
    if (mode === READ) this.read(address);
    if (mode !== WRITE) return;
    if (this.#written.has(address)) {
      throw new RecursionProgramError('not-write-once', `${this.#kind} ${address} is written twice`);
    }
    this.#written.add(address);
  }

  reads(): Map<number, number> {
    for (const address of this.#reads.keys()) {
      if (!this.#written.has(address)) {
        throw new RecursionProgramError('not-write-once', `${this.#kind} ${address} is read and never written`);
      }
    }
    return this.#reads;
  }
}
