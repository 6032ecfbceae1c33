/** Proves a batch of one transfer of the program `rollup`. (Its sample, three transfers, does not fit in one proof.) */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createProver, execute, loadProgram } from '../../prover/index.ts';
import { programFile } from '../support/samples.ts';

it('rollup: a batch of one transfer, signature included, is proved', async () => {
  const program = loadProgram(programFile('rollup', 'rollup.elf')!);
  const input = [programFile('rollup', 'single.bin')!];
  const prover = await createProver();
  try {
    const proof = await prover.prove(program, input, { mode: 'core' });
    const { vkey } = await prover.programKey(program);
    const report = await prover.verify(proof, vkey);
    const { publicValues } = execute(program, input);
    assert.equal(report.exitCode, 0);
    assert.equal(report.publicValues, `0x${Buffer.from(publicValues).toString('hex')}`);
  } finally {
    await prover.close();
  }
});
