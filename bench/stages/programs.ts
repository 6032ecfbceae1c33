/**
 * Core proofs of all example programs on their sample inputs. Programs that do not fit into one proof are named on stderr.
 *
 *   node bench/stages/programs.ts [--rounds=3]
 */
import { parseArgs } from 'node:util';
import { CapacityError } from '../../prover/system/tiers.ts';
import { ProverThread } from '../../prover/jobs/prover-thread.ts';
import { samples } from '../programs/samples.ts';
import { fail, report } from '../report.ts';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '1' } } });

const thread = new ProverThread(undefined);
try {
  for (const { name, program, input } of samples()) {
    const seconds: number[] = [];
    let cycles = 0;
    try {
      for (let i = 0; i < Number(flags.rounds); i++) {
        const start = performance.now();
        const job = { kind: 'execute', program, input, target: 'core', cycleLimit: undefined } as const;
        cycles = (await thread.execute(job, () => undefined)).cycles;
        await thread.prove({ kind: 'prove', target: 'core' }, () => undefined);
        seconds.push((performance.now() - start) / 1000);
      }
      report({ name: `programs/${name}/core`, unit: 's', samples: seconds, extra: { cycles } });
    } catch (error) {
      if (!(error instanceof CapacityError)) throw error;
      console.error(`${name}: ${error.message}`);
    }
  }
} catch (error) {
  fail('programs', error);
} finally {
  await thread.close();
}
