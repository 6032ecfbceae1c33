/** Rom: one row per text word. Padding rows hold the operation TRAP, which no chip looks up. */
import { chip } from '../../../../air/chip.ts';
import { PROGRAM } from '../../buses.ts';
import { COLUMNS, PREPROCESSED } from './columns.ts';

export const ROM = chip({
  name: 'Rom',
  columns: COLUMNS,
  preprocessed: PREPROCESSED,
  closedForms: [],
  logHeight: 'key',
  eval: (air, row, pre) => {
    const message = [pre.pc, pre.operation, pre.rd, pre.rs1, pre.rs2, ...pre.immediate, pre.extra];
    air.receive(PROGRAM, row.executions, message, 'program: the instruction');
  },
});
