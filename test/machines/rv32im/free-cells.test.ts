/** Changing one cell of a real row is always reported, except for the cells listed here, which are free for a reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { P } from '../../../prover/field/koalabear.ts';
import { cellsOf, chipIndex, programTuples, probeOf, violations } from './oracle.ts';
import { EVERYTHING_INPUT, MACHINE, everything, worldOf } from './world.ts';

const world = worldOf(everything([0, 3, -0x7fff1234]), EVERYTHING_INPUT);
const program = programTuples(world);

/** Accesses that are off: their gap only has to be a gap. Their old value and register are not looked at. */
const FREE: Readonly<Record<string, readonly string[]>> = {
  AddImm: ['rdBefore[0]', 'rdBefore[1]', 'rdOrder[0]', 'rdOrder[1]'],
  Bitwise: ['rs2Order[0]', 'rs2Order[1]'],
  Shift: ['rs2Order[0]', 'rs2Order[1]'],
  LessThan: ['rs2Order[0]', 'rs2Order[1]'],
  // Any pair with (b0-c0) v0 + (b1-c1) v1 = 1; with equal operands, anything.
  Branch: ['witness[0]', 'witness[1]'],
  Jalr: ['rdBefore[0]', 'rdBefore[1]', 'rdOrder[0]', 'rdOrder[1]'],
  LoadWord: ['rdBefore[0]', 'rdBefore[1]', 'rdOrder[0]', 'rdOrder[1]'],
  LoadNarrow: ['rdBefore[0]', 'rdBefore[1]', 'rdOrder[0]', 'rdOrder[1]'],
  // The system word of COMMIT and HALT.
  Ecall: ['systemBefore[0]', 'systemBefore[1]', 'systemOrder[0]', 'systemOrder[1]'],
  // Used in high words only.
  Mul: ['borrow[0]', 'borrow[1]'],
  // Used unless the divisor is 0: then |quotient| times 0 and an unused comparison.
  DivRem: ['borrow', ...[0, 1, 2, 3].map((i) => `quotientMagnitude[${i}]`)],
};

for (const chip of MACHINE.chips) {
  if (!chip.columns.some(({ name }) => name.startsWith('is'))) continue;
  test(`${chip.name}: no cell of a real row is free without a reason`, () => {
    const probe = probeOf(chip.name);
    const columns = world.main[chipIndex(chip.name)]?.columns ?? [];
    const height = columns[0]?.length ?? 0;
    const free = new Set<string>();
    const step = Math.max(1, Math.floor(height / 120));
    for (let row = 0; row < height; row += step) {
      const honest = cellsOf(world, chip.name, row);
      const before = probe.view(honest);
      if (before.messages.every(({ multiplicity }) => multiplicity === 0)) continue;
      for (const { index, name } of chip.columns) {
        const value = honest.main[index] ?? 0;
        for (const candidate of [1 - value, value + 1, value + 65536, 12345, P - 2].map((v) => (v + P) % P)) {
          if (candidate === value) continue;
          const cells = { ...honest, main: honest.main.map((v, i) => (i === index ? candidate : v)) };
          if (violations(probe, program, before, cells).length === 0) free.add(name);
        }
      }
    }
    const allowed = FREE[chip.name] ?? [];
    assert.deepEqual(
      [...free].filter((name) => !allowed.includes(name)),
      [],
    );
  });
}
