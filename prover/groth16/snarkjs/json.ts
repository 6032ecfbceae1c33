/** The JSON of snarkjs: decimal strings, points with a third coordinate 1, real parts before imaginary ones. */
import type { G1Point, G2Point, Groth16Proof, Groth16VerifyingKey } from '../key/points.ts';

type Points = readonly string[];

/** The part of snarkjs's verification key that matters here. */
export type SnarkjsVerifyingKey = {
  readonly vk_alpha_1: Points;
  readonly vk_beta_2: readonly Points[];
  readonly vk_gamma_2: readonly Points[];
  readonly vk_delta_2: readonly Points[];
  readonly IC: readonly Points[];
};

/** snarkjs's proof. */
export type SnarkjsProof = { readonly pi_a: Points; readonly pi_b: readonly Points[]; readonly pi_c: Points };

function at<T>(list: readonly T[] | undefined, index: number): T {
  const value = list?.[index];
  if (value === undefined) throw new RangeError(`"point" expected a coordinate at index ${index}`);
  return value;
}

/** A point of the first group. RangeError for a list that is too short. */
export function g1FromJson(point: Points): G1Point {
  return { x: BigInt(at(point, 0)), y: BigInt(at(point, 1)) };
}

/** A point of the second group. RangeError for a list that is too short. */
export function g2FromJson(point: readonly Points[]): G2Point {
  const element = (pair: Points): G2Point['x'] => ({ real: BigInt(at(pair, 0)), imaginary: BigInt(at(pair, 1)) });
  return { x: element(at(point, 0)), y: element(at(point, 1)) };
}

function g1ToJson({ x, y }: G1Point): Points {
  return [String(x), String(y), '1'];
}

function g2ToJson({ x, y }: G2Point): Points[] {
  return [...[x, y].map(({ real, imaginary }) => [String(real), String(imaginary)]), ['1', '0']];
}

/** A proof out of snarkjs's JSON. */
export function proofFromJson({ pi_a, pi_b, pi_c }: SnarkjsProof): Groth16Proof {
  return { a: g1FromJson(pi_a), b: g2FromJson(pi_b), c: g1FromJson(pi_c) };
}

/** A proof as snarkjs's JSON. */
export function proofToJson({ a, b, c }: Groth16Proof): SnarkjsProof {
  return { pi_a: g1ToJson(a), pi_b: g2ToJson(b), pi_c: g1ToJson(c) };
}

/** A verifying key out of snarkjs's JSON. */
export function keyFromJson(key: SnarkjsVerifyingKey): Groth16VerifyingKey {
  return {
    alpha: g1FromJson(key.vk_alpha_1),
    beta: g2FromJson(key.vk_beta_2),
    gamma: g2FromJson(key.vk_gamma_2),
    delta: g2FromJson(key.vk_delta_2),
    ic: key.IC.map(g1FromJson),
  };
}

/** A verifying key as snarkjs's JSON. */
export function keyToJson({ alpha, beta, gamma, delta, ic }: Groth16VerifyingKey): SnarkjsVerifyingKey {
  return {
    vk_alpha_1: g1ToJson(alpha),
    vk_beta_2: g2ToJson(beta),
    vk_gamma_2: g2ToJson(gamma),
    vk_delta_2: g2ToJson(delta),
    IC: ic.map(g1ToJson),
  };
}
