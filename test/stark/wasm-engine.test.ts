import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engineHashKb } from '../../prover/pcs/wasm/hash-koalabear.ts';
import { suiteKb } from '../../prover/verifier/suite-koalabear.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceEngine } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { commitOnEngine, createWasmEngine, wasmProverHash } from '../../prover/stark/prover/wasm.ts';
import { createEngine } from '../../prover/wasm/thread-pool.ts';
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
  describe(`the engine on kernels, ${threads} thread(s)`, () => {
    for (const [i, { parameters, witness }] of cases.entries()) {
      it(`makes the proof of the readable engine: ${parameters.id}, case ${i}`, async () => {
        const { trace, preprocessed, publicValues, keyFelts } = witness;
        const key = setupKey(suiteKb, machine, parameters, preprocessed, keyFelts);
        const expected = proveLayer(suiteKb, createReferenceEngine, machine, parameters, key, publicValues, trace);
        verifyNative(suiteKb, machine, parameters, key.key, publicValues, expected);
        const engine = await createEngine({ threads });
        try {
          const hash = engineHashKb(engine);
          const fast = setupKey(suiteKb, machine, parameters, preprocessed, keyFelts, commitOnEngine(engine, hash));
          assert.deepEqual(fast.key, key.key);
          const prover = wasmProverHash(suiteKb, hash);
          const create = createWasmEngine(engine, hash);
          const proof = proveLayer(prover, create, machine, parameters, fast, publicValues, trace);
          assert.deepEqual(proof, expected);
        } finally {
          await engine.close();
        }
      });
    }
  });
}
