/** Proving and verifying toy layers in tests. */
import type { Machine } from '../../prover/air/machine.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { ProverHash } from '../../prover/verifier/suite.ts';
import type { CreateLayerProver, ProvingKey } from '../../prover/stark/prover/interface.ts';
import { layerLayout, type LayerLayout } from '../../prover/stark/layout.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import type { LayerProof } from '../../prover/stark/proof.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { createReferenceLayerProver } from '../../prover/stark/prover/reference.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import type { TranscriptLog } from '../../prover/verifier/native-transcript.ts';
import { TEST_ONLY_TINY } from './test-layers.ts';
import { toyMachine, toyWitness, type ToyWitness } from './toy-machine.ts';

/** A proof with everything needed to verify it. */
export type LayerCase = {
  readonly machine: Machine;
  readonly parameters: LayerParameters;
  readonly hash: ProverHash;
  readonly layout: LayerLayout;
  readonly provingKey: ProvingKey;
  readonly publicValues: readonly number[];
  readonly proof: LayerProof;
  readonly log: TranscriptLog;
};

export type CaseOptions = {
  readonly machine?: Machine;
  readonly parameters?: LayerParameters;
  readonly hash?: ProverHash;
  readonly layerProver?: CreateLayerProver;
};

/** Proves a witness, honest or not. */
export function proveWitness(witness: ToyWitness, options: CaseOptions = {}): LayerCase {
  const {
    machine = toyMachine(),
    parameters = TEST_ONLY_TINY,
    hash = suiteKoalaBear,
    layerProver = createReferenceLayerProver,
  } = options;
  const { publicValues } = witness;
  const provingKey = setupKey(hash, machine, parameters, witness.preprocessed, witness.keyFelts);
  const log: TranscriptLog = [];
  const proof = proveLayer(hash, layerProver, machine, parameters, provingKey, publicValues, witness.trace, { log });
  return { machine, parameters, hash, layout: layerLayout(machine, parameters), provingKey, publicValues, proof, log };
}

/** The honest toy proof: five steps, heights 2^3, 2^4 and 2^3. */
export function honestCase(options: CaseOptions = {}): LayerCase {
  return proveWitness(toyWitness(5, 3, 4, 3), options);
}

/** Verifies natively, with parts of the case replaced. Returns the verifier's log. */
export function verifyCase(
  honest: LayerCase,
  changes: Partial<Pick<LayerCase, 'proof' | 'publicValues' | 'provingKey' | 'machine' | 'parameters'>> = {},
): TranscriptLog {
  const { machine, parameters, hash, provingKey, publicValues, proof } = { ...honest, ...changes };
  const log: TranscriptLog = [];
  verifyNative(hash, machine, parameters, provingKey.key, publicValues, proof, { log });
  return log;
}
