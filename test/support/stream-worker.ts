/** A process that is a worker: takes jobs from its stdin and answers on its stdout. */
import { MachineWorker } from '../../prover/jobs/workers/machine.ts';
import { serveWorker } from '../../prover/jobs/workers/stream.ts';

await serveWorker(new MachineWorker({ threads: 1 }), { readable: process.stdin, writable: process.stdout });
