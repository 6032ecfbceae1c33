/**
 * Cycles of every example program on its sample input, and the seconds that running it takes.
 *
 *   node bench/programs/cycles.ts
 */
import { execute } from '../../prover/machines/execute.ts';
import { fail, report } from '../report.ts';
import { samples } from './samples.ts';

const ROUNDS = 3;

for (const { name, program, input } of samples()) {
  const seconds: number[] = [];
  let cycles = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    const execution = execute(program, input);
    seconds.push((performance.now() - start) / 1000);
    cycles = execution.cycles;
    const { outcome } = execution;
    if (outcome.kind !== 'halt' || outcome.exitCode !== 0) fail(`programs/${name}`, 'the sample did not end with 0');
  }
  report({ name: `programs/${name}/cycles`, unit: 'instructions', samples: [cycles] });
  report({ name: `programs/${name}/execute`, unit: 's', samples: seconds });
}
