/**
 * What a user waits for: from an ELF to a contract that accepts, through the public API and the plugin, in a fresh process.
 * The key is made where the cache has none; its time is a result of its own and not part of the total.
 *
 *   node bench/stages/end-to-end.ts fibonacci 20
 */
import hre from 'hardhat';
import type { Hex } from '../../prover/index.ts';
import { createProver } from '../../prover/index.ts';
import { guest, inputOf } from '../programs/guest.ts';
import { fail } from '../report.ts';
import { Recorder } from './recorder.ts';

const [name = 'fibonacci', n] = process.argv.slice(2);
const label = `end-to-end/${[name, n].filter((part) => part !== undefined).join(' ')}`;
const recorder = new Recorder(label);
const prover = await createProver();
try {
  await hre.tasks.getTask('build').run({ quiet: true });
  const setup = await prover.setup();
  recorder.add(setup.created ? 'setup, made' : 'setup, found', 's', setup.seconds);
  recorder.add('proving key', 'bytes', setup.keyBytes);
  recorder.add('constraints', 'constraints', setup.constraints);
  await recorder.time('total', async () => {
    const program = guest(name);
    const { vkey } = await recorder.time('program key', () => prover.programKey(program));
    const proof = await recorder.time('prove', () => prover.prove(program, inputOf(n), { mode: 'groth16' }));
    recorder.add('prove/peak memory', 'bytes', proof.stats.peakMemoryBytes);
    for (const [stage, seconds] of Object.entries(proof.stats.seconds)) recorder.add(`prove/${stage}`, 's', seconds);
    await recorder.time('verify', () => prover.verify(proof, vkey));
    await recorder.time('chain', async () => {
      const { zkvm } = await hre.network.create();
      const { verifier, gateway } = await zkvm.deploy();
      const gas = async (to: Hex): Promise<number> => Number((await zkvm.submit(proof, { to })).gasUsed);
      recorder.add('gas, direct', 'gas', await gas(verifier.address));
      recorder.add('gas, through the gateway', 'gas', await gas(gateway.address));
      recorder.add('gas, deploy verifier', 'gas', Number(verifier.gasUsed));
      recorder.add('gas, deploy gateway', 'gas', Number(gateway.gasUsed));
    });
  });
} catch (error) {
  fail(label, error);
} finally {
  await prover.close();
  recorder.print();
}
