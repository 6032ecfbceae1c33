/**
 * The outermost circuit: "there is a wrap proof under this key with these public values", with three public inputs that
 * the contract reads: program key, public-values digest, control root.
 *
 * The wrap proof's 32 public values: verifying-key digest (8), digest limbs (16), control root (8). Word i of the sha256 is
 * read as little-endian u32 of bytes 4i..4i+3 and given as two 16-bit limbs, low first.
 */
import type { Machine } from '../../air/machine.ts';
import { constantKey, type VerifyingKey } from '../../stark/key.ts';
import { layerLayout } from '../../stark/layout.ts';
import type { LayerParameters } from '../../stark/parameters.ts';
import type { LayerProof } from '../../stark/proof.ts';
import { verifyLayer } from '../../stark/verify.ts';
import { blankProof } from '../../stark/blank.ts';
import { packScalar } from '../../hash/sponge-bn254.ts';
import type { ConstantCap } from './constant-cap.ts';
import { R1csBackend, type FeltCell, type R1csWires } from './backend.ts';
import { assertCanonicalFelt, rangedWire } from './r1cs/bits.ts';
import { type Int, type Linear, addLinear, asLinear, sumInts } from './r1cs/linear.ts';
import { packInts } from './r1cs/merkle.ts';
import { ConstraintSystem, type BuildMode, type BuildObserver } from './r1cs/system.ts';
import type { ReductionStrategy } from './reducer.ts';

/** Where the parts stand in the wrap proof's public values. */
export const WRAP_PUBLIC_VALUES = {
  keyDigest: [0, 8],
  publicDigest: [8, 24],
  controlRoot: [24, 32],
  count: 32,
} as const;

/** Order of the circuit's public inputs. */
export const PUBLIC_INPUT = { programKey: 0, publicDigest: 1, controlRoot: 2, count: 3 } as const;

/** Bits of a sha256 that the public input keeps: the three top bits are cleared. */
export const PUBLIC_DIGEST_BITS = 253;

/** What the circuit is for: all static. */
export type WrapLayer = {
  readonly machine: Machine;
  readonly parameters: LayerParameters;
  readonly key: VerifyingKey;
  /** Upper nodes of the key's tree (`capOf`): fewer constraints, same statement. Part of what a Groth16 key is for. */
  readonly cap?: ConstantCap;
};

/** One wrap proof with its 32 public values. */
export type WrapProof = { readonly publicValues: readonly number[]; readonly proof: LayerProof };

/** The three public inputs that belong to a wrap proof's public values. */
export function publicInputsOf(publicValues: readonly number[]): bigint[] {
  const part = ([from, to]: readonly [number, number]): readonly number[] => publicValues.slice(from, to);
  const limbs = part(WRAP_PUBLIC_VALUES.publicDigest);
  let digest = 0n;
  for (const limb of limbs) digest = (digest << 16n) | BigInt((limb % 256) * 256 + Math.floor(limb / 256));
  return [
    packScalar(part(WRAP_PUBLIC_VALUES.keyDigest)),
    digest & ((1n << BigInt(PUBLIC_DIGEST_BITS)) - 1n),
    packScalar(part(WRAP_PUBLIC_VALUES.controlRoot)),
  ];
}

/**
 * Builds the circuit with the witness of one wrap proof; `observer` sees it being built.
 *
 * Errors: VerificationError when the proof does not verify; ZkError BAD_KEY, BAD_LAYER as `verifyLayer`.
 */
export function buildStatement(
  layer: WrapLayer,
  wrap: WrapProof,
  strategy: ReductionStrategy,
  observer?: BuildObserver,
): ConstraintSystem {
  return build(layer, wrap, strategy, { mode: 'witness', observer });
}

