/** Multiples of the generators of BN254 for keys and proofs that are made from known scalars. */
import { buildBn128 } from 'ffjavascript';
import { mod } from '../../prover/field/bn254.ts';
import type { G1Point, G2Point } from '../../prover/groth16/key/points.ts';

export type Bn254Points = {
  readonly curve: Awaited<ReturnType<typeof buildBn128>>;
  /** The scalar's multiple of the generator of G1. */
  readonly g1: (scalar: bigint) => G1Point;
  /** The same in G2. */
  readonly g2: (scalar: bigint) => G2Point;
};

/** Builds the curve, in this thread. Scalars are reduced modulo the group order. */
export async function bn254Points(): Promise<Bn254Points> {
  const curve = await buildBn128(true);
  const { Fr, G1, G2 } = curve;
  const times = (group: typeof G1, scalar: bigint): unknown =>
    group.toObject(group.toAffine(group.timesFr(group.g, Fr.e(mod(scalar)))));
  return {
    curve,
    g1: (scalar) => {
      const [x, y] = times(G1, scalar) as [bigint, bigint];
      return { x, y };
    },
    g2: (scalar) => {
      const [x, y] = times(G2, scalar) as [[bigint, bigint], [bigint, bigint]];
      return { x: { real: x[0], imaginary: x[1] }, y: { real: y[0], imaginary: y[1] } };
    },
  };
}
