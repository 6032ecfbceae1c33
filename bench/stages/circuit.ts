/**
 * The outermost circuit: R1CS constraints, wires, the domain of its Groth16 key, and the time to record it.
 *
 *   node bench/stages/circuit.ts
 */
import { logDomain } from '../../prover/groth16/circuit/r1cs/digest.ts';
import { outermostShape } from '../../prover/jobs/outermost.ts';
import { StarkProver } from '../../prover/jobs/stark-prover.ts';
import { committedKeys } from '../../prover/system/keys.ts';
import { fail } from '../report.ts';
import { Recorder } from './recorder.ts';

const recorder = new Recorder('circuit');
const prover = await StarkProver.create();
try {
  const { lift, wrap } = committedKeys();
  if (lift.length === 0) throw new Error('there are no committed verifying keys: npm run generate -- keys');
  const cap = await recorder.time('wrap key', () => prover.wrapCap());
  if (cap.root !== wrap.root) throw new Error('the wrap key is not the committed one: npm run generate -- keys');
  const shape = await recorder.time('record', () => outermostShape(wrap, cap));
  recorder.add('constraints', 'constraints', shape.constraintCount);
  recorder.add('wires', 'wires', shape.wireCount);
  recorder.add('log2 domain', 'bits', logDomain(shape));
} catch (error) {
  fail('circuit', error);
} finally {
  await prover.close();
  recorder.print();
}
