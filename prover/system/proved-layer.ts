/** What one stage of the prover hands to the next. */
import type { VerifyingKey } from '../stark/key.ts';
import type { LayerProof } from '../stark/proof.ts';

/** One accepted layer: what the next layer, or a verifier, needs of it. */
export type ProvedLayer = {
  readonly key: VerifyingKey;
  readonly publicValues: readonly number[];
  readonly proof: LayerProof;
};

/** A core proof names its tier. */
export type CoreProof = ProvedLayer & { readonly tier: string };
