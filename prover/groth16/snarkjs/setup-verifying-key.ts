/**
 * The verifying key of the INSECURE development setup without its proving key: a dozen points, from the same secrets. The
 * key that `writeInsecureKey` writes ends in the same points, by another implementation of the curve.
 */
import type { curves } from 'snarkjs';
import { withCurve } from './curve.ts';
import type { ConstraintSystem } from '../circuit/r1cs/system.ts';
import { logDomain } from '../circuit/r1cs/digest.ts';
import type { G1Point, G2Point, Groth16VerifyingKey } from '../key/points.ts';
import { g1FromJson, g2FromJson } from './json.ts';
import { insecureToxicWaste, publicScalars } from './setup-scalars.ts';
import { INSECURE_DEVELOPMENT_SEED } from './setup.ts';

type Curve = Awaited<ReturnType<typeof curves.getCurveFromName>>;

/** Computes the key of a circuit. Some seconds for a circuit of a million constraints. */
export function insecureVerifyingKey(
  system: ConstraintSystem,
  seed: string = INSECURE_DEVELOPMENT_SEED,
): Promise<Groth16VerifyingKey> {
  const secrets = insecureToxicWaste(seed);
  return withCurve(undefined, (curve) => {
    const g1 = (scalar: bigint): G1Point => g1FromJson(multiple(curve, curve.G1, scalar) as string[]);
    const g2 = (scalar: bigint): G2Point => g2FromJson(multiple(curve, curve.G2, scalar) as string[][]);
    const root = curve.Fr.toObject(curve.Fr.w[logDomain(system)]!);
    return Promise.resolve({
      alpha: g1(secrets.alpha),
      beta: g2(secrets.beta),
      gamma: g2(secrets.gamma),
      delta: g2(secrets.delta),
      ic: publicScalars(system, secrets, root).map(g1),
    });
  });
}

/** An affine multiple of the generator with its third coordinate 1, as decimal strings: the form of snarkjs's JSON. */
function multiple({ Fr }: Curve, group: Curve['G1'], scalar: bigint): unknown {
  const strings = (value: unknown): unknown => (Array.isArray(value) ? value.map(strings) : String(value));
  return strings(group.toObject(group.toAffine(group.timesFr(group.g, Fr.e(scalar)))));
}