/** The same constraints without a proof, for setup. Its witness satisfies nothing. */
export function buildShape(layer: WrapLayer, strategy: ReductionStrategy): ConstraintSystem {
  const layout = layerLayout(layer.machine, layer.parameters);
  const publicValues = new Array<number>(WRAP_PUBLIC_VALUES.count).fill(0);
  return build(layer, { publicValues, proof: blankProof(layout) }, strategy, { mode: 'shape' });
}

function build(
  { machine, parameters, key, cap }: WrapLayer,
  { publicValues, proof }: WrapProof,
  strategy: ReductionStrategy,
  options: { readonly mode: BuildMode; readonly observer?: BuildObserver | undefined },
): ConstraintSystem {
  if (publicValues.length !== WRAP_PUBLIC_VALUES.count) {
    throw new RangeError(`"publicValues" expected ${WRAP_PUBLIC_VALUES.count} elements, got ${publicValues.length}`);
  }
  if (cap !== undefined && cap.root !== key.root) throw new RangeError('"cap" expected a cap of the key\'s tree');
  const system = new ConstraintSystem({ publicCount: PUBLIC_INPUT.count, ...options });
  for (const [i, value] of publicInputsOf(publicValues).entries()) system.setPublic(i, value);
  const on = new R1csBackend(system, strategy, cap === undefined ? [] : [cap]);
  on.work('range checks', 'public values');
  const values = publicValueWires(system, publicValues);
  verifyLayer<R1csWires>(
    on,
    machine,
    parameters,
    constantKey(on, layerLayout(machine, parameters), key),
    values,
    proof,
  );
  on.finish();
  return system;
}

/**
 * Wires of the public values, tied to the public inputs.
 *
 * Soundness: the prover chooses the public inputs after the combination challenge, so they are tied by exact equations of
 * scalars to wires that the transcript observes, and occur nowhere else.
 */
function publicValueWires(system: ConstraintSystem, publicValues: readonly number[]): FeltCell[] {
  const felts = ([from, to]: readonly [number, number], why: string): Int[] =>
    publicValues.slice(from, to).map((value) => {
      const { int, bits } = rangedWire(system, BigInt(value), 31, 'owed', why);
      // Canonical: what packs to a public input must be the one representative that the contract knows.
      assertCanonicalFelt(system, bits, why);
      return int;
    });
  const keyDigest = felts(WRAP_PUBLIC_VALUES.keyDigest, 'program key');
  const limbs = publicValues
    .slice(...WRAP_PUBLIC_VALUES.publicDigest)
    .map((value) => rangedWire(system, BigInt(value), 16, 'owed', 'digest limb'));
  const controlRoot = felts(WRAP_PUBLIC_VALUES.controlRoot, 'control root');

  tie(system, PUBLIC_INPUT.programKey, asLinear(packInts(keyDigest)), 'program key');
  // Byte j of the digest has weight 2^(8(31-j)); limb l has bytes 2l (low bits) and 2l + 1. Bits from 253 up are left out.
  const terms: Int[] = [];
  const weights: bigint[] = [];
  for (const [l, { bits }] of limbs.entries()) {
    for (const [i, bit] of bits.entries()) {
      const byte = 2 * l + Math.floor(i / 8);
      const exponent = 8 * (31 - byte) + (i % 8);
      if (exponent >= PUBLIC_DIGEST_BITS) continue;
      // Scalars, not bounded integers: 253 bits are below r.
      terms.push({ ...bit, lo: 0n, hi: 0n });
      weights.push(1n << BigInt(exponent));
    }
  }
  tie(system, PUBLIC_INPUT.publicDigest, asLinear(sumInts(terms, weights)), 'public-values digest');
  tie(system, PUBLIC_INPUT.controlRoot, asLinear(packInts(controlRoot)), 'control root');
  return [...keyDigest, ...limbs.map(({ int }) => int), ...controlRoot].map((int) => ({ int }));
}

function tie(system: ConstraintSystem, input: number, packed: Linear, why: string): void {
  const wire = system.publicInput(input);
  system.enforceZero(addLinear(packed, { ...wire, coeffs: [-1n], value: -wire.value }), why);
}
