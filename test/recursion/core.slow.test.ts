/** A real guest: core-s proof, lift proof at full parameters, wrap recorded. About a minute on two cores. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkMachine } from '../../prover/air/checker.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { recordProgram, recordRun } from '../../prover/recursion/record.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { coreOf } from '../../prover/system/definition.ts';
import { inputOf, programFor } from '../../prover/system/keys.ts';
import { StarkProver } from '../../prover/system/stark-prover.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';

test('a guest goes through core-s and lift, and its wrap witness checks', async () => {
  const system = defaultSystem();
  const guest = loadProgram(readFileSync(new URL('../../programs/add/add.elf', import.meta.url)));
  const { record } = executeRecorded(guest, []);
  assert.ok(record !== undefined);
  const prover = await StarkProver.create(system, 2);
  try {
    const core = prover.core(guest, record);
    assert.equal(core.tier, 'core-s');
    const { core: machine, tier } = coreOf(system, core.key.machine, core.tier);
    verifyNative(suiteKoalaBear, machine.machine, tier, core.key, core.publicValues, core.proof);

    const lifted = prover.prove('lift', [core]);
    verifyRecursion(system, lifted);

    const wrap = programFor(system, 'wrap', [lifted]);
    const run = recordRun(wrap, [inputOf(system, lifted)]);
    const recorded = recordProgram(wrap);
    assert.equal(programDigest(run.program), programDigest(recorded));
    const { target } = wrap.kind;
    const report = checkMachine({
      machine: target.machine,
      trace: target.trace(run),
      preprocessed: target.preprocess(recorded),
      publicValues: run.publicValues,
      keyFelts: [],
    });
    assert.ok(report.ok);
  } finally {
    await prover.close();
  }
});
