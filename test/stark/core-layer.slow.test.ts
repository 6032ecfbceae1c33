/** A real guest on the smallest core tier, proved by the reference layer prover: one to two minutes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { STANDARD_SYSCALLS, standardMachine } from '../../prover/machines/standard.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { CORE_S } from '../../prover/stark/layers.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import { decodeProof, encodeProof } from '../../prover/stark/proof-codec.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { runRecorded } from '../../prover/vm/run/record.ts';
import { rejects } from '../support/rejects.ts';

test('the bare guest proves on core-s; each public value altered by one is rejected', () => {
  const { machine } = standardMachine();
  const program = loadProgram(readFileSync(new URL('../../programs/bare/bare.elf', import.meta.url)));
  const { record } = runRecorded(program, [Uint8Array.of(5, 0, 0, 0)], STANDARD_SYSCALLS, 60_000);
  assert.ok(record);
  const { main, publicValues } = standardMachine().fill(program, record);
  const { key, ...rest } = setupKey(
    suiteKoalaBear,
    machine,
    CORE_S,
    standardMachine().preprocess(program),
    standardMachine().keyFelts(program),
  );
  const proof = proveLayer(
    suiteKoalaBear,
    createReferenceLayerProver,
    machine,
    CORE_S,
    { key, ...rest },
    publicValues,
    main,
  );
  const layout = layerLayout(machine, CORE_S);
  const decoded = decodeProof(suiteKoalaBear, layout, encodeProof(suiteKoalaBear, layout, proof));
  verifyNative(suiteKoalaBear, machine, CORE_S, key, publicValues, decoded);
  for (const [i] of publicValues.entries()) {
    const altered = publicValues.map((value, j) => (i === j ? value + 1 : value));
    rejects(() => verifyNative(suiteKoalaBear, machine, CORE_S, key, altered, decoded));
  }
});
