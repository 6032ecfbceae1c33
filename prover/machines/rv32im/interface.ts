/**
 * What the key of a program means, whatever chips prove it: part of its digest in place of the machine. A chip, a tier or an
 * extension more changes no program's key; a change of what stands here changes them all.
 */
import type { RecordedChip } from '../../air/chip.ts';
import {
  COMMIT_WORDS,
  HALTED_PC,
  PAGE_WORDS,
  QUAD_WORDS,
  RAM_WORDS,
  ROOT_LEVEL,
  SPACE_WORDS,
  SYSTEM_WORD,
  registerAddress,
  systemWordAddress,
} from '../../vm/address-map.ts';
import { IMMEDIATE, OPERATIONS, SYSCALLS } from '../../vm/isa/operations.ts';
import { KEY_FELT_NAMES } from './public-values.ts';
import { WRITES } from './shared/air.ts';

/** Raised by a change of meaning that the rest of the interface does not show: of a column of Rom, of an operation. */
const INTERFACE_VERSION = 1;

/**
 * The system calls of this version that a program may rely on, by their numbers. One that a later version adds is not listed:
 * it gives proofs to numbers that have none.
 */
export const VERSION_CALLS = { ...SYSCALLS, HINT_LEN: 0xf0, HINT_READ: 0xf1 } as const;

/** The interface of a machine with these chips. */
export function interfaceOf(chips: readonly RecordedChip[]) {
  return {
    version: INTERFACE_VERSION,
    preprocessed: chips
      .filter(({ preprocessed }) => preprocessed.length > 0)
      .map(({ name, preprocessed }) => [name, preprocessed.map((column) => [column.name, column.kind])]),
    places: 'blocks of 2^k columns, aligned to their cells, rows lowest',
    keyFelts: KEY_FELT_NAMES,
    operations: { ...OPERATIONS, IMMEDIATE, WRITES },
    calls: VERSION_CALLS,
    callRegisters: { number: 't0', arguments: ['a0', 'a1', 'a2'], result: 'a0' },
    addresses: {
      ram: RAM_WORDS,
      all: SPACE_WORDS,
      registers: registerAddress(0),
      systemWords: systemWordAddress(0),
      SYSTEM_WORD,
      committed: COMMIT_WORDS,
    },
    tree: {
      arity: 2,
      depth: ROOT_LEVEL,
      compression: 'first 8 lanes of poseidon2-koalabear-16(left, right), plus left',
      leaf: [QUAD_WORDS, '16-bit limbs, lowest first'],
      page: PAGE_WORDS,
      hole: "hashFelts('hole', [1, level])",
    },
    endPc: HALTED_PC,
    state: "hashFelts('state', [pc, root])",
    chain: "hashFelts('chain', [chain, key digest, limbs of the public digest])",
  };
}
