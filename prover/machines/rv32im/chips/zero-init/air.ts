/**
 * ZeroInit: RAM words of the program's zero range start as 0. The rows form one ascending chain from the range's start to
 * its end, so no word is supplied twice and none outside the range. Setup refuses ranges that hold a word of the image.
 *
 * Soundness: take a real row as an edge from its address to its next address. Every edge ascends (below), so there is no
 * cycle, and the sort bus balances only if the edges are one path from the start to the end that the key names. A start
 * that is the end leaves no edge, and one above the end has no path, hence no proof.
 */
import { chip } from '../../../../air/chip.ts';
import { SPACE } from '../../../../vm/execution-record.ts';
import { MEMORY, SORT } from '../../buses.ts';
import { INVERSE_65536, range } from '../../shared/air.ts';
import { COLUMNS } from './columns.ts';

export const ZERO_INIT = chip({
  name: 'ZeroInit',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, address, addressLow, next, stepLow } = row;
    // Soundness: the row's cell is the address it receives, never the one it sends: the received one is range-checked.
    air.receive(SORT, real, [address], 'sort: this address');
    air.send(SORT, real, [next], 'sort: next address');
    air.send(MEMORY, real, [SPACE.RAM, address, 0, 0, 0], 'memory: initial state');
    air.receive(MEMORY, real, [SPACE.RAM, address, ...row.final, row.finalTime], 'memory: final state');
    // Soundness: address < 2^28 and 0 <= next - address - 1 < 2^28, so both are integers below 2^29 and the chain
    // increases. Without the check on the address, eight steps of 2^28 would pass p and revisit addresses.
    range(air, real, addressLow, 16, 'address low');
    range(air, real, address.sub(addressLow).mul(INVERSE_65536), 12, 'address high');
    range(air, real, stepLow, 16, 'step low');
    range(air, real, next.sub(address).sub(1).sub(stepLow).mul(INVERSE_65536), 12, 'step high');
  },
});
