/** Parameters of one proof layer. Every field is part of the parameter digest that the transcript observes first. */
export type LayerParameters = {
  /** Names the layer in transcripts and messages: "core-s", "core-m-big", "lift", "wrap-rate-6" (all are in `layers.ts`). */
  readonly id: string;
  /** Hash of commitments and transcript: Poseidon2 over KoalaBear (kb) or over the BN254 scalar field (bn). */
  readonly hash: 'kb' | 'bn';
  /** n: every committed column has 2^logRows rows. */
  readonly logRows: number;
  /** c: 2^logColumns stacked columns, main and preprocessed windows together. */
  readonly logColumns: number;
  /** Stacked columns [0, mainColumns) are committed by the prover. */
  readonly mainColumns: number;
  /** Stacked columns [preStart, preStart + 2^logPreColumns) belong to the key; aligned; above the main window. */
  readonly preStart: number;
  readonly logPreColumns: number;
  /** The key's tree has 2^logPreRows rows; lifted by 2^(logRows - logPreRows), so one key serves several tiers. */
  readonly logPreRows: number;
  /** Rate of the first oracle is 2^-logInverseRate. */
  readonly logInverseRate: number;
  /** k_i: variables folded in iteration i; folds[0] = logColumns. */
  readonly folds: readonly number[];
  /** The domain shrinks by 2^shrinks[i] between oracle i and i+1: one entry fewer than folds. */
  readonly shrinks: readonly number[];
  /** t_i: queries to oracle i. */
  readonly queries: readonly number[];
  readonly queryPowBits: number;
  /** Grinding before alpha, beta. */
  readonly lookupPowBits: number;
  /** Johnson multiplicity m per oracle, for the soundness calculator only. */
  readonly multiplicities: readonly number[];
};
