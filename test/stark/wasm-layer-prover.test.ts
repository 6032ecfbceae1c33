import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wasmHashKoalaBear } from '../../prover/pcs/wasm/hash-koalabear.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { commitOnThreads, createWasmLayerProver, wasmProverHash } from '../../prover/stark/prover/wasm.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { TEST_ONLY_SMALL, TEST_ONLY_TINY, TEST_ONLY_TINY_LIFTED } from '../support/test-layers.ts';
import { toyMachine, toyWitness } from '../support/toy-machine.ts';

const machine = toyMachine();
const cases = [
  { parameters: TEST_ONLY_TINY, witness: toyWitness(12, 4, 5, 4) },
  { parameters: TEST_ONLY_TINY, witness: toyWitness(3, 2, 2, 2) },
  { parameters: TEST_ONLY_TINY, witness: toyWitness(20, 5, 5, 5) },
  { parameters: TEST_ONLY_TINY_LIFTED, witness: toyWitness(7, 4, 5, 3) },
  { parameters: TEST_ONLY_SMALL, witness: toyWitness(200, 8, 8, 8) },
];

for (const threads of [1, 2]) {
  describe(`the layer prover on kernels, ${threads} thread(s)`, () => {
    for (const [i, { parameters, witness }] of cases.entries()) {
      it(`makes the proof of the readable pool: ${parameters.id}, case ${i}`, async () => {
        const { trace, preprocessed, publicValues, keyFelts } = witness;
        const key = setupKey(suiteKoalaBear, machine, parameters, preprocessed, keyFelts);
        const expected = proveLayer(
          suiteKoalaBear,
          createReferenceLayerProver,
          machine,
          parameters,
          key,
          publicValues,
          trace,
        );
        verifyNative(suiteKoalaBear, machine, parameters, key.key, publicValues, expected);
        const pool = await createThreadPool({ threads });
        try {
          const hash = wasmHashKoalaBear(pool);
          const fast = setupKey(
            suiteKoalaBear,
            machine,
            parameters,
            preprocessed,
            keyFelts,
            commitOnThreads(pool, hash),
          );
          assert.deepEqual(fast.key, key.key);
          const prover = wasmProverHash(suiteKoalaBear, hash);
          const create = createWasmLayerProver(pool, hash);
          const proof = proveLayer(prover, create, machine, parameters, fast, publicValues, trace);
          assert.deepEqual(proof, expected);
        } finally {
          await pool.close();
        }
      });
    }
  });
}
