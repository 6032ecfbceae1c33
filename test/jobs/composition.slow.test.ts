/** Proofs of programs that verify proofs: a chain of two blocks, and one proof of two that are of different programs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { hexlify } from 'ethers';
import { applyTransfers, blockInput, blockValues, stateRoot } from '../../programs/ledger/input.ts';
import type { Block, State } from '../../programs/ledger/input.ts';
import {
  createProver,
  loadProgram,
  provedStatements,
  type Program,
  type Proof,
  type Prover,
} from '../../prover/index.ts';
import { aggregateInput, aggregateTree } from '../../prover/proofs/aggregate.ts';
import { u32 } from '../support/guests.ts';

const load = (name: string): Program =>
  loadProgram(readFileSync(new URL(`../../programs/${name}/${name}.elf`, import.meta.url)));

const ALICE = `0x${'a1'.repeat(20)}`;
const BOB = `0x${'b0'.repeat(20)}`;
const STATE: State = new Map([[ALICE, 100n]]);
const TRANSFERS = [{ from: ALICE, to: BOB, amount: 30n }];

describe('proofs of proofs', () => {
  let prover: Prover;
  const notes: string[] = [];
  before(async () => {
    const onProgress = ({ status, detail = '' }: { status: string; detail?: string }): void => {
      if (status === 'note') notes.push(detail);
    };
    prover = await createProver({ onProgress });
  });
  after(() => prover.close());

  const prove = (program: Program, input: Uint8Array, proofs: readonly Proof[] = []): Promise<Proof> =>
    prover.prove(program, [input], { mode: 'compressed', proofs });

  it('each block of the ledger verifies the one before; one proof holds it and that of another program', async () => {
    const ledger = load('ledger');
    const { vkey } = await prover.programKey(ledger);
    const root = stateRoot(STATE);
    const first: Block = { vkey, genesis: root, root, height: 0n };
    const proof0 = await prove(ledger, blockInput(vkey, undefined, STATE));
    assert.deepEqual([proof0.vkey, proof0.publicValues], [vkey, blockValues(first)]);

    const proof1 = await prove(ledger, blockInput(vkey, first, STATE, TRANSFERS), [proof0]);
    const second = { ...first, root: stateRoot(applyTransfers(STATE, TRANSFERS)), height: 1n };
    assert.equal(proof1.publicValues, blockValues(second));
    await prover.verify(proof1, vkey);
    assert.ok(Math.abs(proof1.proof.length - proof0.proof.length) < 2000, 'of one size, whatever it rests on');

    const other = await prove(load('fibonacci'), u32(10));
    const statements = provedStatements([other, proof1]);
    const aggregated = await prove(load('aggregate'), aggregateInput(statements), [proof1, proof0, other]);
    await prover.verify(aggregated);
    assert.equal(aggregated.publicValues.slice(0, 66), aggregateTree(statements).root);
    assert.match(notes.join('\n'), /^Proof 2 of 3, of program 0x[0-9a-f]{64}, was given and not used/m);

    // What rests on proofs is no proof of anything else.
    const changed = { ...aggregated, publicValues: hexlify(new Uint8Array(64)) as Proof['publicValues'] };
    await assert.rejects(prover.verify(changed), { name: 'VerificationError' });
    await assert.rejects(prove(load('aggregate'), aggregateInput(provedStatements([changed])), [changed]), {
      code: 'INPUT_PROOF_REFUSED',
    });
  });
});
