/**
 * The outermost circuit: R1CS constraints, wires, the domain of its Groth16 key, and the time to record it.
 *
 *   node bench/stages/circuit.ts
 */
import { defaultSystem } from '../../prover/system/default.ts';
import { lastProgram } from '../../prover/system/modes.ts';
import { keyOf } from '../../prover/system/keys.ts';
import { logDomain } from '../../prover/groth16/circuit/r1cs/digest.ts';
import { outermostShape } from '../../prover/jobs/outermost.ts';
import { capOf } from '../../prover/groth16/circuit/constant-cap.ts';
import { StarkProver } from '../../prover/system/stark-prover.ts';
import { fail } from '../report.ts';
import { Recorder } from './recorder.ts';

const recorder = new Recorder('circuit');
const system = defaultSystem();
const prover = await StarkProver.create(system);
try {
  const { root } = keyOf(system, lastProgram(system).id);
  const cap = await recorder.time('wrap key', () => prover.withKey(lastProgram(system), ({ tree }) => capOf(tree)));
  if (cap?.root !== root) throw new Error('the wrap key is not the committed one: npm run generate -- keys');
  const shape = await recorder.time('record', () => outermostShape(system, cap));
  recorder.add('constraints', 'constraints', shape.constraintCount);
  recorder.add('wires', 'wires', shape.wireCount);
  recorder.add('log2 domain', 'bits', logDomain(shape));
} catch (error) {
  fail('circuit', error);
} finally {
  await prover.close();
  recorder.print();
}
