/** HintWrite: words of an input item, written at slot 3 of the HINT_READ ecall. The words are the prover's choice. */
import { chip } from '../../../air/chip.ts';
import { SPACE } from '../../../vm/execution-record.ts';
import { BYTE_PAIR, HINT } from '../../rv32im/buses.ts';
import { access, range } from '../../rv32im/shared/air.ts';
import { COLUMNS } from './columns.ts';

export const HINT_WRITE = chip({
  name: 'HintWrite',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal, isEnd, time, address, remaining, value } = row;
    air.zero(isEnd.mul(air.constant(1).sub(isReal)), 'end only on real rows');
    air.zero(isEnd.mul(remaining), 'no words are left at the end');
    // Soundness: a chain that misses remaining = 0 would need p rows to come back to it.
    const writes = isReal.sub(isEnd);
    air.receive(HINT, isReal, [time, address, remaining], 'hint: this word');
    air.send(HINT, writes, [time, address.add(1), remaining.sub(1)], 'hint: next word');
    const high = access(air, {
      name: 'RAM',
      space: SPACE.RAM,
      address,
      before: row.before,
      after: value,
      order: row.order,
      at: time.add(3),
      active: writes,
      real: writes,
    });
    // The access stands alone in its pair, so the pair may have the access's own multiplicity.
    air.send(BYTE_PAIR, writes, [high, 0], 'byte pair: RAM gap high');
    range(air, writes, value[0], 16, 'value low');
    range(air, writes, value[1], 16, 'value high');
  },
});
