/**
 * A system with two core machines, the standard one and one with an extension that no product file knows: the public prover
 * proves a guest that calls it, with the smallest machine that can, up to the proof that the outermost circuit takes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VerificationError } from '../../../prover/core/errors.ts';
import { loadProgram } from '../../../prover/elf/load.ts';
import { createProver } from '../../../prover/jobs/prover.ts';
import type { Prover } from '../../../prover/jobs/types.ts';
import { JobRunner } from '../../../prover/jobs/workers/runner.ts';
import { coreMachine } from '../../../prover/machines/rv32im/machine.ts';
import { STANDARD, standardMachine } from '../../../prover/machines/standard.ts';
import { decodeRecursion } from '../../../prover/proofs/body.ts';
import { proofBytes } from '../../../prover/proofs/file.ts';
import type { Proof } from '../../../prover/proofs/proof.ts';
import { verifyRecursion } from '../../../prover/proofs/verify.ts';
import { outputOf } from '../../../prover/recursion/program.ts';
import { fusedProgram } from '../../../prover/recursion/programs/fused.ts';
import { claimKind } from '../../../prover/recursion/programs/kinds.ts';
import { wrapKind, wrapProgram } from '../../../prover/recursion/programs/wrap.ts';
import { recursionTarget, SPAN_HEIGHTS, WRAP_HEIGHTS } from '../../../prover/recursion/target.ts';
import { CLAIM, CORE_S, WRAP_RATE_6 } from '../../../prover/stark/layers.ts';
import { coreLayers, defineSystem, type System, withKeys } from '../../../prover/system/definition.ts';
import { controlRootOf, programOfKey } from '../../../prover/system/keys.ts';
import type { ProvedLayer } from '../../../prover/system/proved-layer.ts';
import { StarkProver } from '../../../prover/system/stark-prover.ts';
import { assemble } from '../../support/asm.ts';
import { haltSequence, writeSequence } from '../../support/guest.ts';
import { guest } from '../../support/guests.ts';
import { ADD_WORD, TOY } from './toy.ts';

/** 30 + 12, by a call of the extension. */
const CALLING = loadProgram(
  assemble(`
  _start: li t0, ${ADD_WORD}
  li a0, 30
  la a1, word
  la a2, word
  ecall
  li x20, 42
  bne a0, x20, bad
  ${writeSequence(1, 'word', 4)}
  ${haltSequence(0)}
  bad: ${haltSequence(1)}
  .data
  word: .word 12
`).elf,
);

const cores = [standardMachine(), coreMachine([...STANDARD, TOY])];
const tiers = [CORE_S];
const claim = claimKind(recursionTarget(SPAN_HEIGHTS), CLAIM);
const wrap = wrapKind(WRAP_RATE_6, WRAP_HEIGHTS);
const programs = [
  ...coreLayers({ cores, tiers }).map(({ core, tier }) => fusedProgram(claim, core.machine, tier)),
  wrapProgram(wrap, claim),
];

describe('a system with two core machines', () => {
  let system: System;
  let runner: JobRunner;
  let prover: Prover;
  let proofs: { readonly calling: Proof; readonly plain: Proof };
  before(async () => {
    const definition = defineSystem({ cores, tiers, programs });
    const maker = await StarkProver.create(definition, 2);
    system = withKeys(definition, maker.computeKeys());
    await maker.close();
    runner = new JobRunner(system, { threads: 2 });
    prover = await createProver({}, { system, workers: [runner] });
    proofs = {
      calling: await prover.prove(CALLING, [], { mode: 'compressed' }),
      plain: await prover.prove(guest('add'), [], { mode: 'compressed' }),
    };
  });
  after(() => prover.close());

  const claimed = ({ proof }: Proof): ProvedLayer => decodeRecursion(system, 'claim', proofBytes(proof));
  const madeBy = (proof: Proof): string | undefined => programOfKey(system, 'claim', claimed(proof).key)?.id;

  it('proves each program with the smallest machine that has its system calls, and accepts both proofs', async () => {
    assert.equal(madeBy(proofs.calling), `fused/${cores[1]!.machine.name}/core-s`);
    assert.equal(madeBy(proofs.plain), `fused/${cores[0]!.machine.name}/core-s`);
    for (const proof of Object.values(proofs)) {
      const { exitCode, vkey } = await prover.verify(proof);
      assert.deepEqual([exitCode, vkey], [0, proof.vkey]);
    }
    await assert.rejects(prover.verify({ ...proofs.calling, exitCode: 1 }), VerificationError);
    await assert.rejects(prover.verify({ ...proofs.calling, publicValues: '0x2a' }), VerificationError);
  });

  it('is another system than that of this version, which refuses the call and the proof', async () => {
    const standard = await createProver({ threads: 1 });
    await assert.rejects(standard.prove(CALLING, [], { mode: 'core' }), { code: 'GUEST_TRAP' });
    await assert.rejects(standard.verify(proofs.calling), { code: 'recursion-key' });
    await standard.close();
  });

  it('wraps the proof of the larger machine under the control root of both', async () => {
    const stark = await StarkProver.create(system, 2);
    try {
      const wrapped = stark.prove('wrap', [claimed(proofs.calling)]);
      verifyRecursion(system, wrapped);
      assert.deepEqual(outputOf(wrap, wrapped.publicValues, 'controlRoot'), [...controlRootOf(system).felts]);
    } finally {
      await stark.close();
    }
  });
});
