/**
 * Boundary: both ends of the history of memory in one shard. A row takes a quad out of the memory tree, hands the state
 * before the shard to the memory bus and receives the state after it, word by word.
 *
 * Soundness:
 *  - A multiplicity of -1 would balance a row of +1 for the same quad and split the history of its cells; `isReal` is a
 *    boolean.
 *  - The tree bus gives each quad at most once (chips/merkle/air.ts), so no cell has two first states, and a quad that is in
 *    a hole has none: touching it has no proof. The index is bound the same way, below 2^27; so addresses of different
 *    quads do not meet.
 *  - A word that no instruction touched has only this row on the bus: it receives what it sent, so its final time is 0 and
 *    it is as it was. Of a touched word the last state is received, since it alone has no access that receives it.
 *  - Limbs of `init` are those of the tree: below 2^16 in the initial memory, which setup hashes, and then by induction over
 *    the shards, since each writer proves it. A root that no execution led to may hold other limbs: nothing is said of it.
 */
import { chip } from '../../../../air/chip.ts';
import { MEMORY, MERKLE } from '../../buses.ts';
import { COLUMNS } from './columns.ts';

export const BOUNDARY = chip({
  name: 'Boundary',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, { isReal: real, index, init, final, finalTime }) => {
    air.receive(MERKLE, real, [0, index, ...init, ...final], 'merkle: the quad');
    for (const [k, time] of finalTime.entries()) {
      const address = index.mul(4).add(k);
      const limbs = (of: typeof init) => of.slice(2 * k, 2 * k + 2);
      air.send(MEMORY, real, [address, ...limbs(init), 0], `memory: word ${k} before`);
      air.receive(MEMORY, real, [address, ...limbs(final), time], `memory: word ${k} after`);
    }
  },
});
