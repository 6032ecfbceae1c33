/**
 * ZeroInit: RAM words outside the image start as 0. The rows form one ascending chain from the image end to 2^28, so no
 * word is supplied twice and none inside the image.
 */
import { chip } from '../../air/chip.ts';
import { SPACE } from '../../vm/records.ts';
import { MEMORY, SORT } from '../buses.ts';
import { INVERSE_65536, range } from '../shared/air.ts';
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
