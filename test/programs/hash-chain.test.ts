/** The program `hash-chain` against @noble/hashes. */
import { hexlify } from 'ethers';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { hashChainInput, sampleInput } from '../../programs/hash-chain/input.ts';
import { hashChainValues } from '../support/hash-chain.ts';
import { programFile } from '../support/samples.ts';
import { assertOneShard } from '../support/room.ts';

const PROGRAM = loadProgram(programFile('hash-chain', 'hash-chain.elf')!);

function run(items: Uint8Array[]): Execution {
  return execute(PROGRAM, items, { cycleLimit: 50_000_000 });
}

function refuse(message: RegExp, items: Uint8Array[]): void {
  const { outcome, stderr, publicValues } = run(items);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
  assert.match(new TextDecoder().decode(stderr), message);
  assert.equal(publicValues.length, 0);
}

function agree(n: number, seed: Uint8Array): void {
  const { outcome, publicValues } = run([hashChainInput(n, seed)]);
  assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
  assert.equal(hexlify(publicValues), hashChainValues(n, seed));
}

describe('hash-chain', () => {
  it('gives the ends of the sample, within one shard', () => {
    const { publicValues } = run(sampleInput());
    const seed = Uint8Array.from({ length: 32 }, (_, index) => index);
    assert.equal(hexlify(publicValues), hashChainValues(32, seed));
    assertOneShard(PROGRAM, sampleInput());
  });

  it('gives the seed itself for a chain without links', () => {
    agree(0, new Uint8Array(32).fill(0xab));
  });

  it('agrees with @noble/hashes on random seeds and lengths', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(fc.property(fc.nat(12), seed, agree), { numRuns: 40 });
  });

  it('agrees on a chain that is too long for one shard', () => {
    agree(300, new Uint8Array(32));
  });

  it('counts the cycles of each hash, which do not depend on the seed', () => {
    const spans = [0, 0xff].map((byte) => run([hashChainInput(5, new Uint8Array(32).fill(byte))]).spans);
    assert.deepEqual(
      spans[0]!.map(({ name, calls }) => [name, calls]),
      [
        ['sha256_chain', 1],
        ['keccak_chain', 1],
      ],
    );
    assert.deepEqual(spans[0], spans[1]);
  });

  it('refuses items that are no input', () => {
    const item = hashChainInput(1, new Uint8Array(32));
    refuse(/no input item left/, []);
    refuse(/input item of 35 bytes is no hash_chain::Input: unexpected end of input/, [item.subarray(0, -1)]);
    refuse(/input item of 37 bytes is no hash_chain::Input: remaining input/, [Uint8Array.of(...item, 0)]);
    refuse(/input item of 0 bytes is no hash_chain::Input: unexpected end of input/, [new Uint8Array()]);
  });
});
