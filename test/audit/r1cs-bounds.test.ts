/** Audit of bounds in the outermost circuit: an integer that the scalar field could wrap is refused where it arises. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundError, type Int } from '../../prover/groth16/circuit/r1cs/linear.ts';
import { mulInt, mulPolynomials } from '../../prover/groth16/circuit/r1cs/product.ts';
import { ConstraintSystem, wireInt } from '../../prover/groth16/circuit/r1cs/system.ts';

test('a product that could leave the exact range is refused, also when nothing is added to it', () => {
  const system = new ConstraintSystem({ publicCount: 0, mode: 'witness' });
  const wide = (bits: bigint, lo = 0n): Int => wireInt(system.allocate(1n), 1n, lo, (1n << bits) - 1n);
  assert.throws(() => mulInt(system, wide(127n), wide(126n), 'wide'), BoundError);
  assert.throws(() => mulInt(system, wide(127n, -(1n << 127n)), wide(126n), 'negative'), BoundError);
  // One limb times five: the path that multiplies limb by limb.
  assert.throws(() => mulPolynomials(system, [wide(127n)], [wide(126n), wide(1n)], 'scalar'), BoundError);
  assert.equal(mulInt(system, wide(126n), wide(126n), 'just fits').hi, ((1n << 126n) - 1n) ** 2n);
});
