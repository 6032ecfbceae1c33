/** The program `ledger`: chains of blocks, and every way to break one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { getBytes, hexlify, sha256, toBeHex } from 'ethers';
import { applyTransfers, blockInput, blockValues, stateRoot } from '../../programs/ledger/input.ts';
import type { Block, State, Transfer } from '../../programs/ledger/input.ts';
import { execute, loadProgram, type Execution } from '../../prover/index.ts';
import { packDigest } from '../../prover/vm/packed-digest.ts';
import type { ProvedStatement } from '../../prover/vm/syscalls/chain.ts';

const program = loadProgram(readFileSync(new URL('../../programs/ledger/ledger.elf', import.meta.url)));
/** The executor does not ask whose key this is: any stands for the program's own. */
const VKEY = packDigest([1, 2, 3, 4, 5, 6, 7, 8]);
const OTHER = packDigest([1, 2, 3, 4, 5, 6, 7, 9]);

const person = (n: number): string => toBeHex(n, 20);
const [alice, bob, carol] = [person(1), person(2), person(3)] as const;
const GENESIS: State = new Map([
  [alice, 1000n],
  [bob, 50n],
]);
const BLOCKS: readonly (readonly Transfer[])[] = [
  [{ from: alice, to: bob, amount: 100n }],
  [],
  [
    { from: bob, to: carol, amount: 150n },
    { from: carol, to: carol, amount: 150n },
    { from: carol, to: alice, amount: 1n },
  ],
  [{ from: carol, to: person(4), amount: 149n }],
];

const statement = (block: Block): ProvedStatement => ({
  vkey: block.vkey as `0x${string}`,
  publicDigest: sha256(blockValues(block)) as `0x${string}`,
});
const run = (input: Uint8Array, ...proved: readonly Block[]): Execution =>
  execute(program, [input], { proved: proved.map(statement) });

function succeed(execution: Execution, expected: Block): void {
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, new TextDecoder().decode(execution.stderr));
  assert.equal(hexlify(execution.publicValues), blockValues(expected));
}

const genesis: Block = { vkey: VKEY, genesis: stateRoot(GENESIS), root: stateRoot(GENESIS), height: 0n };

describe('ledger', () => {
  it('the first block commits the state that all begins with', () => {
    const execution = run(blockInput(VKEY, undefined, GENESIS));
    succeed(execution, genesis);
    assert.deepEqual(execution.verified, []);
  });

  it('each block verifies the one before and commits the same key and genesis', () => {
    let [state, block] = [GENESIS, genesis];
    for (const transfers of BLOCKS) {
      const execution = run(blockInput(VKEY, block, state, transfers), block);
      assert.deepEqual(execution.verified, [statement(block)]);
      state = applyTransfers(state, transfers);
      block = { ...block, root: stateRoot(state), height: block.height + 1n };
      succeed(execution, block);
    }
    assert.deepEqual(
      [...state],
      [
        [alice, 901n],
        [person(4), 149n],
      ],
    );
  });

  it('relies on nothing but the proof of the very block before, under the key that it commits', () => {
    const [first] = BLOCKS;
    const good = blockInput(VKEY, genesis, GENESIS, first);
    const otherState = new Map([...GENESIS, [carol, 7n]]);
    const breaks: readonly (readonly [what: string, input: Uint8Array, ...proved: readonly Block[]])[] = [
      ['no proof', good],
      ['a proof of another program', good, { ...genesis, vkey: OTHER }],
      ['another height', blockInput(VKEY, { ...genesis, height: 1n }, GENESIS, first), genesis],
      ['another genesis', blockInput(VKEY, { ...genesis, genesis: stateRoot(otherState) }, GENESIS, first), genesis],
      ['another state', blockInput(VKEY, genesis, otherState, first), genesis],
      ['another key, though a program has it', blockInput(OTHER, genesis, GENESIS, first), genesis],
    ];
    for (const [what, input, ...proved] of breaks) {
      const { outcome } = run(input, ...proved);
      assert.equal(outcome.kind === 'trap' && outcome.cause, 'proof-missing', what);
    }
    // Under a foreign key the chain goes on, and says so: the consumer compares the committed key with the proof's.
    const foreign = { ...genesis, vkey: OTHER };
    const root = stateRoot(applyTransfers(GENESIS, first ?? []));
    succeed(run(blockInput(OTHER, foreign, GENESIS, first), foreign), { ...foreign, root, height: 1n });
  });

  it('fails for transfers and states that break the rules', () => {
    const fails = (
      message: RegExp,
      state: State,
      transfers: readonly Transfer[],
      previous: Block | undefined,
    ): void => {
      const before = previous === undefined ? [] : [{ ...previous, root: stateRoot(state) }];
      const { outcome, stderr } = run(blockInput(VKEY, previous, state, transfers), ...before);
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
      assert.match(new TextDecoder().decode(stderr), message);
    };
    const rich: State = new Map([
      [alice, 2n ** 64n - 1n],
      [bob, 2n],
    ]);
    fails(/transfer 1: the sender has 150/, GENESIS, [BLOCKS[0]![0]!, { from: bob, to: carol, amount: 151n }], genesis);
    fails(/transfer 0: the receiver would have too much/, rich, [{ from: bob, to: alice, amount: 1n }], genesis);
    fails(/an account without balance is listed/, new Map([...GENESIS, [carol, 0n]]), [], genesis);
    fails(/the first block .* has no transfers/, GENESIS, BLOCKS[0]!, undefined);
    fails(/there are no more heights/, GENESIS, [], { ...genesis, height: 2n ** 64n - 1n });
  });

  it('refuses a state in another order, which would have another root', () => {
    const input = blockInput(VKEY, undefined, GENESIS);
    const at = 32 + 1 + 1;
    const swapped = Uint8Array.of(
      ...input.slice(0, at),
      ...input.slice(at + 28, at + 56),
      ...input.slice(at, at + 28),
      ...input.slice(at + 56),
    );
    assert.deepEqual(getBytes(alice), input.slice(at, at + 20));
    assert.deepEqual(run(swapped).outcome, { kind: 'halt', exitCode: 1 });
  });
});
