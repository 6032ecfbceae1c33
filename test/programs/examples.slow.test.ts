/** Proves every example program on its sample, however many shards that takes. */
import { bcs } from '@mysten/bcs';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createProver, execute, loadProgram, type Prover } from '../../prover/index.ts';
import { guest, mode } from '../support/guests.ts';
import { exampleNames, programFile } from '../support/samples.ts';

let prover: Prover;
before(async () => {
  prover = await createProver();
});
after(() => prover.close());

describe('core proofs of the example programs', () => {
  for (const name of exampleNames()) {
    it(name, async () => {
      const program = loadProgram(programFile(name, `${name}.elf`)!);
      const sample = programFile(name, 'sample.bin');
      const input = sample === undefined ? [] : [sample];
      const { publicValues } = execute(program, input);
      const proof = await prover.prove(program, input, { mode: 'core' });
      const { vkey } = await prover.programKey(program);
      const report = await prover.verify(proof, vkey);
      assert.equal(report.publicValues, `0x${Buffer.from(publicValues).toString('hex')}`);
      assert.equal(report.exitCode, 0);
    });
  }
});

describe('a program with code outside the proof', () => {
  it('is proved like any other', async () => {
    const program = guest('selftest');
    const input = [
      mode('unconstrained'),
      bcs
        .u64()
        .serialize(10_007n * 1_000_003n)
        .toBytes(),
    ];
    const { publicValues, unconstrainedCycles } = execute(program, input);
    assert.ok(unconstrainedCycles! > 0);
    const proof = await prover.prove(program, input, { mode: 'core' });
    const report = await prover.verify(proof, (await prover.programKey(program)).vkey);
    assert.equal(report.publicValues, `0x${Buffer.from(publicValues).toString('hex')}`);
  });
});
