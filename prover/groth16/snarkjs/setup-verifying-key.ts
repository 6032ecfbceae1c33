/**
 * The verifying key of the INSECURE development setup without its proving key: a dozen points, from the same secrets. The
 * key that `writeInsecureKey` writes ends in the same points, by another implementation of the curve.
 */
import type { curves } from 'snarkjs';
import { withCurve } from './curve.ts';
import type { ConstraintSystem } from '../circuit/r1cs/system.ts';
import { insecureToxicWaste, logDomain, publicScalars } from './setup-scalars.ts';
import { INSECURE_DEVELOPMENT_SEED } from './setup.ts';
import type { SnarkjsVerifyingKey } from '../key/verifier-key.ts';

type Curve = Awaited<ReturnType<typeof curves.getCurveFromName>>;

/** Computes the key of a circuit. Some seconds for a circuit of a million constraints. */
export function insecureVerifyingKey(
  system: ConstraintSystem,
  seed: string = INSECURE_DEVELOPMENT_SEED,
): Promise<SnarkjsVerifyingKey> {
  const secrets = insecureToxicWaste(seed);
  return withCurve(undefined, (curve) => {
    const [g1, g2] = [multiplesOf(curve, curve.G1), multiplesOf(curve, curve.G2)];
    const root = curve.Fr.toObject(curve.Fr.w[logDomain(system)]!);
    return Promise.resolve({
      vk_alpha_1: g1(secrets.alpha) as string[],
      vk_beta_2: g2(secrets.beta) as string[][],
      vk_gamma_2: g2(secrets.gamma) as string[][],
      vk_delta_2: g2(secrets.delta) as string[][],
      IC: publicScalars(system, secrets, root).map((scalar) => g1(scalar) as string[]),
    });
  });
}

/** Affine points with their third coordinate 1, as decimal strings: the form of snarkjs's JSON. */
function multiplesOf({ Fr }: Curve, group: Curve['G1']): (scalar: bigint) => unknown {
  const strings = (value: unknown): unknown => (Array.isArray(value) ? value.map(strings) : String(value));
  return (scalar) => strings(group.toObject(group.toAffine(group.timesFr(group.g, Fr.e(scalar)))));
}
