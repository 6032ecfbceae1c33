/** Multiples of the generators of BN254 in snarkjs's format, for keys and proofs that are made from known scalars. */
import { buildBn128 } from 'ffjavascript';
import { mod } from '../../prover/field/bn254.ts';

export type Bn254Points = {
  readonly curve: Awaited<ReturnType<typeof buildBn128>>;
  /** Decimal coordinates of the scalar's multiple of the generator of G1, and a third 1. */
  readonly g1: (scalar: bigint) => string[];
  /** The same in G2, where a coordinate is a pair. */
  readonly g2: (scalar: bigint) => string[][];
};

/** Builds the curve, in this thread. Scalars are reduced modulo the group order. */
export async function bn254Points(): Promise<Bn254Points> {
  const curve = await buildBn128(true);
  const { Fr, G1, G2 } = curve;
  const times = (group: typeof G1, scalar: bigint): unknown =>
    group.toObject(group.toAffine(group.timesFr(group.g, Fr.e(mod(scalar)))));
  return {
    curve,
    g1: (scalar) => (times(G1, scalar) as bigint[]).map(String),
    g2: (scalar) => (times(G2, scalar) as bigint[][]).map((pair) => pair.map(String)),
  };
}
