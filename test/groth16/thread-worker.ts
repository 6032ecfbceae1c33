/** A thread that makes a key and then proofs of the small circuit until it is ended. Says what it has done. */
import { parentPort, workerData } from 'node:worker_threads';
import prover from '../../prover/groth16/default-prover.ts';
import { circuit } from './prover-suite.ts';

const { keyFile } = workerData as { readonly keyFile: string };
await prover.setup(circuit(1n), keyFile, { threads: 2 });
const key = await prover.exportKey(keyFile);
const { proof, publicInputs } = await prover.prove(circuit(1n), keyFile);
parentPort?.postMessage({ accepted: await prover.verify(key, publicInputs, proof) });
for (;;) await prover.prove(circuit(1n), keyFile, { onProgress: (step) => parentPort?.postMessage({ step }) });
