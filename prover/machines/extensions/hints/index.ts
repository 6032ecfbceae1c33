/** Hints: what the program reads as input, item by item. All of it is the prover's choice. */
import type { Extension } from '../../rv32im/module.ts';
import type { ShardChip } from '../../../vm/run/limits.ts';
import { HINT, HINT_LEN, HINT_READ, HINTS_CHIP } from './air.ts';
import { handleLength, handleRead, reachOfRead } from './handler.ts';
import { fillHints, hintRows } from './trace.ts';

/** A row for a call, and one more for each word that it reads. */
const COUNTS: ShardChip['rows'] = [
  { of: `calls:${HINT_LEN}`, each: 1 },
  { of: `calls:${HINT_READ}`, each: 1 },
  { of: `accesses:${HINT_READ}`, each: 1 },
];

export const HINTS: Extension = {
  name: 'hints',
  syscalls: {
    [HINT_LEN]: { name: 'HINT_LEN', handle: handleLength },
    [HINT_READ]: { name: 'HINT_READ', handle: handleRead, reach: reachOfRead },
  },
  chips: [{ definition: HINTS_CHIP, fill: fillHints, rows: hintRows, counts: COUNTS }],
  buses: [HINT],
};
