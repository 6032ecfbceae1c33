/**
 * A real guest through the system of this version: in one shard to its claim, and in three to the same claim, which has a wrap
 * witness. Some minutes on two cores.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { checkMachine } from '../../prover/air/checker.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { programDigest } from '../../prover/machines/recursion/program.ts';
import { executionStatement, verifyShards } from '../../prover/proofs/execution.ts';
import { verifyRecursion } from '../../prover/proofs/verify.ts';
import { outputOf } from '../../prover/recursion/program.ts';
import { keyFields } from '../../prover/recursion/programs/key-fields.ts';
import { recordProgram, recordRun } from '../../prover/recursion/record.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { coreOf, kindOf } from '../../prover/system/definition.ts';
import { inputOf, programFor } from '../../prover/system/keys.ts';
import type { CoreProof } from '../../prover/system/proved-layer.ts';
import { StarkProver } from '../../prover/system/stark-prover.ts';
import { shardsOf } from '../support/shards.ts';

const system = defaultSystem();
const guest = loadProgram(readFileSync(new URL('../../programs/add/add.elf', import.meta.url)));
let prover: StarkProver;
before(async () => {
  prover = await StarkProver.create(system, 2);
});
after(() => prover.close());

/** The guest cut after every so many instructions: proofs of its shards, and its system words. */
function proved(cycles: number) {
  const { shards, systemWords } = shardsOf(guest, [], { shardCycles: () => cycles });
  return { shards: shards.map(({ record }): CoreProof => prover.core(guest, record)), words: systemWords };
}

test('a guest has one claim, in one shard or in three, and a wrap witness', () => {
  const whole = proved(2 ** 20);
  assert.equal(whole.shards.length, 1);
  assert.equal(whole.shards[0]!.tier, 'core-s');
  verifyShards(system, whole);
  const claim = prover.prove('claim', whole.shards, { words: whole.words });
  verifyRecursion(system, claim);
  const { keyDigest, publicDigest } = executionStatement(system, whole);
  assert.deepEqual(outputOf(kindOf(system, 'claim'), claim.publicValues, 'slot'), keyDigest);
  assert.deepEqual(outputOf(kindOf(system, 'claim'), claim.publicValues, 'publicDigest'), publicDigest);

  const { cycles } = shardsOf(guest, [], {}).execution;
  const cut = proved(Math.ceil(cycles / 3));
  assert.equal(cut.shards.length, 3);
  verifyShards(system, cut);
  assert.deepEqual(executionStatement(system, cut), executionStatement(system, whole));
  const [a, b, c] = cut.shards.map((shard) => prover.prove('span', [shard]));
  const span = prover.prove('span', [prover.prove('span', [a!, b!]), c!]);
  verifyRecursion(system, span);
  const { key, tier } = cut.shards[0]!;
  const fields = keyFields(coreOf(system, key.machine, tier).tier, key);
  const finished = prover.prove('claim', [span], { words: cut.words, key: fields });
  verifyRecursion(system, finished);
  assert.deepEqual(finished.publicValues, claim.publicValues);

  const wrap = programFor(system, 'wrap', [finished]);
  const run = recordRun(wrap, [inputOf(system, finished)]);
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
});
