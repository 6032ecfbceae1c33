/** A process that takes the folder of a run, keeps something in it, says so, and goes on holding it until it is killed. */
import { makeArtifact } from '../../prover/jobs/artifact.ts';
import { RunFolder } from '../../prover/jobs/run-folder.ts';

const [root = '', digest = ''] = process.argv.slice(2);
const { store, directory } = await RunFolder.open(root, digest);
await store.keepResult(
  `job-${'12'.repeat(32)}`,
  await store.put(makeArtifact('core', new TextEncoder().encode('kept'))),
);
console.log(directory);
setInterval(() => undefined, 1000);
