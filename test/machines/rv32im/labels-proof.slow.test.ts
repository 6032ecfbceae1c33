/**
 * What the row checker reports, the proof system refuses: for every label of every chip a trace with one changed cell is
 * proved by the full prover, which does not check its witness, and the verifier rejects the proof.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../../prover/core/errors.ts';
import type { ProvingKey } from '../../../prover/stark/prover/interface.ts';
import { CORE_S } from '../../../prover/stark/layers.ts';
import type { LayerParameters } from '../../../prover/stark/parameters.ts';
import { CoreProver } from '../../support/core-prover.ts';
import { findCorruptions, world } from './corruptions.ts';
import { MACHINE } from './world.ts';

/** TEST ONLY. The shape of core-s with a handful of queries: a false witness falls before any query is made. */
const LAYER: LayerParameters = { ...CORE_S, id: 'test-only-core-s', queries: [3, 3, 2, 2], queryPowBits: 2 };

describe('every label, by the full prover and verifier', () => {
  let prover: CoreProver;
  let key: ProvingKey;
  before(async () => {
    prover = await CoreProver.create(LAYER);
    key = prover.key(world.preprocessed, world.keyFelts);
  });
  after(() => prover.close());

  it('accepts the honest trace', () => {
    prover.verify(key, world.publicValues, prover.prove(world.main, key, world.publicValues));
  });

  for (const [a, chip] of MACHINE.chips.entries()) {
    it(`${chip.name}: a trace that violates a label has no accepted proof`, () => {
      const corruptions = findCorruptions(chip);
      for (const { label } of [...chip.constraints, ...chip.interactions]) {
        const corruption = corruptions.get(label);
        assert.ok(corruption !== undefined, `no corruption for "${label}"`);
        const { row, cells } = corruption;
        const replace = (columns: readonly Uint32Array[], values: readonly number[]): Uint32Array[] =>
          columns.map((column, c) => {
            const copy = column.slice();
            copy[row] = values[c] ?? 0;
            return copy;
          });
        const main = world.main.map((trace, i) =>
          i === a ? { ...trace, columns: replace(trace.columns, cells.main) } : trace,
        );
        // A changed preprocessed cell is a prover that uses other tables than the key's.
        const columns = key.columns.map((list, i) => (i === a ? replace(list, cells.pre) : list));
        const proof = prover.prove(main, { ...key, columns }, world.publicValues);
        assert.throws(
          () => prover.verify(key, world.publicValues, proof),
          (error) => error instanceof VerificationError,
          `"${label}" was accepted`,
        );
      }
    });
  }
});
