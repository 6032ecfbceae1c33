/**
 * Image: the initial and the final state of every cell listed in the program.
 *
 * A proof holds a whole execution, so the rows talk to the memory bus themselves.
 * Soundness: exactly the real rows are active, because the multiplicity is preprocessed; the final state is free, but it
 * is received from the memory bus, so it is the end of the cell's chain of accesses.
 */
import { chip } from '../../../../air/chip.ts';
import { MEMORY } from '../../buses.ts';
import { COLUMNS, PREPROCESSED } from './columns.ts';

export const IMAGE = chip({
  name: 'Image',
  columns: COLUMNS,
  preprocessed: PREPROCESSED,
  closedForms: [],
  logHeight: 'key',
  eval: (air, row, pre) => {
    air.send(MEMORY, pre.isReal, [pre.space, pre.address, ...pre.value, 0], 'memory: initial state');
    const last = [pre.space, pre.address, ...row.final, row.finalTime];
    air.receive(MEMORY, pre.isReal, last, 'memory: final state');
  },
});
