/** A small opening statement over two trees, one of them lifted, and both sides of its proof. */
import * as ext from '../../prover/field/extension.ts';
import type { ExtValue } from '../../prover/field/types.ts';
import { commitColumns } from '../../prover/pcs/reference/encode.ts';
import {
  addInto,
  eqVector,
  innerProduct,
  liftVector,
  type ExtVector,
} from '../../prover/pcs/reference/plain-vector.ts';
import { eqAt } from '../../prover/verifier/multilinear.ts';
import { nativeBackend } from '../../prover/verifier/native-backend.ts';
import type { OpeningProof } from '../../prover/pcs/whir/opening.ts';
import type { OpeningParameters } from '../../prover/pcs/whir/schedule.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import type { ProverHash } from '../../prover/verifier/suite.ts';
import { proveOpening, type ProverTree } from '../../prover/pcs/whir/prove.ts';
import { verifyOpening } from '../../prover/pcs/whir/verify.ts';
import { ReferenceWitness, stackColumns, type OpeningWitness } from '../../prover/pcs/reference/witness.ts';
import type { Backend, DigestValue, TranscriptOn, Wires } from '../../prover/verifier/backend.ts';
import type { NativeTranscript, TranscriptLog } from '../../prover/verifier/native-transcript.ts';
import { Random } from './random.ts';

/** Test only: a few bits of security. */
export const TEST_ONLY_OPENING: OpeningParameters = {
  logRows: 6,
  logColumns: 3,
  logInverseRate: 1,
  folds: [3, 3, 2],
  shrinks: [2, 1],
  queries: [9, 5, 4],
  queryPowBits: 3,
};

export type Statement = {
  readonly parameters: OpeningParameters;
  readonly hash: ProverHash;
  readonly places: readonly { start: number; width: number; logLift: number }[];
  readonly trees: readonly ProverTree[];
  readonly stacked: Uint32Array;
  /** W = sum_k coefficients[k] * eq(points[k], .). */
  readonly points: readonly (readonly ExtValue[])[];
  readonly coefficients: readonly ExtValue[];
  readonly target: ExtValue;
};

/** A random statement: main window [0, 5), a lifted window [6, 8). */
export function buildStatement(
  seed: number,
  parameters: OpeningParameters = TEST_ONLY_OPENING,
  hash: ProverHash = suiteKoalaBear,
): Statement {
  const random = new Random(seed);
  const { logRows, logColumns, logInverseRate } = parameters;
  const places = [
    { start: 0, width: 2 ** logColumns - 3, logLift: 0 },
    { start: 2 ** logColumns - 2, width: 2, logLift: 2 },
  ];
  const placed = places.map((place) => ({
    ...place,
    columns: Array.from({ length: place.width }, () => random.column(logRows - place.logLift)),
  }));
  const trees = placed.map(({ columns, ...place }) => ({
    ...place,
    tree: commitColumns(hash, logRows - place.logLift, logInverseRate, columns),
  }));
  const stacked = stackColumns(logRows, logColumns, placed);
  const points = Array.from({ length: 3 }, () => random.exts(logRows + logColumns));
  const coefficients = random.exts(points.length);
  const statement = { parameters, hash, places, trees, stacked, points, coefficients, target: ext.ZERO };
  return { ...statement, target: innerProduct(liftVector(stacked), weightVector(statement)) };
}

export function weightVector(statement: Pick<Statement, 'points' | 'coefficients'>): ExtVector {
  const [first, ...rest] = statement.points.map((point, k) => eqVector(point, statement.coefficients[k]!));
  for (const other of rest) addInto(first!, other);
  return first!;
}

/** What both sides do before the opening. */
function observeStatement(transcript: NativeTranscript, statement: Statement): void {
  for (const { tree } of statement.trees) transcript.observeDigest('root', tree.root);
  transcript.observeFelts('target', statement.target);
}

export function prove(statement: Statement, witness?: OpeningWitness, log?: TranscriptLog): OpeningProof {
  const { hash, parameters, trees, stacked } = statement;
  const transcript = hash.transcript('test opening', log);
  observeStatement(transcript, statement);
  return proveOpening(
    transcript,
    parameters,
    trees,
    witness ?? new ReferenceWitness(hash, stacked, weightVector(statement)),
  );
}

/** The verifier's side over any backend. */
export function verifyOn<W extends Wires>(on: Backend<W>, statement: Statement, proof: OpeningProof): void {
  const transcript: TranscriptOn<W> = on.transcript('test opening');
  const roots = statement.trees.map(({ tree }) => transcript.readDigest('root', tree.root));
  const [target] = transcript.readExts('target', [statement.target], 1);
  const commitments = statement.places.map((place, t) => ({ ...place, root: roots[t]! }));
  const weightAt = (point: readonly W['ext'][]): W['ext'] =>
    on.extDot(
      statement.points.map((p) =>
        eqAt(
          on,
          p.map((x) => on.extConst(x)),
          point,
        ),
      ),
      statement.coefficients.map((x) => on.extConst(x)),
    );
  verifyOpening(on, transcript, statement.parameters, commitments, target!, weightAt, proof);
}

export function verify(statement: Statement, proof: OpeningProof, log?: TranscriptLog): void {
  verifyOn(nativeBackend(statement.hash, log === undefined ? {} : { log }), statement, proof);
}

/** Roots may be replaced to model a prover that commits to something else. */
export function withRoot(statement: Statement, t: number, root: DigestValue): Statement {
  const trees = statement.trees.map((entry, i) => (i === t ? { ...entry, tree: { ...entry.tree, root } } : entry));
  return { ...statement, trees };
}
