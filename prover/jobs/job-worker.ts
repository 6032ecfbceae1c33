/** Edge file: entry point of the prover thread. Takes one job at a time from the main thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { describeError, type ErrorData } from './errors.ts';
import { defaultSystem } from '../system/default.ts';
import { type Job, JobRunner, type JobValue, type StageEvent } from './jobs.ts';

/** What the thread sends: progress, then one result or error per job. */
export type JobMessage =
  | { readonly type: 'event'; readonly event: StageEvent }
  | { readonly type: 'result'; readonly value: JobValue }
  | { readonly type: 'error'; readonly error: ErrorData };

const port = parentPort;
if (port === null) throw new Error('job-worker.ts is the entry of a worker thread');
// Our own ProverThread is the only creator of this worker.
const runner = new JobRunner(defaultSystem(), (workerData as { readonly threads: number | undefined }).threads);
const send = (message: JobMessage): void => port.postMessage(message);

async function run(job: Job): Promise<JobValue> {
  if (job.kind === 'digest') return runner.digest(job.program);
  if (job.kind === 'cap') return runner.cap();
  const report = (event: StageEvent): void => send({ type: 'event', event });
  return job.kind === 'execute' ? runner.execute(job, report) : runner.prove(job, report);
}

port.on('message', (job: Job) => {
  run(job).then(
    (value) => send({ type: 'result', value }),
    (error: unknown) => send({ type: 'error', error: describeError(error) }),
  );
});
