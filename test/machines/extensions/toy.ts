/**
 * An extension that only tests have: ADD_WORD(x, from, to) writes x + the word at `from` to the word at `to`, and returns
 * the sum.
 */
import { chip } from '../../../prover/air/chip.ts';
import { access, addition, gapHighs, range, wordAddress } from '../../../prover/machines/rv32im/shared/air.ts';
import {
  countWordAddress,
  gap,
  limbRanges,
  limbs,
  newTrace,
  type FillContext,
} from '../../../prover/machines/rv32im/shared/fill.ts';
import { SYSCALL } from '../../../prover/machines/rv32im/buses.ts';
import type { ChipModule, Extension } from '../../../prover/machines/rv32im/module.ts';
import { ACCESS_FIELD, CALL_FIELD, callsOf, type ExecutionRecord } from '../../../prover/vm/execution-record.ts';
import { hex, type Fault } from '../../../prover/vm/outcome.ts';
import type { SyscallCall } from '../../../prover/vm/syscalls/table.ts';

export const ADD_WORD = 0x7001;

/** The word at a1 is read at slot 2, that at a2 written at slot 3: they may be the same. */
function handle(call: SyscallCall): number | Fault {
  const { a0, a1, a2 } = call;
  for (const address of [a1, a2]) {
    if (address % 4 !== 0) {
      return { cause: 'syscall-arguments', detail: `ADD_WORD of ${hex(address)}, expected a multiple of 4` };
    }
    const fault = call.refuseRange('ADD_WORD', address, 1) ?? call.refuseUnmapped('ADD_WORD', address, 1);
    if (fault !== undefined) return fault;
  }
  const sum = (a0 + call.read(a1 / 4, 2)) >>> 0;
  call.write(a2 / 4, 3, sum);
  return sum;
}

const COLUMNS = {
  isReal: 'bool',
  time: 'felt',
  a0: 'felt[2]',
  a1: 'felt[2]',
  a2: 'felt[2]',
  word: 'felt[2]',
  wordOrder: 'felt[2]',
  before: 'felt[2]',
  beforeOrder: 'felt[2]',
  sum: 'felt[2]',
} as const;

const DEFINITION = chip({
  name: 'AddWord',
  columns: COLUMNS,
  preprocessed: {},
  closedForms: [],
  logHeight: 'free',
  eval: (air, row) => {
    const { isReal: real, time, a0, a1, a2, word, sum } = row;
    air.receive(SYSCALL, real, [ADD_WORD, time, ...a0, ...a1, ...a2, ...sum], 'syscall: this call');
    const readHigh = access(air, {
      name: 'word',
      address: wordAddress(air, real, a1[0], a1[1], 'from'),
      before: word,
      after: word,
      order: row.wordOrder,
      at: time.add(2),
      active: real,
      real,
    });
    const writeHigh = access(air, {
      name: 'sum',
      address: wordAddress(air, real, a2[0], a2[1], 'to'),
      before: row.before,
      after: sum,
      order: row.beforeOrder,
      at: time.add(3),
      active: real,
      real,
    });
    gapHighs(air, real, [readHigh, writeHigh], 'word, sum');
    addition(air, a0, word, sum, 'sum = a0 + word');
    range(air, real, sum[0], 16, 'sum low');
    range(air, real, sum[1], 16, 'sum high');
  },
});

function fill(record: ExecutionRecord, { lookups }: FillContext): ReturnType<ChipModule['fill']> {
  const calls = callsOf(record, ADD_WORD);
  const { trace, column: c } = newTrace(COLUMNS, calls.rows);
  const { words: accesses, width } = record.accesses;
  for (let row = 0, w = 0; row < calls.rows; row++, w += calls.width) {
    const call = (field: keyof typeof CALL_FIELD): number => calls.words[w + CALL_FIELD[field]] ?? 0;
    const accessed = (index: number, field: keyof typeof ACCESS_FIELD): number =>
      accesses[(call('firstAccess') + index) * width + ACCESS_FIELD[field]] ?? 0;
    c.isReal[row] = 1;
    c.time[row] = call('time');
    limbs(c.a0, row, call('a0'));
    limbs(c.a1, row, call('a1'));
    limbs(c.a2, row, call('a2'));
    limbs(c.word, row, accessed(0, 'old'));
    limbs(c.before, row, accessed(1, 'old'));
    limbs(c.sum, row, call('result'));
    limbRanges(lookups, call('result'));
    countWordAddress(lookups, call('a1'));
    countWordAddress(lookups, call('a2'));
    lookups.bytes(
      gap(c.wordOrder, row, call('time') + 2, accessed(0, 'prevTime'), lookups),
      gap(c.beforeOrder, row, call('time') + 3, accessed(1, 'prevTime'), lookups),
    );
  }
  return trace;
}

export const TOY_CHIP: ChipModule = {
  definition: DEFINITION,
  fill,
  rows: (record) => callsOf(record, ADD_WORD).rows,
  counts: [{ of: `calls:${ADD_WORD}`, each: 1 }],
};

export const TOY: Extension = {
  name: 'toy',
  syscalls: { [ADD_WORD]: { name: 'ADD_WORD', handle } },
  chips: [TOY_CHIP],
  buses: [],
};
