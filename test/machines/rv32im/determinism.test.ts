/**
 * Pitfall 15: with everything a row takes from the buses fixed (step, decoded instruction, values read), no search finds
 * a second row that puts something else on the buses. The search has teeth: it does find one when a check is dropped.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interaction, RecordedChip } from '../../../prover/air/chip.ts';
import { HINT } from '../../../prover/machines/extensions/hints/air.ts';
import { EXECUTION, MEMORY, MERKLE, SYSCALL } from '../../../prover/machines/rv32im/buses.ts';
import { cellsOf, chipIndex, programTuples, probeOf, violations, type Cells } from './oracle.ts';
import { randomSource, search } from './solver.ts';
import { CORE, EVERYTHING_INPUT, MACHINE, everything, worldOf } from './world.ts';

const world = worldOf(everything([0, 1, -0x80000000, -3, 0x1234ff80]), EVERYTHING_INPUT);
const program = programTuples(world);
const PERMUTATIONS = [EXECUTION, MEMORY, SYSCALL, HINT, MERKLE];

/** Chips whose rows compute something, and outputs that are the prover's choice by design. */
const FREE_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  // What a call of an extension returns is what its chip receives; such rows are exempt.
  Ecall: ['memory: a0 after', 'syscall: the call'],
  // Input words are untrusted.
  Hints: ['memory: RAM after'],
};

function outputsOf(chip: RecordedChip): string[] {
  const isOutput = (i: Interaction): boolean => i.sign === 1 && PERMUTATIONS.some((bus) => bus.name === i.bus.name);
  return chip.interactions.filter(isOutput).map(({ label }) => label);
}

/** Real rows, a few for every combination of boolean cells, and one padding row. */
function sampleRows(chip: RecordedChip, perKind: number, stride: number): number[] {
  const columns = world.main[chipIndex(chip.name)]?.columns ?? [];
  const height = columns[0]?.length ?? 0;
  const seen = new Map<string, number>();
  const rows: number[] = [];
  const flags = chip.columns.filter(({ name, kind }) => kind === 'bool' && name.startsWith('is'));
  for (let row = 0; row < height; row++) {
    const key = flags.map(({ index }) => columns[index]?.[row]).join();
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    // Every stride-th row of each kind, to spread over the operands.
    if (count % stride === 0 && count < stride * perKind) rows.push(row);
  }
  return rows;
}

function secondOutput(chip: RecordedChip, row: number, ignore: readonly string[], tries: number, seed: number) {
  const probe = probeOf(chip.name);
  const honest = cellsOf(world, chip.name, row);
  const before = probe.view(honest);
  const outputs = outputsOf(chip);
  /** Calls that no extension has are received by nobody. */
  const isReceived = (cells: Cells): boolean =>
    probe.view(cells).messages.every((message) => {
      const isSent = message.bus === SYSCALL.name && message.sign === 1 && message.multiplicity !== 0;
      return !isSent || CORE.syscalls.has(message.tuple[0] ?? -1);
    });
  const changesOutput = (cells: Cells): boolean =>
    isReceived(cells) &&
    violations(probe, program, before, cells, new Set(ignore)).some((label) => outputs.includes(label));
  return search({
    probe,
    program,
    honest,
    ignore: new Set(ignore),
    allowed: new Set(outputs),
    tries,
    random: randomSource(seed),
    accept: changesOutput,
  });
}

// The rows of Boundary and Merkle compute nothing: what they send lies in what they receive (memory-tree.test.ts).
for (const chip of MACHINE.chips.slice(0, chipIndex('Boundary'))) {
  test(`15: ${chip.name} has one output for its inputs`, () => {
    const free = FREE_OUTPUTS[chip.name] ?? [];
    for (const row of sampleRows(chip, 3, 4)) {
      const cells = cellsOf(world, chip.name, row);
      const isCall = chip.name === 'Ecall' && cells.main[chip.columns.findIndex((c) => c.name === 'isCall')] === 1;
      const ignore = chip.name === 'Ecall' && !isCall ? [] : free;
      const found = secondOutput(chip, row, ignore, 400, row + 1);
      assert.equal(found, undefined, found && `row ${row}: ${cells.main.join()} -> ${found.main.join()}`);
    }
  });
}

/** Checks whose absence lets a row produce a wrong result: chip, label, and a column naming the rows to attack. */
const NECESSARY: readonly (readonly [string, string, string?])[] = [
  ['AddImm', 'range: a low'],
  ['AddImm', 'range: a high'],
  ['AddImm', 'a = b + imm: high carry is boolean'],
  ['AddSub', 'add: low carry is boolean'],
  ['AddSub', 'sub: high carry is boolean', 'isSub'],
  ['Bitwise', 'byte and: byte 2'],
  ['Bitwise', 'a low'],
  ['Shift', 'power of the bit shift'],
  ['Shift', 'left: a high', 'isSll'],
  ['Shift', 'right: a low', 'isSrl'],
  ['Shift', 'byte and: sign of b', 'isSra'],
  ['LessThan', 'range: high difference'],
  ['LessThan', 'range: sign of b', 'isSlt'],
  ['Branch', 'equal: low limbs agree', 'isBne'],
  ['Branch', 'not equal: a limb differs', 'isBeq'],
  ['Branch', 'next pc'],
  ['Jalr', 'sum = b + imm: high carry is boolean'],
  ['Jalr', 'range: target high'],
  ['LoadNarrow', 'selected byte', 'isLbu'],
  ['LoadNarrow', 'range: sign of the byte', 'isLb'],
  ['LoadNarrow', 'range: sign of the half', 'isLh'],
  ['StoreNarrow', 'byte pair: low limb of c', 'isSb'],
  ['StoreNarrow', 'changed half'],
  ['Mul', 'mul: a low', 'isMul'],
  ['Mul', 'high word: a high', 'isMulhu'],
  ['DivRem', 'quotient: low copied', 'isDivu'],
  ['DivRem', 'remainder has the sign of b: low copied', 'isRemu'],
  ['DivRem', 'a low'],
  ['Ecall', 'a0 is kept: low', 'isWrite'],
  ['Jalr', 'range: link high'],
  ['Jalr', 'range: link low'],
];

for (const [name, label, flag] of NECESSARY) {
  test(`${name}: without "${label}" the search finds a second output`, () => {
    const chip = probeOf(name).chip;
    assert.ok([...chip.constraints, ...chip.interactions].some((entry) => entry.label === label));
    const column = flag === undefined ? undefined : chip.columns.findIndex((info) => info.name === flag);
    const rows = sampleRows(chip, 25, 1).filter(
      (row) => column === undefined || cellsOf(world, name, row).main[column] === 1,
    );
    const found = rows.some((row) => secondOutput(chip, row, [label], 400, row + 7) !== undefined);
    assert.ok(found, `${rows.length} rows searched`);
  });
}
