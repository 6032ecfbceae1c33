/** The prover's side of the fraction tree's transcript; the sums are the layer prover's. See `verify.ts`. */
import * as ext from '../../field/extension.ts';
import type { ExtValue } from '../../field/types.ts';
import { flattenExts, type NativeTranscript } from '../../verifier/native-transcript.ts';
import type { FractionTreeProver } from '../prover/interface.ts';
import { GKR_LABELS } from './verify.ts';
import { at } from '../../core/lists.ts';
import type { ChildValues, GkrLevel, GkrRound } from '../proof.ts';

export type GkrResult = {
  readonly root: ChildValues;
  readonly layers: GkrLevel[];
  /** Point of the leaf claim, lowest leaf bit first. */
  readonly point: ExtValue[];
};

/** Runs all layers of a tree with 2^logLeaves leaves. */
export function proveGkr(transcript: NativeTranscript, tree: FractionTreeProver, logLeaves: number): GkrResult {
  const root = tree.root();
  transcript.observeFelts(GKR_LABELS.root, flattenExts(root));
  let point = [transcript.sampleExt(GKR_LABELS.rootChallenge)];
  let [p, q] = interpolate(root, at(point, 0));
  const layers: GkrLevel[] = [];
  for (let k = 1; k < logLeaves; k++) {
    const lambda = transcript.sampleExt(GKR_LABELS.lambda(k));
    const sumcheck = tree.layer(k, point, lambda);
    let claim = ext.add(p, ext.mul(lambda, q));
    const rounds: GkrRound[] = [];
    const bound = new Array<ExtValue>(k);
    for (let j = k - 1; j >= 0; j--) {
      const message = sumcheck.message(claim);
      const [h1, h2] = message;
      transcript.observeFelts(GKR_LABELS.round(k, j), flattenExts(message));
      const r = transcript.sampleExt(GKR_LABELS.challenge(k, j));
      const h0 = ext.sub(claim, ext.mul(at(point, j), ext.add(h1, h2)));
      claim = ext.add(ext.mul(ext.add(ext.mul(h2, r), h1), r), h0);
      sumcheck.bind(r);
      rounds.push(message);
      bound[j] = r;
    }
    const children = sumcheck.children();
    transcript.observeFelts(GKR_LABELS.children(k), flattenExts(children));
    const line = transcript.sampleExt(GKR_LABELS.line(k));
    [p, q] = interpolate(children, line);
    point = [line, ...bound];
    layers.push({ rounds, children });
  }
  return { root, layers, point };
}

/** P and Q on the line through two siblings. */
function interpolate([p0, q0, p1, q1]: ChildValues, r: ExtValue): [ExtValue, ExtValue] {
  return [ext.add(p0, ext.mul(r, ext.sub(p1, p0))), ext.add(q0, ext.mul(r, ext.sub(q1, q0)))];
}
