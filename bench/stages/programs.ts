/**
 * Core proofs of all example programs on their sample inputs. Programs that do not fit into one proof are named on stderr.
 *
 *   node bench/stages/programs.ts [--rounds=3]
 */
import { parseArgs } from 'node:util';
import { defaultSystem } from '../../prover/system/default.ts';
import { CapacityError } from '../../prover/system/tiers.ts';
import { inputArtifact, programArtifact } from '../../prover/jobs/kinds/input.ts';
import { decodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { executeJob, plan } from '../../prover/jobs/plan.ts';
import { schedule } from '../../prover/jobs/scheduler.ts';
import { MemoryStore } from '../../prover/jobs/store.ts';
import { MachineWorker } from '../../prover/jobs/workers/machine.ts';
import { samples } from '../programs/samples.ts';
import { fail, report } from '../report.ts';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '1' } } });

const machine = new MachineWorker();
try {
  for (const { name, program, input } of samples()) {
    const seconds: number[] = [];
    let cycles = 0;
    try {
      for (let i = 0; i < Number(flags.rounds); i++) {
        const start = performance.now();
        const store = new MemoryStore();
        const inputs = [programArtifact(program), inputArtifact(input)] as const;
        const run = { program: await store.put(inputs[0]), input: await store.put(inputs[1]) };
        const first = executeJob(defaultSystem(), run);
        const executed = await schedule([first], { workers: [machine], store });
        const execution = decodeExecuted(await store.get(executed.get(first.id) ?? ''));
        await schedule(plan(defaultSystem(), 'core', run, execution).jobs, { workers: [machine], store });
        cycles = execution.cycles;
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
  await machine.close();
}
