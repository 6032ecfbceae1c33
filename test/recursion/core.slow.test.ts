/** A real guest: core-s proof, lift proof at full parameters, wrap recorded. About a minute on two cores. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkMachine } from '../../prover/air/checker.ts';
import type { Machine, MachineTrace, PreprocessedTraces } from '../../prover/air/machine.ts';
import { standardMachine } from '../../prover/machines/standard.ts';
import { wasmHashKoalaBear } from '../../prover/pcs/wasm/hash-koalabear.ts';
import { suiteKoalaBear } from '../../prover/verifier/suite-koalabear.ts';
import { controlTree } from '../../prover/recursion/control-root.ts';
import { liftProgram, recordLift, type VerifiedProof } from '../../prover/recursion/programs/lift.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { LIFT_HEIGHTS, WRAP_HEIGHTS, recursionTarget } from '../../prover/recursion/target.ts';
import { recordWrap, wrapProgram } from '../../prover/recursion/programs/wrap.ts';
import { CORE_S, LIFT } from '../../prover/stark/layers.ts';
import { layerLayout } from '../../prover/stark/layout.ts';
import type { LayerParameters } from '../../prover/stark/parameters.ts';
import { proveLayer } from '../../prover/stark/prove.ts';
import { setupKey } from '../../prover/stark/setup.ts';
import { verifyNative } from '../../prover/stark/verify.ts';
import { commitOnThreads, createWasmLayerProver, wasmProverHash } from '../../prover/stark/prover/wasm.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';

test('a guest goes through core-s and lift, and its wrap witness checks', async () => {
  const guest = loadProgram(readFileSync(new URL('../../programs/add/add.elf', import.meta.url)));
  const { record } = executeRecorded(guest, []);
  assert.ok(record !== undefined);
  const { main, publicValues } = standardMachine().fill(guest, record);
  const pool = await createThreadPool({ threads: 2 });
  try {
    const hash = wasmHashKoalaBear(pool);
    const prover = wasmProverHash(suiteKoalaBear, hash);
    const create = createWasmLayerProver(pool, hash);
    const prove = (
      machine: Machine,
      layer: LayerParameters,
      pre: PreprocessedTraces,
      felts: readonly number[],
      values: readonly number[],
      trace: MachineTrace,
    ): VerifiedProof =>
      pool.arena.scope(() => {
        const key = setupKey(suiteKoalaBear, machine, layer, pre, felts, commitOnThreads(pool, hash));
        const proof = proveLayer(prover, create, machine, layer, key, values, trace);
        verifyNative(suiteKoalaBear, machine, layer, key.key, values, proof);
        return { key: key.key, publicValues: values, proof };
      });

    const { machine } = standardMachine();
    const core = prove(
      machine,
      CORE_S,
      standardMachine().preprocess(guest),
      standardMachine().keyFelts(guest),
      publicValues,
      main,
    );
    const run = recordLift(machine, CORE_S, core);
    const program = liftProgram(machine, CORE_S);
    assert.equal(programDigest(run.program), programDigest(program));
    const lift = recursionTarget(LIFT_HEIGHTS);
    const lifted = prove(lift.machine, LIFT, lift.preprocess(program), [], run.publicValues, lift.trace(run));

    const control = controlTree(layerLayout(lift.machine, LIFT), [lifted.key]);
    const position = { root: control.root, index: 0, path: control.path(0) };
    const wrapRun = recordWrap(lift.machine, LIFT, lifted, position);
    const wrapped = wrapProgram(lift.machine, LIFT);
    assert.equal(programDigest(wrapRun.program), programDigest(wrapped));
    const wrap = recursionTarget(WRAP_HEIGHTS);
    const report = checkMachine({
      machine: wrap.machine,
      trace: wrap.trace(wrapRun),
      preprocessed: wrap.preprocess(wrapped),
      publicValues: wrapRun.publicValues,
      keyFelts: [],
    });
    assert.ok(report.ok);
  } finally {
    await pool.close();
  }
});
