/**
 * What the row checker reports, the proof system refuses: for every label of every chip a trace with one changed cell is
 * proved by the full prover, which does not check its witness, and the verifier rejects the proof.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../prover/core/errors.ts';
import type { MachineTrace } from '../../prover/air/machine.ts';
import { keyFelts } from '../../prover/chips/machine.ts';
import { engineHashKb, type EngineHash } from '../../prover/pcs/engine-hash.ts';
import { suiteKb } from '../../prover/pcs/suite-kb.ts';
import type { ProvingKey } from '../../prover/stark/engine.ts';
import { CORE_S } from '../../prover/stark/layers.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { commitOnEngine, createWasmEngine, wasmProverHash } from '../../prover/stark/wasm-engine.ts';
import { createEngine, type Engine } from '../../prover/wasm/pool.ts';
import { findCorruptions, world } from '../support/corruptions.ts';
import { MACHINE } from './world.ts';

/** TEST ONLY. The shape of core-s with a handful of queries: a false witness falls before any query is made. */
const LAYER: LayerParameters = { ...CORE_S, id: 'test-only-core-s', queries: [3, 3, 2, 2], queryPowBits: 2 };

describe('every label, by the full prover and verifier', () => {
  let engine: Engine;
  let hash: EngineHash;
  let key: ProvingKey;
  before(async () => {
    engine = await createEngine();
    hash = engineHashKb(engine);
    key = setupKey(suiteKb, MACHINE, LAYER, world.preprocessed, keyFelts(world.program), commitOnEngine(engine, hash));
  });
  after(() => engine.close());

  const prove = (main: MachineTrace, provingKey: ProvingKey) =>
    engine.arena.scope(() =>
      proveLayer(
        wasmProverHash(suiteKb, hash),
        createWasmEngine(engine, hash),
        MACHINE,
        LAYER,
        provingKey,
        world.publicValues,
        main,
      ),
    );

  it('accepts the honest trace', () => {
    verifyNative(suiteKb, MACHINE, LAYER, key.key, world.publicValues, prove(world.main, key));
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
        const proof = prove(main, { ...key, columns });
        assert.throws(
          () => verifyNative(suiteKb, MACHINE, LAYER, key.key, world.publicValues, proof),
          (error) => error instanceof VerificationError,
          `"${label}" was accepted`,
        );
      }
    });
  }
});
