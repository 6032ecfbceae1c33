/** The outermost circuit over the wrap layer of this version: without a witness for its keys, with one for its proofs. */
import { ZkError } from '../core/errors.ts';
import type { ConstantCap } from '../groth16/circuit/constant-cap.ts';
import type { ConstraintSystem } from '../groth16/circuit/r1cs/system.ts';
import { buildShape, buildStatement, type WrapLayer } from '../groth16/circuit/statement.ts';
import type { System } from '../system/definition.ts';
import { keyOf } from '../system/keys.ts';
import { lastProgram } from '../system/modes.ts';
import type { ProvedLayer } from '../system/proved-layer.ts';

function layerOf(system: System, cap: ConstantCap): WrapLayer {
  const { id, kind } = lastProgram(system);
  return { machine: kind.target.machine, parameters: kind.layer, key: keyOf(system, id), cap };
}

/** Builds the circuit without a witness. About five seconds. */
export function outermostShape(system: System, cap: ConstantCap): ConstraintSystem {
  return buildShape(layerOf(system, cap), 'deferred');
}

/** Builds the circuit with the witness of a wrap proof under the committed key. VerificationError when it does not verify. */
export function outermostStatement(system: System, wrapped: ProvedLayer, cap: ConstantCap): ConstraintSystem {
  return buildStatement(layerOf(system, cap), wrapped, 'deferred');
}

/** What was computed is not what was committed. */
export function notOfThisVersion(what: string, committed: string): ZkError {
  return new ZkError(
    'KEY_MISMATCH',
    `The ${what} is not the one its committed ${committed} is for: install the package anew; after a change of the prover itself run "npm run generate -- keys".`,
  );
}
