/**
 * The WHIR verifier, over the abstract backend: checks that sum_z Q(z) W(z) = target for the stacked polynomial Q behind a
 * list of commitments and a weight W the caller can evaluate at one point.
 *
 * Source: WHIR, ePrint 2024/1586, construction 5.1, with these choices. Values on the hypercube are the coefficients of the
 * code. Oracles are interleaved: leaf j holds the values at w^j of the parts that folding combines, so it folds by one inner product.
 * The first iteration folds the columns, so an oracle of base-field rows. Out-of-domain points have independent
 * coordinates. The final vector is bound by a sumcheck of its own, so that W is needed at a single point.
 */
import { VerificationError } from '../../core/errors.ts';
import { rootOfUnity } from '../../field/koalabear.ts';
import type { Backend, TranscriptOn, Wires } from '../../verifier/backend.ts';
import { eqAt, eqTable, mleAt } from '../../verifier/multilinear.ts';
import { evaluateAtFelt, powerFromBits, powerSum } from '../../verifier/powers.ts';
import { LABELS, type OpeningProof, type TreePlace } from './opening.ts';
import { prepareQueryWeights, queryWeightAt } from './query-weight.ts';
import { scheduleOf, type Iteration, type OpeningParameters } from './schedule.ts';

/** One commitment of the statement: its root and where its columns stand. */
export type Commitment<W extends Wires> = TreePlace & { readonly root: W['digest'] };

/** W_(i+1) - W_i: gamma * eq(point, .) + sum_j gamma^(j+2) * (query weight of xs[j]), over the row variables from `from`. */
type AddedWeight<W extends Wires> = {
  readonly from: number;
  readonly gamma: W['ext'];
  readonly point: readonly W['ext'][];
  readonly xs: readonly W['felt'][];
};

/**
 * Verifies one opening.
 *
 * Shape: `weightAt` takes the full point x_0..x_(n-1), y_0..y_(c-1). Columns that no commitment covers are zero.
 * Order: the caller has observed the roots, the target and everything the weight depends on.
 * Errors: the backend's rejection; VerificationError `proof-shape` for wrong lengths; RangeError for wrong parameters.
 */
export function verifyOpening<W extends Wires>(
  on: Backend<W>,
  transcript: TranscriptOn<W>,
  parameters: OpeningParameters,
  commitments: readonly Commitment<W>[],
  target: W['ext'],
  weightAt: (point: readonly W['ext'][]) => W['ext'],
  proof: OpeningProof,
): void {
  const { logRows, logColumns, queryPowBits } = parameters;
  const schedule = scheduleOf(parameters);
  checkPlaces(parameters, commitments);
  checkShape(schedule, commitments.length, proof);

  let claim = target;
  const rows: W['ext'][] = [];
  let columns: W['ext'][] = [];
  const added: AddedWeight<W>[] = [];
  let oracle: W['digest'] | undefined;
  let finalVector: W['ext'][] = [];

  for (const [i, iteration] of schedule.entries()) {
    const isLast = i === schedule.length - 1;

    // 1. Sumcheck rounds on f_i * W_i.
    const challenges: W['ext'][] = [];
    for (let r = 0; r < iteration.fold; r++) {
      const [c0, c2] = transcript.readExts(LABELS.round(i, r), proof.rounds[i]![r]!, 2);
      const challenge = transcript.sampleExt(LABELS.challenge(i, r));
      claim = roundAt(on, claim, c0!, c2!, challenge);
      challenges.push(challenge);
    }
    if (i === 0) columns = [...challenges].reverse();
    else rows.push(...challenges);

    // 2. The next oracle and its out-of-domain value, or the final vector.
    const oodPoint: W['ext'][] = [];
    let oodValue: W['ext'] | undefined;
    let nextOracle: W['digest'] | undefined;
    if (isLast) {
      finalVector = transcript.readExts(LABELS.finalVector, proof.finalVector, 2 ** iteration.variablesAfter);
    } else {
      const message = proof.oracles[i]!;
      nextOracle = transcript.readDigest(LABELS.root(i), message.root);
      for (let j = 0; j < iteration.variablesAfter; j++) oodPoint.push(transcript.sampleExt(LABELS.oodPoint(i, j)));
      oodValue = transcript.readExts(LABELS.oodValue(i), [message.oodValue], 1)[0]!;
    }

    // 3. Queries to f_i, folded.
    const query = proof.queries[i]!;
    transcript.checkPow(LABELS.pow(i), query.nonce, queryPowBits);
    const indices = transcript.sampleIndices(LABELS.indices(i), iteration.queries, iteration.logLeaves);
    const root = rootOfUnity(iteration.logLeaves);
    const xs: W['felt'][] = [];
    const folded: W['ext'][] = [];
    const weights = eqTable(on, i === 0 ? columns : challenges);
    for (const [q, index] of indices.entries()) {
      const openings = query.openings[q]!;
      xs.push(powerFromBits(on, root, index));
      if (i === 0) {
        folded.push(openColumns(on, parameters, commitments, weights, index, openings, q));
        continue;
      }
      const shape = { logRows: iteration.logLeaves, width: 5 * 2 ** iteration.fold };
      const row = on.openRow(oracle!, shape, index, openings[0]!, `whir ${i}: query ${q}`);
      folded.push(on.extDot(on.rowExts(row), weights));
    }

    // 4. The next claim, or the checks of the final vector.
    if (isLast) {
      for (const [q, x] of xs.entries()) {
        on.assertExtEqual(evaluateAtFelt(on, finalVector, x), folded[q]!, `whir ${i}: final vector at query ${q}`);
      }
    } else {
      const gamma = transcript.sampleExt(LABELS.gamma(i));
      claim = on.extMulAdd(gamma, powerSum(on, gamma, [oodValue!, ...folded]), claim);
      added.push({ from: rows.length, gamma, point: oodPoint, xs });
      oracle = nextOracle;
    }
  }

  // 5. The final vector's own sumcheck: one evaluation of the weight, at one point.
  const remaining: W['ext'][] = [];
  for (const [r, message] of proof.finalRounds.entries()) {
    const [c0, c2] = transcript.readExts(LABELS.finalRound(r), message, 2);
    const challenge = transcript.sampleExt(LABELS.finalChallenge(r));
    claim = roundAt(on, claim, c0!, c2!, challenge);
    remaining.push(challenge);
  }
  rows.push(...remaining);
  if (rows.length !== logRows || columns.length !== logColumns) throw new RangeError('not every variable is bound');
  let weight = weightAt([...rows, ...columns]);
  for (const term of added) weight = on.extAdd(weight, addedWeightAt(on, term, rows));
  on.assertExtEqual(on.extMul(mleAt(on, finalVector, remaining), weight), claim, 'whir: final claim');
}

