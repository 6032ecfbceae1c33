import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RecordedChip } from '../../prover/air/chip.ts';
import { ChipRunner } from '../../prover/air/kernel/chip-runner.ts';
import { chipRoots, evaluateGraph } from '../../prover/air/evaluate.ts';
import { standardMachine } from '../../prover/machines/standard.ts';
import * as ext from '../../prover/field/extension.ts';
import { P } from '../../prover/field/koalabear.ts';
import { toMontgomery } from '../../prover/field/montgomery.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { nativeBackend } from '../../prover/verifier/native-backend.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { ExtVectors } from '../../prover/poly/ext-vectors.ts';
import { recursionMachine, type RecursionHeights } from '../../prover/machines/recursion/machine.ts';
import { createThreadPool, type ThreadPool } from '../../prover/wasm/thread-pool.ts';

const on = nativeBackend(suiteKoalaBear);

function element(seed: number): number {
  const mixed = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  const edges = [0, 1, P - 1, (P - 1) / 2, (P + 1) / 2];
  return mixed % 4 === 0 ? (edges[mixed % 5] ?? 0) : (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) % P;
}
function extElement(seed: number): ExtValue {
  return [
    element(5 * seed),
    element(5 * seed + 1),
    element(5 * seed + 2),
    element(5 * seed + 3),
    element(5 * seed + 4),
  ];
}
const elements = (count: number, seed: number): ExtValue[] =>
  Array.from({ length: count }, (_, i) => extElement(seed + i));

/** The readable twin: fractions and weighted sum of one row whose columns are extension elements. */
function reference(chip: RecordedChip, row: readonly ExtValue[], alpha: ExtValue, betas: readonly ExtValue[]) {
  const [m, p] = [chip.columns.length, chip.columns.length + chip.preprocessed.length];
  const node = evaluateGraph(on, chip.graph, chipRoots(chip), {
    main: row.slice(0, m),
    pre: row.slice(m, p),
    closed: row.slice(p),
  });
  const fractions = chip.interactions.map((i) => {
    let q = ext.add(alpha, ext.fromBase(i.bus.id));
    for (const [k, message] of i.message.entries()) q = ext.add(q, ext.mul(betas[k] ?? ext.ZERO, node(message)));
    const mu = node(i.multiplicity);
    return { q, mu: i.sign === 1 ? mu : ext.neg(mu) };
  });
  const groups = chip.groups.map((group) => {
    let [P0, Q0] = [ext.ZERO, ext.ONE];
    for (const index of group) {
      const f = fractions[index]!;
      [P0, Q0] = [ext.add(ext.mul(P0, f.q), ext.mul(f.mu, Q0)), ext.mul(Q0, f.q)];
    }
    return { p: P0, q: Q0 };
  });
  return { groups, constraints: chip.constraints.map((c) => node(c.node)) };
}

const heights: RecursionHeights = { arithmetic: 4, bits: 4, packs: 4, limbs: 4, permutations: 4 };
const machines = [standardMachine().machine, recursionMachine(heights)];
for (const threads of [1, 2]) {
  describe(`chip kernels, ${threads} thread(s)`, () => {
    let pool: ThreadPool;
    let vectors: ExtVectors;
    before(async () => {
      pool = await createThreadPool({ threads });
      vectors = new ExtVectors(pool);
    });
    after(() => pool.close());

    for (const chip of machines.flatMap((machine) => machine.chips)) {
      it(`${chip.name}: leaves and round sums equal the twin`, () => {
        const height = 16;
        const half = height / 2;
        const width = chip.columns.length + chip.preprocessed.length + chip.closedForms.length;
        const base = Array.from({ length: width }, (_, c) =>
          Array.from({ length: height }, (_r, r) => element(c * 977 + r)),
        );
        const alpha = extElement(1);
        const betas = elements(15, 10);
        const weights = {
          numerators: elements(chip.groups.length, 100),
          denominators: elements(chip.groups.length, 200),
          constraints: elements(chip.constraints.length, 300),
        };
        const eq = vectors.from(elements(half, 900));
        const runner = new ChipRunner(pool, chip);
        const constants = runner.constants({ alpha, betas, ...weights });
        const columns = base.map((values) => {
          const ptr = pool.arena.alloc(4 * height);
          pool.arena.u32(ptr, height).set(values.map((v) => toMontgomery(v)));
          return ptr;
        });
        const rowOf = (cells: (c: number) => ExtValue) =>
          reference(
            chip,
            Array.from({ length: width }, (_, c) => cells(c)),
            alpha,
            betas,
          );

        const outs = chip.groups.flatMap(() => [vectors.alloc(height), vectors.alloc(height)]);
        runner.leaves(
          columns,
          constants,
          outs.map((o) => o.ptr),
          4 * height,
          height,
        );
        for (const r of [0, 5, 15]) {
          const expected = rowOf((c) => ext.fromBase(base[c]![r]!));
          for (const [g, { p, q }] of expected.groups.entries()) {
            assert.deepEqual(vectors.get(outs[2 * g]!, r), p, `P of group ${g}`);
            assert.deepEqual(vectors.get(outs[2 * g + 1]!, r), q, `Q of group ${g}`);
          }
        }

        const total = (cell: (c: number, r: number) => ExtValue, x: number): ExtValue => {
          let sum = ext.ZERO;
          for (let i = 0; i < half; i++) {
            const { groups, constraints } = rowOf((c) => {
              const low = cell(c, i);
              return ext.add(low, ext.scale(ext.sub(cell(c, i + half), low), x));
            });
            let row = ext.ZERO;
            for (const [g, { p, q }] of groups.entries()) {
              row = ext.add(row, ext.add(ext.mul(weights.numerators[g]!, p), ext.mul(weights.denominators[g]!, q)));
            }
            for (const [k, value] of constraints.entries()) row = ext.add(row, ext.mul(weights.constraints[k]!, value));
            sum = ext.add(sum, ext.mul(vectors.get(eq, i), row));
          }
          return sum;
        };
        const onBase = runner.roundBase(columns, constants, half, eq);
        for (const x of [0, 1, 2, 3])
          assert.deepEqual(
            onBase[x],
            total((c, r) => ext.fromBase(base[c]![r]!), x),
            `base, X = ${x}`,
          );

        const extColumns = Array.from({ length: width }, (_, c) => vectors.from(elements(height, 5000 + 50 * c)));
        const onExt = runner.roundExt(
          extColumns.map((b) => b.ptr),
          4 * height,
          constants,
          half,
          eq,
        );
        for (const x of [0, 1, 2, 3])
          assert.deepEqual(
            onExt[x],
            total((c, r) => vectors.get(extColumns[c]!, r), x),
            `ext, X = ${x}`,
          );
      });
    }
  });
}
