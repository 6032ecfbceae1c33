/**
 * A process of its own, whose memory can be measured: proves `hash-chain` of so many links in modes compressed and core, and
 * proves no shard twice for that: before its last step the compressed run is interrupted, and another run goes on from a copy
 * of its folder. Writes both proofs into a folder; prints a `LongRun` on its last line.
 *
 *   node test/support/long-run.ts <links> <folder>
 */
import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hashChainInput } from '../../programs/hash-chain/input.ts';
import { createProver, loadProgram, type ProgressEvent, type ProofMode } from '../../prover/index.ts';
import { programFile } from './samples.ts';

/** What a run cost. */
export type LongRun = {
  /** How often a shard was proved until both proofs were there. */
  readonly shardsProved: number;
  /** Most memory of the process until the compressed proof was there, and until the core proof was. */
  readonly peakBytes: { readonly compressed: number; readonly both: number };
  /** From the beginning to the compressed proof. */
  readonly seconds: number;
};

/** Where both chains begin. */
export const SEED = new Uint8Array(32).fill(0x26);

const STOPPED = new Error('before the last step');

async function run(links: number, folder: string): Promise<LongRun> {
  const program = loadProgram(programFile('hash-chain', 'hash-chain.elf')!);
  let shardsProved = 0;
  const prove = async (mode: ProofMode, results: string, stopAt?: string): Promise<void> => {
    const controller = new AbortController();
    const onProgress = ({ stage, status, cycles, secondsLeft }: ProgressEvent): void => {
      if (stage === stopAt && status === 'start') controller.abort(STOPPED);
      if (stage !== 'core' || status !== 'done') return;
      shardsProved += 1;
      if (cycles !== undefined) console.log(`${cycles.proved} of ${cycles.total} cycles, ${secondsLeft ?? '?'} s left`);
    };
    const prover = await createProver({
      resultsDir: path.join(folder, results),
      signal: controller.signal,
      onProgress,
    });
    try {
      const proof = await prover.prove(program, [hashChainInput(links, SEED)], { mode });
      await writeFile(path.join(folder, `${mode}.json`), JSON.stringify(proof));
    } finally {
      await prover.close();
    }
  };
  const peak = (): number => 1024 * process.resourceUsage().maxRSS;

  const start = performance.now();
  await assert.rejects(prove('compressed', 'runs', 'finish'), STOPPED);
  await cp(path.join(folder, 'runs'), path.join(folder, 'copy'), { recursive: true });
  await prove('compressed', 'runs');
  const seconds = (performance.now() - start) / 1000;
  const compressed = peak();
  await prove('core', 'copy');
  return { shardsProved, peakBytes: { compressed, both: peak() }, seconds };
}

if (import.meta.main) {
  const [links = '', folder = ''] = process.argv.slice(2);
  console.log(JSON.stringify(await run(Number(links), folder)));
}