/** The round polynomial c_0 + c_1 X + c_2 X^2 at r, with c_1 = claim - 2 c_0 - c_2 so that its values at 0 and 1 sum to the claim. */
function roundAt<W extends Wires>(on: Backend<W>, claim: W['ext'], c0: W['ext'], c2: W['ext'], r: W['ext']): W['ext'] {
  const c1 = on.extSub(on.extSub(claim, on.extMulConst(c0, 2)), c2);
  return on.extMulAdd(on.extMulAdd(c2, r, c1), r, c0);
}

/** Value of the column-folded stacked polynomial at query `index`: all trees' rows against eq(y challenges, column). */
function openColumns<W extends Wires>(
  on: Backend<W>,
  parameters: OpeningParameters,
  commitments: readonly Commitment<W>[],
  columnWeights: readonly W['ext'][],
  index: readonly W['bit'][],
  openings: OpeningProof['queries'][number]['openings'][number],
  q: number,
): W['ext'] {
  let sum: W['ext'] | undefined;
  for (const [t, { root, start, width, logLift }] of commitments.entries()) {
    // A lifted tree has f'(x) = f(x^(2^d)), so its row is the index modulo its own height: the low bits.
    const treeRows = parameters.logRows - logLift + parameters.logInverseRate;
    const where = `whir 0: query ${q}, tree ${t}`;
    const row = on.openRow(root, { logRows: treeRows, width }, index.slice(0, treeRows), openings[t]!, where);
    const part = on.rowDot(row, columnWeights.slice(start, start + width));
    sum = sum === undefined ? part : on.extAdd(sum, part);
  }
  return sum!;
}

function addedWeightAt<W extends Wires>(on: Backend<W>, term: AddedWeight<W>, rows: readonly W['ext'][]): W['ext'] {
  const bound = rows.slice(term.from);
  const weights = prepareQueryWeights(on, bound);
  const values = [eqAt(on, term.point, bound), ...term.xs.map((x) => queryWeightAt(on, weights, x))];
  return on.extMul(term.gamma, powerSum(on, term.gamma, values));
}

function checkPlaces(parameters: OpeningParameters, places: readonly TreePlace[]): void {
  if (places.length === 0) throw new RangeError('"commitments" expected at least one tree');
  let free = 0;
  for (const { start, width, logLift } of [...places].sort((a, b) => a.start - b.start)) {
    if (start < free || width <= 0 || start + width > 2 ** parameters.logColumns) {
      throw new RangeError(`"commitments" expected disjoint windows within 2^${parameters.logColumns} columns`);
    }
    if (logLift < 0 || logLift > parameters.logRows) throw new RangeError(`"logLift" out of range: ${logLift}`);
    free = start + width;
  }
}

/** Every length in the proof is fixed by the parameters; checked before anything is read. */
function checkShape(schedule: readonly Iteration[], trees: number, proof: OpeningProof): void {
  const expect = (value: unknown, length: number, where: string): void => {
    if (!Array.isArray(value) || value.length !== length) {
      throw new VerificationError('proof-shape', `whir: ${where}`, `expected ${length} entries`);
    }
  };
  const expectObject = (value: unknown, where: string): void => {
    if (typeof value !== 'object' || value === null) {
      throw new VerificationError('proof-shape', `whir: ${where}`, 'expected an object');
    }
  };
  expectObject(proof, 'proof');
  expect(proof.rounds, schedule.length, 'rounds');
  expect(proof.oracles, schedule.length - 1, 'oracles');
  expect(proof.queries, schedule.length, 'queries');
  expect(proof.finalRounds, schedule.at(-1)!.variablesAfter, 'final rounds');
  for (const oracle of proof.oracles) expectObject(oracle, 'oracle');
  for (const [i, iteration] of schedule.entries()) {
    expect(proof.rounds[i], iteration.fold, `rounds of iteration ${i}`);
    expectObject(proof.queries[i], `queries of iteration ${i}`);
    expect(proof.queries[i]!.openings, iteration.queries, `queries of iteration ${i}`);
    for (const opened of proof.queries[i]!.openings) expect(opened, i === 0 ? trees : 1, `openings of iteration ${i}`);
  }
}
