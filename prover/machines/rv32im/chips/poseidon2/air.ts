/**
 * Poseidon2: two-to-one compressions, as the memory tree has them: the first eight lanes of permute(left, right) plus left.
 *
 * Soundness: `uses` is free, as in every table: left and right determine a row's tuple, so whoever looks up (left, right, out)
 * finds it only where out is the compression. Equal compressions share a row. Without the left half that is added the
 * permutation could be run backwards, and a prover who chooses `out` would find children of it: of a hole, say.
 */
import { chip } from '../../../../air/chip.ts';
import { permutationRounds } from '../../../shared/poseidon2-air.ts';
import { HASH } from '../../buses.ts';
import { COLUMNS } from './columns.ts';

export const POSEIDON2 = chip({
  name: 'Poseidon2',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, { uses, ...rounds }) => {
    const outputs = permutationRounds(air, rounds);
    const out = rounds.input.slice(0, 8).map((left, i) => outputs[i]!.add(left));
    air.receive(HASH, uses, [...rounds.input, ...out], 'hash: the compression');
  },
});
