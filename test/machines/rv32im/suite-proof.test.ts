/** The instruction suite and random programs on the full prover and verifier, core-s at its real parameters. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../../prover/core/errors.ts';
import { CORE_S } from '../../../prover/stark/layers.ts';
import { CoreProver } from '../../support/core-prover.ts';
import { INSTRUCTION_SUITE, suiteProgram } from '../../support/instruction-suite.ts';
import { randomProgram } from '../../support/random-program.ts';
import { worldOfElf } from './world.ts';

const CASES_PER_PROGRAM = 1500;

describe('full prover on core-s', () => {
  let prover: CoreProver;
  before(async () => {
    prover = await CoreProver.create(CORE_S);
  });
  after(() => prover.close());

  const provesAndVerifies = (elf: Uint8Array): void => {
    const { main, preprocessed, publicValues, keyFelts } = worldOfElf(elf);
    prover.scope(() => {
      const key = prover.key(preprocessed, keyFelts);
      const proof = prover.prove(main, key, publicValues);
      prover.verify(key, publicValues, proof);
      const endTime = publicValues.at(-1) ?? 0;
      assert.throws(
        () => prover.verify(key, [...publicValues.slice(0, -1), endTime + 4], proof),
        (error) => error instanceof VerificationError,
      );
    });
  };

  for (let start = 0; start < INSTRUCTION_SUITE.length; start += CASES_PER_PROGRAM) {
    const cases = INSTRUCTION_SUITE.slice(start, start + CASES_PER_PROGRAM);
    it(`instruction suite, cases ${start} to ${start + cases.length - 1}`, () => {
      provesAndVerifies(suiteProgram(cases).elf);
    });
  }
  it('random program', () => provesAndVerifies(randomProgram(1, 150, 'zkvm')));
});
