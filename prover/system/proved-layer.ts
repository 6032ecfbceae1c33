/** What one stage of the prover hands to the next. */
import type { CORE } from '../recursion/program.ts';
import type { VerifiedProof } from '../stark/proof.ts';

/** A core proof names its tier; its machine is named by its key. */
export type CoreProof = VerifiedProof & { readonly kind: typeof CORE; readonly tier: string };

/** A proof of a recursion program names its kind; which program of the kind made it, its key says. */
export type ProvedLayer = VerifiedProof & { readonly kind: string };

/** A proof of any kind. */
export type StageProof = CoreProof | ProvedLayer;
