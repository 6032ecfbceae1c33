/** The proof of one layer as plain data, and its shape, which machine and parameters fix completely. */
import { VerificationError } from '../core/errors.ts';
import type { ExtValue } from '../field/types.ts';
import type { OpeningProof } from '../pcs/whir/opening.ts';
import type { DigestValue } from '../verifier/backend.ts';
import type { VerifyingKey } from './key.ts';
import type { LayerLayout } from './layout.ts';

/** P and Q of two sibling nodes: P0, Q0, P1, Q1. */
export type ChildValues = readonly [ExtValue, ExtValue, ExtValue, ExtValue];

/** h_1 and h_2 of one stripped round polynomial h_0 + h_1 X + h_2 X^2; h_0 follows from the claim. */
export type GkrRound = readonly [ExtValue, ExtValue];

/** c_0, c_2, c_3, c_4 of one zerocheck round polynomial; c_1 follows from the claim. */
export type ZerocheckRound = readonly [ExtValue, ExtValue, ExtValue, ExtValue];

export type GkrLevel = { readonly rounds: readonly GkrRound[]; readonly children: ChildValues };

export type LayerProof = {
  /** log2 heights of the chips of free height, in machine order. */
  readonly logHeights: readonly number[];
  /** First cells of the main blocks; empty for packed machines, whose positions are static. */
  readonly positions: readonly number[];
  readonly mainRoot: DigestValue;
  /** The stacked polynomial at the out-of-domain point. */
  readonly oodValue: ExtValue;
  /** Proof of work before alpha and beta. */
  readonly lookupNonce: number;
  /** Children of the root of the fraction tree. */
  readonly gkrRoot: ChildValues;
  /** Layer k (k = 1..L-1) at index k - 1, with k rounds. */
  readonly gkrLayers: readonly GkrLevel[];
  readonly zerocheck: readonly ZerocheckRound[];
  /** Every column at its chip's point: chip by chip, main columns, then preprocessed ones. */
  readonly claims: readonly ExtValue[];
  readonly opening: OpeningProof;
};

/** One proof of a layer with the key and the public values it is for: all that a verifier needs besides the layer. */
export type VerifiedProof = {
  readonly key: VerifyingKey;
  readonly publicValues: readonly number[];
  readonly proof: LayerProof;
};

/** Number of main positions in a proof of this layout. */
export function positionCount(layout: LayerLayout): number {
  return layout.packed === undefined ? layout.mainBlocks.length : 0;
}

/**
 * Checks every length outside the opening (which checks its own) before anything is read: nothing in a proof says how
 * long anything is. VerificationError `proof-shape`.
 */
export function checkProofShape(layout: LayerLayout, proof: LayerProof): void {
  const expectObject = (value: unknown, where: string): void => {
    if (typeof value !== 'object' || value === null)
      throw new VerificationError('proof-shape', where, 'expected an object');
  };
  const expect = (value: unknown, length: number, where: string): void => {
    if (!Array.isArray(value) || value.length !== length) {
      throw new VerificationError('proof-shape', where, `expected ${length} entries`);
    }
  };
  expectObject(proof, 'proof');
  expect(proof.logHeights, layout.freeHeightCount, 'heights');
  expect(proof.positions, positionCount(layout), 'positions');
  expect(proof.gkrRoot, 4, 'gkr root');
  expect(proof.gkrLayers, layout.logLeaves - 1, 'gkr layers');
  for (const [i, layer] of proof.gkrLayers.entries()) {
    expectObject(layer, `gkr layer ${i + 1}`);
    expect(layer.rounds, i + 1, `gkr layer ${i + 1}: rounds`);
    for (const round of layer.rounds) expect(round, 2, `gkr layer ${i + 1}: round`);
    expect(layer.children, 4, `gkr layer ${i + 1}: children`);
  }
  expect(proof.zerocheck, layout.rounds, 'zerocheck');
  for (const round of proof.zerocheck) expect(round, 4, 'zerocheck round');
  expect(proof.claims, layout.claimCount, 'claims');
  expectObject(proof.opening, 'opening');
}
