/**
 * The NTT of one pool: plans (tables of roots) and the splitting into jobs. Columns are in pool memory, Montgomery
 * form, natural order. An extension vector is transformed plane by plane.
 */
import { P, TWO_ADICITY, mul, rootOfUnity } from '../field/koalabear.ts';
import { MONT_ONE, fromMontgomery, toMontgomery } from '../field/montgomery.ts';
import { type ThreadPool, type KernelModule, splitRange } from '../wasm/thread-pool.ts';
import { PLAN, nttModule } from './ntt-kernel.ts';

/** Smallest size of the kernels; smaller transforms are done here, by the definition. */
const MIN_LOG_SIZE = 4;
/** Words of intermediate memory one round of columns may take, at least one column. */
const INTERMEDIATE_WORDS = 1 << 22;

type Plan = { readonly ptr: number; readonly blocks: { readonly columns: number; readonly rows: number } };

/** One column to transform: byte offsets of its coefficients and of its values. They may be the same. */
export type NttColumn = { readonly coefficients: number; readonly values: number };

export class Ntt {
  readonly #pool: ThreadPool;
  readonly #module: KernelModule;

  constructor(pool: ThreadPool) {
    this.#pool = pool;
    this.#module = pool.cached('ntt', nttModule);
  }

  /**
   * Evaluates polynomials with 2^logCoefficients coefficients at w^0, w^1, ..., w of order 2^logSize: 2^logSize values a
   * column. All columns have the same shape. `coefficients` and `values` of a column overlap exactly or not at all, and
   * different columns do not overlap. Uses arena memory only while it runs.
   */
  evaluate(columns: readonly NttColumn[], logCoefficients: number, logSize: number): void {
    if (logCoefficients < 0 || logCoefficients > logSize || logSize > TWO_ADICITY) {
      throw new RangeError(
        `"logCoefficients" expected 0..logSize <= ${TWO_ADICITY}, got ${logCoefficients}, ${logSize}`,
      );
    }
    if (logSize < MIN_LOG_SIZE) {
      for (const column of columns) this.#evaluateSmall(column, 2 ** logCoefficients, 2 ** logSize);
      return;
    }
    const { arena, threads } = this.#pool;
    const words = 2 ** logSize;
    arena.scope(() => {
      const logRow = logSize - Math.ceil(logSize / 2);
      // The kernel reads whole rows of b2; fewer coefficients are padded to one row.
      const padded = logCoefficients < logRow ? this.#pad(columns, 2 ** logCoefficients, 2 ** logRow) : columns;
      const plan = this.#plan(Math.max(logCoefficients, logRow), logSize);
      const perRound = Math.min(columns.length, Math.max(1, Math.floor(INTERMEDIATE_WORDS / words)));
      const intermediate = arena.alloc(4 * words * perRound);
      for (let first = 0; first < columns.length; first += perRound) {
        const round = padded.slice(first, first + perRound);
        const pass = (name: 'columns' | 'rows', job: (column: NttColumn, i: number) => [number, number]): void => {
          const grain = Math.max(1, Math.floor((plan.blocks[name] * round.length) / (16 * threads)));
          const ranges = splitRange(plan.blocks[name], threads, Math.min(grain, plan.blocks[name]));
          const jobs = round.flatMap((column, i) => ranges.map((range) => [plan.ptr, ...job(column, i), ...range]));
          this.#pool.run(this.#module, name, jobs);
        };
        pass('columns', (column, i) => [column.coefficients, intermediate + 4 * words * i]);
        pass('rows', (column, i) => [intermediate + 4 * words * i, column.values]);
      }
    });
  }

  /** Writes the tables of one shape. The plan lives until the caller's scope ends. */
  #plan(logCoefficients: number, logSize: number): Plan {
    const { arena } = this.#pool;
    const logColumns = Math.ceil(logSize / 2);
    const logRows = logSize - logColumns;
    const [columnLength, rowLength] = [2 ** logColumns, 2 ** logRows];
    const vectors = Math.min(4, columnLength / 4, rowLength / 4);
    const rowBytes = 16 * vectors;
    const table = (words: Uint32Array): number => {
      const ptr = arena.alloc(words.byteLength);
      arena.u32(ptr, words.length).set(words);
      return ptr;
    };
    const inputRows = 2 ** logCoefficients / rowLength;
    const words = new Uint32Array(PLAN.words);
    words[PLAN.columnLength] = columnLength;
    words[PLAN.rowLength] = rowLength;
    words[PLAN.rowBytes] = rowBytes;
    words[PLAN.inputRows] = inputRows;
    words[PLAN.columnRoots] = table(rootPowers(logColumns, columnLength));
    words[PLAN.rowRoots] = table(rootPowers(logRows, rowLength));
    words[PLAN.columnOffsets] = table(reversedOffsets(logColumns, rowBytes));
    words[PLAN.rowOffsets] = table(reversedOffsets(logRows, rowBytes));
    words[PLAN.twiddles] = table(rootPowers(logSize, rowLength));
    return {
      ptr: table(words),
      blocks: { columns: rowLength / (4 * vectors), rows: columnLength / (4 * vectors) },
    };
  }

  /** Copies of the columns, filled up with zeros. */
  #pad(columns: readonly NttColumn[], count: number, length: number): NttColumn[] {
    const { arena } = this.#pool;
    return columns.map(({ coefficients, values }) => {
      const ptr = arena.allocZeroed(4 * length);
      arena.bytes(ptr, 4 * count).set(arena.bytes(coefficients, 4 * count));
      return { coefficients: ptr, values };
    });
  }

  /** By the definition, in JavaScript. */
  #evaluateSmall(column: NttColumn, count: number, size: number): void {
    const { arena } = this.#pool;
    const coefficients = Array.from(arena.u32(column.coefficients, count), fromMontgomery);
    const root = rootOfUnity(Math.log2(size));
    const values = arena.u32(column.values, size);
    let point = 1;
    for (let k = 0; k < size; k++) {
      values[k] = toMontgomery(coefficients.reduceRight((sum, c) => (mul(sum, point) + c) % P, 0));
      point = mul(point, root);
    }
  }
}

/** Montgomery forms of w^0 .. w^(count-1), w of order 2^logOrder. */
function rootPowers(logOrder: number, count: number): Uint32Array {
  const root = rootOfUnity(logOrder);
  const powers = new Uint32Array(count);
  let power = MONT_ONE;
  for (let i = 0; i < count; i++) {
    powers[i] = power;
    power = mul(power, root);
  }
  return powers;
}

/** Byte offset of the scratch row that holds output i: rows come out in bit-reversed order. */
function reversedOffsets(bits: number, rowBytes: number): Uint32Array {
  const offsets = new Uint32Array(2 ** bits);
  for (let i = 1; i < offsets.length; i++) {
    offsets[i] = ((offsets[i >> 1] ?? 0) >>> 1) + ((i & 1) << (bits - 1));
  }
  return offsets.map((row) => row * rowBytes);
}
