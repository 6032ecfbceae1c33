/** The rounds over columns against the readable witness, which has every cell of the weight in memory. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as ext from '../../prover/field/extension.ts';
import { toMontgomery } from '../../prover/field/montgomery.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { innerProduct, liftVector, setExt, getExt, eqVector } from '../../prover/pcs/reference/plain-vector.ts';
import { ReferenceWitness } from '../../prover/pcs/reference/witness.ts';
import { ColumnRounds, type WeightTerm } from '../../prover/pcs/wasm/column-rounds.ts';
import { segmentDots } from '../../prover/pcs/wasm/segments.ts';
import { ExtVectors } from '../../prover/poly/ext-vectors.ts';
import { plainEq } from '../../prover/poly/plain-eq.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { createThreadPool, type ThreadPool } from '../../prover/wasm/thread-pool.ts';
import { seeded } from '../support/seeded.ts';

for (const threads of [1, 2]) {
  describe(`rounds over columns, ${threads} thread(s)`, () => {
    let pool: ThreadPool;
    before(async () => {
      pool = await createThreadPool({ threads });
    });
    after(() => pool.close());

    for (const [logRows, logColumns, logLift] of [
      [3, 1, 0],
      [3, 2, 1],
      [4, 3, 2],
      [7, 4, 3],
      [11, 3, 0],
    ] as const) {
      it(`are those of all cells: 2^${logRows} rows, 2^${logColumns} columns, lift ${logLift}`, (t) => {
        const random = seeded();
        t.diagnostic(`seed ${random.seed}`);
        const below = (n: number): number => random.word() % n;
        const felt = (): number => random.felt();
        const element = (): ExtValue => [felt(), felt(), felt(), felt(), felt()];
        const rows = 2 ** logRows;
        const count = 2 ** logColumns;
        const point = Array.from({ length: logRows }, element);
        const whole = { point: Array.from({ length: logRows + logColumns }, element), scale: element() };
        const termOf = (logLength: number): WeightTerm => {
          const logHeight = 2 + below(logLength - 1);
          const offset = 2 ** logHeight * below(2 ** (logLength - logHeight));
          return { logHeight, offset, column: below(count), scale: element() };
        };
        const terms = Array.from({ length: 9 }, () => termOf(logRows));
        const lifted = Array.from({ length: 3 }, () => termOf(logRows - logLift)).slice(logRows - logLift < 2 ? 3 : 0);
        // The third of every four columns is zero and nowhere in memory.
        const isZero = (y: number): boolean => y % 4 === 2;
        const stacked = Uint32Array.from({ length: rows * count }, (_, i) =>
          isZero(Math.floor(i / rows)) ? 0 : felt(),
        );
        const weight = eqVector(whole.point, whole.scale);
        const add = ({ logHeight, offset, column, scale }: WeightTerm, step: number): void => {
          for (const [i, entry] of plainEq(point.slice(0, logHeight), scale).entries()) {
            const cell = column * rows + (offset + i) * step;
            setExt(weight, cell, ext.add(getExt(weight, cell), entry));
          }
        };
        for (const term of terms) add(term, 1);
        for (const term of lifted) add(term, 2 ** logLift);

        pool.arena.scope(() => {
          const vectors = new ExtVectors(pool);
          const columns = Array.from({ length: count }, (_, y) => {
            if (isZero(y)) return undefined;
            const ptr = pool.arena.alloc(4 * rows);
            pool.arena.u32(ptr, rows).set(stacked.subarray(y * rows, (y + 1) * rows).map(toMontgomery));
            return ptr;
          });
          const rowEq = eqVector(whole.point.slice(0, logRows), ext.ONE);
          const dots = columns.map((_, y) =>
            innerProduct(liftVector(stacked.subarray(y * rows, (y + 1) * rows)), rowEq),
          );
          const own = new ColumnRounds(vectors, {
            logRows,
            logColumns,
            columns,
            weight: { point, terms, lifted, logLift, whole: { ...whole, dots } },
          });
          const twin = new ReferenceWitness(suiteKoalaBear, stacked, weight);
          for (let left = logColumns; left > 0; left--) {
            assert.equal(own.left, left);
            assert.deepEqual(own.message(), twin.roundMessage('highest'));
            const r = element();
            own.bind(r);
            twin.bind(r, 'highest');
          }
          const [values, rest] = [vectors.alloc(rows), vectors.alloc(rows)];
          own.finish(values, rest);
          assert.deepEqual(vectors.values(values), twin.values());
          // The weight shows in the next round and in its inner product with the values.
          assert.deepEqual(vectors.round(values, rest, 'lowest'), twin.roundMessage('lowest'));
        });
      });
    }

    it('many columns go through memory in rounds', () => {
      pool.arena.scope(() => {
        const vectors = new ExtVectors(pool);
        const [logRows, count] = [18, 21];
        const columns = Array.from({ length: count }, (_, c) => {
          const ptr = pool.arena.allocZeroed(4 * 2 ** logRows);
          pool.arena.u32(ptr, 2 ** logRows)[8 + c] = toMontgomery(c + 1);
          return ptr;
        });
        const point = Array.from({ length: logRows }, (_, i): ExtValue => [i + 2, i, 1, 0, 5]);
        const segments = [
          { logHeight: 5, offset: 0 },
          { logHeight: 3, offset: 16 },
          { logHeight: logRows, offset: 0 },
        ];
        const dots = segmentDots(vectors, columns, logRows, point, segments);
        for (const [s, { logHeight, offset }] of segments.entries()) {
          const size = Math.min(logHeight, 5);
          const low = plainEq(point.slice(0, size));
          const high = point.slice(size, logHeight).reduce((f, x) => ext.mul(f, ext.sub(ext.ONE, x)), ext.ONE);
          for (let c = 0; c < count; c++) {
            const entry = low[8 + c - offset] ?? ext.ZERO;
            assert.deepEqual(dots[s]?.[c], ext.mul(high, ext.scale(entry, c + 1)), `segment ${s}, column ${c}`);
          }
        }
      });
    });
  });
}
