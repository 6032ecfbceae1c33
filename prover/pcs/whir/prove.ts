/** The WHIR prover: drives an `OpeningWitness` through the transcript of `verifyOpening`. */
import * as ext from '../../field/extension.ts';
import type { ExtValue } from '../../field/types.ts';
import type { NativeTranscript } from '../../verifier/native-transcript.ts';
import { flattenExts } from '../../verifier/native-transcript.ts';
import {
  LABELS,
  type OpeningProof,
  type OracleMessage,
  type QueryMessage,
  type RoundMessage,
  type TreePlace,
} from './opening.ts';
import { scheduleOf, type OpeningParameters } from './schedule.ts';
import type { CommittedRows } from '../../verifier/suite.ts';
import type { OpeningWitness } from '../reference/witness.ts';

/** A committed tree and where its columns stand. */
export type ProverTree = TreePlace & { readonly tree: CommittedRows };

/**
 * Proves sum_z Q(z) W(z) = target, with Q and W inside `witness` and `trees` the commitments to Q.
 *
 * Order: as in `verifyOpening`, roots, target and whatever W depends on have been observed. A target that is not the sum
 * gives a proof that does not verify; nothing is checked here.
 */
export function proveOpening(
  transcript: NativeTranscript,
  parameters: OpeningParameters,
  trees: readonly ProverTree[],
  witness: OpeningWitness,
): OpeningProof {
  const schedule = scheduleOf(parameters);
  const rounds: RoundMessage[][] = [];
  const oracles: OracleMessage[] = [];
  const queries: QueryMessage[] = [];
  let finalVector: ExtValue[] = [];
  let oracle: CommittedRows | undefined;

  const round = (side: 'highest' | 'lowest', label: string, challengeLabel: string): [RoundMessage, ExtValue] => {
    const message = witness.roundMessage(side);
    transcript.observeFelts(label, flattenExts(message));
    const challenge = transcript.sampleExt(challengeLabel);
    witness.bind(challenge, side);
    return [message, challenge];
  };

  for (const [i, iteration] of schedule.entries()) {
    const next = schedule[i + 1];
    const messages: RoundMessage[] = [];
    const challenges: ExtValue[] = [];
    for (let r = 0; r < iteration.fold; r++) {
      const [message, challenge] = round(i === 0 ? 'highest' : 'lowest', LABELS.round(i, r), LABELS.challenge(i, r));
      messages.push(message);
      challenges.push(challenge);
    }
    rounds.push(messages);

    const oodPoint: ExtValue[] = [];
    let nextOracle: CommittedRows | undefined;
    if (next === undefined) {
      finalVector = witness.values();
      transcript.observeFelts(LABELS.finalVector, flattenExts(finalVector));
    } else {
      nextOracle = witness.commit(next.logDomain, next.fold);
      transcript.observeDigest(LABELS.root(i), nextOracle.root);
      for (let j = 0; j < iteration.variablesAfter; j++) oodPoint.push(transcript.sampleExt(LABELS.oodPoint(i, j)));
      const oodValue = witness.evaluate(oodPoint);
      transcript.observeFelts(LABELS.oodValue(i), oodValue);
      oracles.push({ root: nextOracle.root, oodValue });
    }

    const nonce = transcript.grind(parameters.queryPowBits);
    transcript.checkPow(LABELS.pow(i), nonce, parameters.queryPowBits);
    const indices = transcript.sampleIndices(LABELS.indices(i), iteration.queries, iteration.logLeaves);
    const openings = indices.map((index) =>
      oracle === undefined ? trees.map(({ tree }) => tree.open(index % 2 ** tree.shape.logRows)) : [oracle.open(index)],
    );
    queries.push({ nonce, openings });

    if (next !== undefined) {
      const gamma = transcript.sampleExt(LABELS.gamma(i));
      witness.addEqWeight(oodPoint, gamma);
      const scales: ExtValue[] = [];
      for (let j = 0, scale = ext.mul(gamma, gamma); j < indices.length; j++, scale = ext.mul(scale, gamma)) {
        scales.push(scale);
      }
      witness.addPowerWeights(indices, iteration.logLeaves, scales);
      oracle = nextOracle;
    }
  }

  const finalRounds: RoundMessage[] = [];
  for (let r = 0; r < schedule.at(-1)!.variablesAfter; r++) {
    finalRounds.push(round('lowest', LABELS.finalRound(r), LABELS.finalChallenge(r))[0]);
  }
  return { rounds, oracles, queries, finalVector, finalRounds };
}
