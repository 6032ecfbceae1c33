/** Merkle trees of arity 8 in the circuit: leaves of packed rows and authentication paths. */
import { mod } from '../../../field/bn254.ts';
import { RATE, WIDTH } from '../../../hash/poseidon2-bn254.ts';
import { levelBits } from '../../../hash/merkle-bn254.ts';
import { PACK, PACK_BITS, leafCapacity } from '../../../hash/sponge-bn254.ts';
import { type Int, type Linear, addLinear, asLinear, constLinear, isConst, sumInts } from './linear.ts';
import { compressCircuit, permuteCircuit } from './poseidon.ts';
import type { ConstraintSystem } from './system.ts';

/** sum_j e_j 2^(31 j) of up to eight integers below 2^31. */
export function packInts(felts: readonly Int[]): Int {
  return sumInts(
    felts,
    felts.map((_, j) => 1n << (PACK_BITS * BigInt(j))),
  );
}

/** Digest of a row of integers that are range-checked to 31 bits elsewhere. */
export function hashRowCircuit(system: ConstraintSystem, row: readonly Int[]): Linear {
  const scalars: Linear[] = [];
  for (let i = 0; i < row.length; i += PACK) scalars.push(asLinear(packInts(row.slice(i, i + PACK))));
  if (scalars.length === 1) return scalars[0]!;
  if (scalars.length <= WIDTH) return compressCircuit(system, scalars);
  let state = [...new Array<Linear>(RATE).fill(constLinear(0n)), constLinear(leafCapacity(row.length))];
  for (let at = 0; at < scalars.length; at += RATE) {
    for (let i = 0; i < RATE; i++) state[i] = scalars[at + i] ?? constLinear(0n);
    state = permuteCircuit(system, state);
  }
  return state[0]!;
}

/** whenZero + bit*(whenOne - whenZero): one constraint. */
function select(system: ConstraintSystem, bit: Int, whenOne: Linear, whenZero: Linear): Linear {
  if (isConst(bit)) return bit.constant === 1n ? whenOne : whenZero;
  const difference = addLinear(whenOne, negate(whenZero));
  const product = bit.value * difference.value;
  const wire = system.allocateFrom(product, bit, whenOne, whenZero);
  const result: Linear = { wires: [wire], coeffs: [1n], constant: 0n, value: system.values[wire]! };
  // Optional factors stand on the A side: B costs a G2 multiplication.
  system.enforce(difference, asLinear(bit), result, 'select');
  return addLinear(result, whenZero);
}

function negate(a: Linear): Linear {
  return { wires: a.wires, coeffs: a.coeffs.map((c) => -c), constant: -a.constant, value: -a.value };
}

/**
 * The root above `leaf` at `index` (little-endian bits, one per binary level). All children of a level are wires of the
 * prover; the one at the index is forced to be the node below (7 selections for 8 children).
 */
export function pathRootCircuit(
  system: ConstraintSystem,
  leaf: Linear,
  index: readonly Int[],
  path: readonly bigint[],
): Linear {
  let node = leaf;
  let from = 0;
  let bitAt = 0;
  for (const bits of levelBits(index.length)) {
    const arity = 2 ** bits;
    const position = Number(recomposed(index.slice(bitAt, bitAt + bits)));
    const values = path.slice(from, from + arity - 1);
    values.splice(position, 0, node.value);
    const children = values.map((value): Linear => {
      const wire = system.allocate(value);
      return { wires: [wire], coeffs: [1n], constant: 0n, value: system.values[wire]! };
    });
    let candidates = children;
    for (let b = 0; b < bits; b++) {
      const bit = index[bitAt + b]!;
      candidates = Array.from({ length: candidates.length / 2 }, (_, i) =>
        select(system, bit, candidates[2 * i + 1]!, candidates[2 * i]!),
      );
    }
    system.enforceZero(addLinear(candidates[0]!, negate(node)), 'node stands at its index');
    node = compressCircuit(system, children);
    from += arity - 1;
    bitAt += bits;
  }
  return node;
}

/**
 * constants[index]: products of the low half of the index bits make every constant of a block a linear form, which costs
 * nothing; selections by the high half remain. 2^a - 1 - a + 2^b - 1 constraints for a + b bits.
 */
export function selectConstant(system: ConstraintSystem, index: readonly Int[], constants: readonly bigint[]): Linear {
  if (constants.length !== 2 ** index.length) {
    throw new RangeError(`"constants" expected ${2 ** index.length} scalars, got ${constants.length}`);
  }
  const lowBits = Math.ceil(index.length / 2);
  const monomials: Linear[] = [constLinear(1n)];
  for (let mask = 1; mask < 2 ** lowBits; mask++) {
    const top = 31 - Math.clz32(mask);
    const bit = index[top]!;
    const rest = monomials[mask - 2 ** top]!;
    if (isConst(rest)) monomials.push(rest.constant === 1n ? asLinear(bit) : constLinear(0n));
    else if (isConst(bit)) monomials.push(bit.constant === 1n ? rest : constLinear(0n));
    else {
      const value = rest.value * bit.value;
      const wire = system.allocateFrom(value, rest, bit);
      const product: Linear = { wires: [wire], coeffs: [1n], constant: 0n, value };
      system.enforce(rest, asLinear(bit), product, 'index monomial');
      monomials.push(product);
    }
  }
  let candidates = Array.from({ length: constants.length / 2 ** lowBits }, (_, block) => {
    const coefficients = constants.slice(block * 2 ** lowBits, (block + 1) * 2 ** lowBits);
    // Moebius transform: the multilinear polynomial with these values on the cube.
    for (let i = 0; i < lowBits; i++) {
      for (let mask = 0; mask < coefficients.length; mask++) {
        if ((mask >> i) % 2 === 1) coefficients[mask] = mod(coefficients[mask]! - coefficients[mask - 2 ** i]!);
      }
    }
    return coefficients.reduce((sum, c, mask) => addLinear(sum, scaled(monomials[mask]!, c)), constLinear(0n));
  });
  for (const bit of index.slice(lowBits)) {
    candidates = Array.from({ length: candidates.length / 2 }, (_, i) =>
      select(system, bit, candidates[2 * i + 1]!, candidates[2 * i]!),
    );
  }
  return candidates[0]!;
}

function scaled(a: Linear, k: bigint): Linear {
  return {
    wires: a.wires,
    coeffs: a.coeffs.map((c) => mod(c * k)),
    constant: mod(a.constant * k),
    value: mod(a.value * k),
  };
}

function recomposed(bits: readonly Int[]): bigint {
  return bits.reduce((sum, bit, i) => sum + ((bit.value & 1n) << BigInt(i)), 0n);
}
