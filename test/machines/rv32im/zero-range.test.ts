/** Memory that starts as zero: the range of the key, no word more, whatever a prover does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatReport } from '../../../prover/air/checker.ts';
import type { ChipTrace } from '../../../prover/air/machine.ts';
import { keyFelts, preprocessedTraces } from '../../../prover/machines/rv32im/machine.ts';
import { rv32im } from '../../../prover/system/core-machine.ts';
import { loadProgram } from '../../../prover/elf/load.ts';
import type { Image, Program } from '../../../prover/vm/program.ts';
import { runRecorded } from '../../../prover/vm/run/record.ts';
import { assemble, type AssembleOptions } from '../../support/asm.ts';
import { haltSequence } from '../../support/guest.ts';
import { chipIndex } from './oracle.ts';
import { MACHINE, check, worldOfRecord, type World } from './world.ts';

const BOTTOM = 0x00200000;
const TEXT = 0x30000000;
const LOW: AssembleOptions = { textAddress: TEXT, stack: { bottom: BOTTOM, bytes: 0x1000 } };
const ZERO_INIT = chipIndex('ZeroInit');

function programOf(source: string, options: AssembleOptions = LOW): Program {
  const [text = '', data = ''] = source.split('.data');
  return loadProgram(assemble(`${text}\n${haltSequence(0)}\n.data\n${data}`, options).elf);
}

/** What a prover gets who runs the program with another zero range than that of its key. */
function worldWith(program: Program, range: Partial<Image> = {}): World {
  const other = { ...program, image: { ...program.image, ...range } };
  const { record, outcome } = runRecorded(other, [], 1000);
  assert.ok(record !== undefined, JSON.stringify(outcome));
  return worldOfRecord(other, record);
}

/** Loads and stores of words at these byte addresses. */
const touching = (...addresses: number[]): string =>
  addresses.map((address) => `li x5, ${address}\nlw x6, 0(x5)\nsw x5, 0(x5)`).join('\n');

function assertProvable(world: World): void {
  const report = check(world);
  assert.ok(report.ok, formatReport(report));
  const shape = rv32im().shape(world.program, world.record);
  assert.deepEqual(
    shape.map(({ logHeight }) => logHeight),
    world.main.map((trace) => trace.logHeight),
  );
}

describe('an execution can be proved', () => {
  for (const [name, source] of [
    ['that touches nothing', 'nop'],
    ['that touches the first word', touching(BOTTOM)],
    ['that touches the last word', touching(TEXT - 4)],
    ['that touches words anywhere', touching(0x20000000, BOTTOM + 4, 0x20000004, BOTTOM, TEXT - 4, 0x00a00000)],
    ['that reads its own text', touching(TEXT)],
  ] as const) {
    it(name, () => assertProvable(worldWith(programOf(source))));
  }

  it('without any zero range', () => {
    const program = programOf('la x5, top\nlw x6, 0(x5)\n.data\ntop: .word 1', { dataAddress: 0x3ffffffc });
    assert.deepEqual(keyFelts(program).slice(1), [2 ** 28, 2 ** 28]);
    const world = worldWith(program);
    assertProvable(world);
    assert.ok(world.main[ZERO_INIT]?.columns[0]?.every((isReal) => isReal === 0));
  });
});

