/** What holds for every example program: its files, its sample, and that the fast executor and the recorder agree on it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram } from '../../prover/index.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { MAX_CYCLES } from '../../prover/system/tiers.ts';
import { exampleNames, programFile } from '../support/samples.ts';

const NAMES = [
  'add',
  'bridge',
  'fibonacci',
  'gunzip',
  'hash-chain',
  'inference',
  'ledger',
  'oracle',
  'query',
  'rollup',
  'secret',
  'sp1-fibonacci',
  'web',
] as const;

/** Limit of the test, far above what a sample needs. */
const CYCLE_LIMIT = 200_000_000;

describe('the example programs', () => {
  it('are all there', () => {
    const found = exampleNames();
    assert.deepEqual(
      NAMES.filter((name) => !found.includes(name)),
      [],
    );
  });

  for (const name of exampleNames()) {
    const elf = programFile(name, `${name}.elf`)!;
    const sample = programFile(name, 'sample.bin');
    const input = sample === undefined ? [] : [sample];

    it(`${name}: its ELF has the recorded hash`, () => {
      const recorded = new TextDecoder().decode(programFile(name, `${name}.elf.sha256`));
      assert.equal(recorded, `${bytesToHex(sha256(elf))}  ${name}.elf\n`);
    });

    it(`${name}: its sample is what input.ts makes`, async () => {
      if (programFile(name, 'input.ts') === undefined) {
        assert.equal(sample, undefined, 'a sample needs its input.ts');
        return;
      }
      const module = (await import(`../../programs/${name}/input.ts`)) as { sampleInput(): Uint8Array[] };
      assert.deepEqual(
        module.sampleInput().map((item) => Buffer.from(item)),
        input.map((item) => Buffer.from(item)),
      );
    });

    it(`${name}: the sample ends with exit code 0, and the recorder agrees`, () => {
      const program = loadProgram(elf);
      const fast = execute(program, input, { cycleLimit: CYCLE_LIMIT });
      assert.deepEqual(fast.outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(fast.stderr));
      if (fast.cycles > MAX_CYCLES) return;
      const { execution, record } = executeRecorded(program, input);
      assert.equal(record?.cycles, fast.cycles);
      assert.deepEqual(execution.publicValues, fast.publicValues);
    });
  }
});
