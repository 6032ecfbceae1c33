/** A process that proves a run of several shards with fake proofs, and hangs at a given job until it is killed. */
import { createProver } from '../../prover/jobs/prover.ts';
import { FakeRunWorker } from './fake-run.ts';
import { guest } from './guests.ts';

const [resultsDir = '', shards = '', kind = '', nth = ''] = process.argv.slice(2);
let begun = 0;
const worker = new FakeRunWorker(Number(shards), async (name) => {
  if (name !== kind || ++begun !== Number(nth)) return;
  console.log('hanging');
  setInterval(() => undefined, 1000);
  await new Promise(() => undefined);
});
const prover = await createProver({ resultsDir }, { workers: [worker] });
await prover.prove(guest('add'), [], { mode: 'compressed' });
