/**
 * A process of its own: starts a proof, aborts it in the middle, leaves another prover idle without closing it, prints the
 * reason, and has to end by itself.
 */
import { createProver } from '../../prover/index.ts';
import { guest } from './guests.ts';

const program = guest('add');
const idle = await createProver({ threads: 2 });
await idle.programKey(program);
const controller = new AbortController();
const prover = await createProver({
  threads: 2,
  signal: controller.signal,
  onProgress: ({ stage, detail }) => {
    if (stage === 'core' && detail === 'zerocheck') controller.abort(new Error('abandoned'));
  },
});
await prover.prove(program, [], { mode: 'core' }).then(
  () => console.log('proved'),
  (error: unknown) => console.log(String(error)),
);
