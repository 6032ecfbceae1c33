/** The outermost circuit over the wrap layer of this version: without a witness for its keys, with one for its proofs. */
import { ZkError } from '../core/errors.ts';
import type { ConstantCap } from '../groth16/circuit/constant-cap.ts';
import type { ConstraintSystem } from '../groth16/circuit/r1cs/system.ts';
import { buildShape, buildStatement, type WrapLayer } from '../groth16/circuit/statement.ts';
import type { VerifyingKey } from '../stark/key.ts';
import { theSystem } from '../system/definition.ts';
import { committedKeys } from '../system/keys.ts';
import type { ProvedLayer } from '../system/proved-layer.ts';

function layerOf(key: VerifyingKey, cap: ConstantCap): WrapLayer {
  const { wrap, wrapLayer } = theSystem();
  return { machine: wrap.machine, parameters: wrapLayer, key, cap };
}

/** Builds the circuit without a witness. About five seconds. */
export function outermostShape(key: VerifyingKey, cap: ConstantCap): ConstraintSystem {
  return buildShape(layerOf(key, cap), 'deferred');
}

/** Builds the circuit with the witness of a wrap proof under the committed key. VerificationError when it does not verify. */
export function outermostStatement(wrapped: ProvedLayer, cap: ConstantCap): ConstraintSystem {
  return buildStatement(layerOf(committedKeys().wrap, cap), wrapped, 'deferred');
}

/** What was computed is not what was committed. */
export function notOfThisVersion(what: string, committed: string): ZkError {
  return new ZkError(
    'KEY_MISMATCH',
    `The ${what} is not the one its committed ${committed} is for: install the package anew; after a change of the prover itself run "npm run generate -- keys".`,
  );
}