describe('a dishonest prover has no proof', () => {
  /** Copies of the trace of ZeroInit with some cells changed by column name. */
  const withRows = (world: World, rows: readonly Readonly<Record<string, number>>[]): World => {
    const columns = (MACHINE.chips[ZERO_INIT]?.columns ?? []).map(({ name }, c) => {
      const column = world.main[ZERO_INIT]?.columns[c]?.slice() ?? new Uint32Array();
      for (const [row, cells] of rows.entries()) column[row] = cells[name] ?? column[row] ?? 0;
      return column;
    });
    const trace = { ...world.main[ZERO_INIT], columns } as ChipTrace;
    return { ...world, main: world.main.map((other, i) => (i === ZERO_INIT ? trace : other)) };
  };
  const below = (BOTTOM - 4) / 4;
  const above = (TEXT + 0x10000) / 4;

  for (const [name, byteAddress, range] of [
    ['the word below the range', BOTTOM - 4, { zeroStart: below }],
    ['a null pointer', 16, { zeroStart: 0 }],
    ['a word above the range and the image', 4 * above, { zeroStart: above, zeroEnd: 2 ** 28 }],
    ['the last word of all', 2 ** 30 - 4, { zeroStart: above, zeroEnd: 2 ** 28 }],
  ] as const) {
    it(`for a program that touches ${name}`, () => {
      const program = programOf(touching(byteAddress));
      const { outcome } = runRecorded(program, [], 1000);
      assert.equal(outcome.kind === 'trap' && outcome.cause, 'unmapped-memory');
      const world = worldWith(program, range);
      // Under the key of another program this is a proof; under that of this one it is none.
      assert.ok(check(world).ok);
      const honest = { ...world, keyFelts: keyFelts(program) };
      const report = check(honest);
      assert.equal(report.ok, false);
      assert.deepEqual([...new Set(report.imbalances.map(({ bus }) => bus))], ['sort']);

      // Chains that begin and end as the key says, with the word as a row of its own: as a loop, before or behind them.
      const word = byteAddress / 4;
      const [, zeroStart = 0, zeroEnd = 0] = honest.keyFelts;
      const cellsOf = (address: number, next: number): Record<string, number> => ({
        ...{ isReal: 1, address, addressLow: address & 0xffff, next, stepLow: (next - address - 1) & 0xffff },
      });
      const touched = world.main[ZERO_INIT]?.columns;
      const state = ['final[0]', 'final[1]', 'finalTime'].map((column) => {
        const index = MACHINE.chips[ZERO_INIT]?.columns.findIndex(({ name: other }) => other === column) ?? -1;
        const row = touched?.[1]?.indexOf(word) ?? -1;
        return [column, touched?.[index]?.[row] ?? 0] as const;
      });
      const none = { 'final[0]': 0, 'final[1]': 0, finalTime: 0 };
      const outside = Object.fromEntries(state);
      for (const rows of [
        [
          { ...cellsOf(zeroStart, zeroEnd), ...none },
          { ...cellsOf(word, word), ...outside },
        ],
        [
          { ...cellsOf(zeroStart, word), ...none },
          { ...cellsOf(word, zeroEnd), ...outside },
        ],
        [{ ...cellsOf(word, zeroEnd), ...outside }, { isReal: 0 }],
      ]) {
        assert.equal(check(withRows(honest, rows)).ok, false, JSON.stringify(rows));
      }
    });
  }

  it('when it gives a word of the range two first states', () => {
    const world = worldWith(programOf(touching(0x20000000)));
    const rows = [0, 1].map((row) =>
      Object.fromEntries(
        (MACHINE.chips[ZERO_INIT]?.columns ?? []).map(({ name }, c) => [
          name,
          world.main[ZERO_INIT]?.columns[c]?.[row] ?? 0,
        ]),
      ),
    );
    const [first = {}, second = {}] = rows;
    assert.equal(second['address'], 0x20000000 / 4);
    const twice = { ...second, next: second['address'] ?? 0, stepLow: 0xffff };
    assert.equal(check(withRows(world, [first, twice, second])).ok, false);
    assert.equal(check(withRows(world, [first, second, second])).ok, false);
  });

  it('under a key whose range ends before it starts', () => {
    const world = worldWith(programOf('nop'));
    const [entry = 0, start = 0, end = 0] = world.keyFelts;
    assert.equal(check({ ...world, keyFelts: [entry, end, start] }).ok, false);
    for (const rows of [[{ isReal: 0 }], [{ address: end, addressLow: end & 0xffff, next: start }]]) {
      assert.equal(check({ ...withRows(world, rows), keyFelts: [entry, end, start] }).ok, false);
    }
  });
});

describe('setup refuses', () => {
  const program = programOf('nop');
  for (const [name, range] of [
    ['a range that holds words of the image', { zeroEnd: TEXT / 4 + 1 }],
    ['a range around the image', { zeroEnd: 2 ** 28 }],
    ['a range that ends before it starts', { zeroStart: 500, zeroEnd: 499 }],
    ['a range that ends above memory', { zeroStart: TEXT / 4 + 5000, zeroEnd: 2 ** 28 + 1 }],
    ['a range that starts below zero', { zeroStart: -1 }],
    ['a range of half words', { zeroStart: 0.5 }],
  ] as const) {
    it(name, () => {
      const other = { ...program, image: { ...program.image, ...range } };
      const refusal = { code: 'PROGRAM', message: /zero range/ };
      assert.throws(() => keyFelts(other), refusal);
      assert.throws(() => preprocessedTraces(other), refusal);
    });
  }
});
