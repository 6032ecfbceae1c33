/** How far a proof is carried, in kinds of proofs. */
import { CORE, type RecursionProgram } from '../recursion/program.ts';
import { kindOf, type System } from './definition.ts';

/** The kind of the last STARK proof of each mode. */
export const KIND_OF_MODE = { core: CORE, compressed: 'claim', groth16: 'wrap' } as const;

/** The program whose proofs the outermost circuit verifies, under a key that is part of it. ZkError BAD_KIND where a system has none. */
export function lastProgram(system: System): RecursionProgram {
  const kind = kindOf(system, KIND_OF_MODE.groth16);
  return system.programs.find((program) => program.kind === kind)!;
}
