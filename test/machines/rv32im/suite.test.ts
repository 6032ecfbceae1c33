/** The instruction suite and random programs, from execution through trace filling to the checker of all rows and buses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReport } from '../../../prover/air/checker.ts';
import { INSTRUCTION_SUITE, suiteProgram } from '../../support/instruction-suite.ts';
import { exitCodeOf } from '../../support/final-words.ts';
import { randomProgram } from '../../support/random-program.ts';
import { check, worldOfElf } from './world.ts';

const CASES_PER_PROGRAM = 1500;

for (let start = 0; start < INSTRUCTION_SUITE.length; start += CASES_PER_PROGRAM) {
  const cases = INSTRUCTION_SUITE.slice(start, start + CASES_PER_PROGRAM);
  test(`instruction suite, cases ${start} to ${start + cases.length - 1}`, () => {
    const world = worldOfElf(suiteProgram(cases).elf);
    assert.equal(exitCodeOf(world.record), 0);
    const report = check(world);
    assert.ok(report.ok, formatReport(report));
  });
}

for (let seed = 1; seed <= 6; seed++) {
  test(`random program ${seed}`, () => {
    const report = check(worldOfElf(randomProgram(seed, 150, 'zkvm')));
    assert.ok(report.ok, formatReport(report));
  });
}
