/** What one stage of the prover hands to the next. */
import type { CORE } from '../recursion/program.ts';
import type { VerifiedProof } from '../stark/proof.ts';
import type { SystemOpening } from '../vm/system-opening.ts';

/** The proof of a shard names its tier; its machine is named by its key. */
export type CoreProof = VerifiedProof & { readonly kind: typeof CORE; readonly tier: string };

/** A proof of a recursion program names its kind; which program of the kind made it, its key says. */
export type ProvedLayer = VerifiedProof & { readonly kind: string };

/** A whole execution: the proofs of its shards in order, and what it left in its system words. */
export type ExecutionProof = { readonly shards: readonly CoreProof[]; readonly words: SystemOpening };

/** A proof of any kind. */
export type StageProof = CoreProof | ProvedLayer;
