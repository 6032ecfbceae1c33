/** The program `aggregate` against its twin, for every small count. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { concat, hexlify, keccak256, toBeHex } from 'ethers';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { aggregateInput, aggregateTree, rootOfPath } from '../../prover/proofs/aggregate.ts';
import { packDigest } from '../../prover/vm/packed-digest.ts';
import type { ProvedStatement } from '../../prover/vm/syscalls/chain.ts';
import { Random } from '../support/random.ts';

const program = loadProgram(readFileSync(new URL('../../programs/aggregate/aggregate.elf', import.meta.url)));
const random = new Random(11);

function statements(count: number): ProvedStatement[] {
  return Array.from({ length: count }, () => ({
    vkey: packDigest(random.felts(8)),
    publicDigest: hexlify(Uint8Array.from({ length: 32 }, () => random.below(256))) as `0x${string}`,
  }));
}

const run = (input: Uint8Array, proved: readonly ProvedStatement[]): Execution => execute(program, [input], { proved });

/** The tree by its definition, over ethers' hash. */
function plainRoot(list: readonly ProvedStatement[]): string {
  let level = list.map(({ vkey, publicDigest }) => keccak256(concat(['0x00', vkey, publicDigest])));
  while (level.length > 1) {
    const pairs = Array.from({ length: Math.floor(level.length / 2) }, (_, i) => level.slice(2 * i, 2 * i + 2));
    const odd = level.length % 2 === 1 ? level.slice(-1) : [];
    level = [...pairs.map((pair) => keccak256(concat(['0x01', ...pair]))), ...odd];
  }
  return String(level[0]);
}

describe('aggregate', () => {
  it('verifies all statements and commits root and count, for 1 to 20 of them and for more', () => {
    for (const count of [...Array.from({ length: 20 }, (_, i) => i + 1), 33, 64]) {
      const list = statements(count);
      const { outcome, publicValues, verified, stderr } = run(aggregateInput(list), list);
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(stderr));
      assert.deepEqual(verified, list);
      const { root, paths } = aggregateTree(list);
      assert.equal(root, plainRoot(list));
      assert.equal(hexlify(publicValues), concat([root, toBeHex(count, 32)]));
      for (const [i, path] of paths.entries()) assert.equal(rootOfPath(list[i]!, path), root);
    }
  });

  it('takes a statement twice, and the order counts', () => {
    const [a, b] = statements(2) as [ProvedStatement, ProvedStatement];
    assert.deepEqual(run(aggregateInput([a, a, b]), [a, b]).outcome, { kind: 'halt', exitCode: 0 });
    assert.notEqual(aggregateTree([a, b]).root, aggregateTree([b, a]).root);
  });

  it('fails without a statement, with a piece of one, and with one that has no proof', () => {
    const list = statements(3);
    const fails = (input: Uint8Array, message: RegExp): void => {
      const { outcome, stderr } = run(input, list);
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
      assert.match(new TextDecoder().decode(stderr), message);
    };
    fails(new Uint8Array(), /there is no statement to verify/);
    fails(aggregateInput(list).slice(1), /the input has 191 bytes, expected 64 for each statement/);
    const { outcome } = run(aggregateInput([...list, ...statements(1)]), list);
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'proof-missing');
  });

  it('takes at most 80,000 cycles for a statement', () => {
    const list = statements(16);
    const { cycles } = run(aggregateInput(list), list);
    assert.ok(cycles < 16 * 80_000, String(cycles));
    console.log(`aggregate of 16: ${cycles} cycles`);
  });

  it('has no tree without statements', () => {
    assert.throws(() => aggregateTree([]), RangeError);
  });
});
