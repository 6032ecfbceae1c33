/**
 * The verifier of the fraction tree: from the claim that all bus fractions and the verifier's own sum to zero down to
 * values of the leaves' P and Q at one random point. Layer k has 2^k nodes, named by the top k bits of the leaf index.
 *
 * Source: ePrint 2023/1284 (LogUp-GKR). The eq factor of the claim's point is not part of the round messages.
 */
import type { Backend, TranscriptOn, Wires } from '../../verifier/backend.ts';
import { at } from '../../core/lists.ts';
import type { ChildValues, GkrLevel } from '../proof.ts';

/** The leaves' numerators and denominators at `point` (lowest leaf bit first). */
export type LeafClaim<W extends Wires> = { readonly point: W['ext'][]; readonly p: W['ext']; readonly q: W['ext'] };

/** Transcript labels of the tree. Prover and verifier use the same. */
export const GKR_LABELS = {
  root: 'gkr root',
  rootChallenge: 'gkr root challenge',
  lambda: (k: number) => `gkr ${k}: lambda`,
  round: (k: number, j: number) => `gkr ${k}: round ${j}`,
  challenge: (k: number, j: number) => `gkr ${k}: challenge ${j}`,
  children: (k: number) => `gkr ${k}: children`,
  line: (k: number) => `gkr ${k}: line`,
} as const;

/**
 * Verifies the tree. `boundary` is V. Rejects a zero denominator at the root, a sum that is not zero, and any layer
 * that does not follow from the next.
 */
export function verifyGkr<W extends Wires>(
  on: Backend<W>,
  transcript: TranscriptOn<W>,
  boundary: W['ext'],
  root: ChildValues,
  layers: readonly GkrLevel[],
): LeafClaim<W> {
  // P0/Q0 + P1/Q1 + V = 0 with Q0, Q1 not zero.
  const [p0, q0, p1, q1] = readChildren(transcript, GKR_LABELS.root, root);
  const denominator = on.extMul(q0, q1);
  on.extInverse(denominator, 'gkr root: denominator');
  const sum = on.extMulAdd(p0, q1, on.extMulAdd(p1, q0, on.extMul(boundary, denominator)));
  on.assertExtEqual(sum, on.extConst([0, 0, 0, 0, 0]), 'gkr root: the buses balance');

  const rho = transcript.sampleExt(GKR_LABELS.rootChallenge);
  let p = interpolate(on, p0, p1, rho);
  let q = interpolate(on, q0, q1, rho);
  let point = [rho];
  for (const [i, layer] of layers.entries()) {
    const k = i + 1;
    const lambda = transcript.sampleExt(GKR_LABELS.lambda(k));
    let claim = on.extMulAdd(lambda, q, p);
    const bound = new Array<W['ext']>(k);
    for (const [round, message] of layer.rounds.entries()) {
      const j = k - 1 - round;
      const [h1, h2] = readPair(transcript.readExts(GKR_LABELS.round(k, j), message, 2));
      // (1 - u) h(0) + u h(1) = claim, hence h_0 = claim - u (h_1 + h_2).
      const h0 = on.extSub(claim, on.extMul(at(point, j), on.extAdd(h1, h2)));
      const r = transcript.sampleExt(GKR_LABELS.challenge(k, j));
      claim = on.extMulAdd(on.extMulAdd(h2, r, h1), r, h0);
      bound[j] = r;
    }
    const [c0, d0, c1, d1] = readChildren(transcript, GKR_LABELS.children(k), layer.children);
    // P0 Q1 + P1 Q0 + lambda Q0 Q1 = (P0 + lambda Q0) Q1 + P1 Q0.
    const merged = on.extMulAdd(on.extMulAdd(lambda, d0, c0), d1, on.extMul(c1, d0));
    on.assertExtEqual(merged, claim, `gkr ${k}: children`);
    const line = transcript.sampleExt(GKR_LABELS.line(k));
    p = interpolate(on, c0, c1, line);
    q = interpolate(on, d0, d1, line);
    point = [line, ...bound];
  }
  return { point, p, q };
}

function interpolate<W extends Wires>(on: Backend<W>, low: W['ext'], high: W['ext'], r: W['ext']): W['ext'] {
  return on.extMulAdd(on.extSub(high, low), r, low);
}

function readChildren<W extends Wires>(
  transcript: TranscriptOn<W>,
  label: string,
  children: ChildValues,
): [W['ext'], W['ext'], W['ext'], W['ext']] {
  const wires = transcript.readExts(label, children, 4);
  return [at(wires, 0), at(wires, 1), at(wires, 2), at(wires, 3)];
}

function readPair<E>(wires: readonly E[]): [E, E] {
  return [at(wires, 0), at(wires, 1)];
}
