/**
 * An execution of 2^26 cycles and real work, thousands of sha256 and keccak256, as one compressed proof and as a core proof, beside
 * one of 2^22: what is proved, the size of the proof, the memory that it takes. Half an hour and more; with the variable
 * ZKVM_LONGEST=22 it is 2^22 cycles beside 2^21 (the least), and seven minutes.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hashChainInput } from '../../programs/hash-chain/input.ts';
import { createProver, loadProgram, proofRoom, type Proof, type Prover } from '../../prover/index.ts';
import { decodeExecution, encodeExecution } from '../../prover/proofs/execution-body.ts';
import { proofBytes, proofText } from '../../prover/proofs/file.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { hashChainValues } from '../support/hash-chain.ts';
import { SEED, type LongRun } from '../support/long-run.ts';
import { programFile } from '../support/samples.ts';

const LOG_CYCLES = Number(process.env['ZKVM_LONGEST'] ?? 26);
const LOG_REFERENCE = Math.min(22, LOG_CYCLES - 1);
/** A link of both chains takes a little more. */
const CYCLES_A_LINK = 20_800;
const program = loadProgram(programFile('hash-chain', 'hash-chain.elf')!);

type Made = LongRun & { readonly links: number; readonly proofs: { readonly compressed: Proof; readonly core: Proof } };

/** Proves a run of at least so many cycles in a process of its own. */
async function proved(logCycles: number): Promise<Made> {
  const links = Math.ceil(2 ** logCycles / CYCLES_A_LINK);
  const folder = mkdtempSync(path.join(tmpdir(), 'zkvm-longest-'));
  try {
    const script = path.join(import.meta.dirname, '../support/long-run.ts');
    const child = spawn(process.execPath, [script, String(links), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0, output);
    const report = JSON.parse(output.trim().split('\n').at(-1)!) as LongRun;
    const proof = (mode: string): Proof => JSON.parse(readFileSync(path.join(folder, `${mode}.json`), 'utf8')) as Proof;
    const made = { ...report, links, proofs: { compressed: proof('compressed'), core: proof('core') } };
    const { cycles } = made.proofs.compressed.stats;
    const each = ((1e6 * made.seconds) / cycles).toFixed(1);
    console.log(
      `2^${logCycles}: ${cycles} cycles, ${made.shardsProved} shards, ${made.seconds.toFixed(0)} s, ${each} s a million, ` +
        `peak ${(made.peakBytes.compressed / 1e9).toFixed(2)} GB, ${(made.peakBytes.both / 1e9).toFixed(2)} GB with core, ` +
        `proofs ${proofBytes(made.proofs.compressed.proof).length} and ${proofBytes(made.proofs.core.proof).length} bytes`,
    );
    return made;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe(`an execution of 2^${LOG_CYCLES} cycles`, () => {
  let prover: Prover;
  let reference: Made;
  let long: Made;
  let vkey: `0x${string}`;

  before(async () => {
    prover = await createProver();
    ({ vkey } = await prover.programKey(program));
    reference = await proved(LOG_REFERENCE);
    long = await proved(LOG_CYCLES);
  });
  after(() => prover.close());

  it('is proved, in both modes, with the values that other code computes', async () => {
    for (const { links, proofs } of [reference, long])
      for (const proof of [proofs.compressed, proofs.core]) {
        const report = await prover.verify(proof, vkey);
        assert.deepEqual([report.publicValues, report.exitCode], [hashChainValues(links, SEED), 0]);
      }
    assert.deepEqual([long.proofs.compressed.mode, long.proofs.core.mode], ['compressed', 'core']);
    assert.ok(long.proofs.compressed.stats.cycles >= 2 ** LOG_CYCLES, String(long.proofs.compressed.stats.cycles));
  });

  it('is proved in as many shards as an execution says, each of them once', () => {
    for (const { links, proofs, shardsProved } of [reference, long]) {
      const room = proofRoom(program, [hashChainInput(links, SEED)], proofs.core.stats.cycles);
      assert.ok(room?.fits);
      const { shards } = decodeExecution(defaultSystem(), proofBytes(proofs.core.proof));
      assert.deepEqual([shards.length, shardsProved], [room.shards, room.shards]);
      assert.ok(room.shards > 1);
    }
    assert.ok(long.shardsProved > reference.shardsProved);
  });

  it('is refused for another end of the chain, and without one of its shards', async () => {
    const { compressed, core } = long.proofs;
    const { publicValues } = reference.proofs.core;
    for (const proof of [compressed, core])
      await assert.rejects(prover.verify({ ...proof, publicValues }), { name: 'VerificationError' });
    const { shards, words } = decodeExecution(defaultSystem(), proofBytes(core.proof));
    for (const at of [0, Math.floor(shards.length / 2), shards.length - 1]) {
      const bytes = encodeExecution(defaultSystem(), { shards: shards.toSpliced(at, 1), words });
      await assert.rejects(prover.verify({ ...core, proof: proofText(bytes) }), { name: 'VerificationError' });
    }
  });

  it('has a compressed proof of the size of any other, also of one of a single shard', async () => {
    const single = await prover.prove(program, [hashChainInput(1, SEED)], { mode: 'compressed' });
    assert.ok(!('join' in single.stats.seconds));
    const [one, some, many] = [single, reference.proofs.compressed, long.proofs.compressed].map(
      ({ proof }) => proofBytes(proof).length,
    );
    assert.equal(many, some);
    assert.equal(many, one);
    assert.ok(many! <= 160_000, String(many));
  });

  it('takes the memory of a shorter one', () => {
    const ratio = long.peakBytes.compressed / reference.peakBytes.compressed;
    assert.ok(ratio < 1.15, `${ratio.toFixed(2)} times`);
    // The core proof grows, with some megabytes for a shard; the memory does not follow.
    assert.ok(long.peakBytes.both < 1.15 * reference.peakBytes.both);
  });
});
