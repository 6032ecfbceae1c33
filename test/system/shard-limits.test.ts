/** Shards cut at the limits of a tier are proved on it, and nothing that is counted is less than what is filled. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkMachine, formatReport } from '../../prover/air/checker.ts';
import { loadProgram } from '../../prover/elf/load.ts';
import { executeInShards } from '../../prover/machines/execute.ts';
import { coreMachine } from '../../prover/machines/rv32im/machine.ts';
import { standardMachine } from '../../prover/machines/standard.ts';
import { layer } from '../../prover/stark/layers.ts';
import { mainCapacity } from '../../prover/stark/layout.ts';
import { CORE_L, CORE_L_BIG, CORE_M, CORE_S } from '../../prover/stark/layers.ts';
import { chooseCore, limitsOf, shardLimits } from '../../prover/system/tiers.ts';
import { HALTED_PC } from '../../prover/vm/address-map.ts';
import type { ExecutionRecord } from '../../prover/vm/execution-record.ts';
import type { Program } from '../../prover/vm/program.ts';
import { FAMILIES } from '../../prover/vm/isa/operations.ts';
import { TOY } from '../machines/extensions/toy.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { randomProgram } from '../support/random-program.ts';
import { exitCodeOf } from '../support/final-words.ts';

const core = standardMachine();

/** A tier with room for few rows; nothing is proved with it. */
const TINY = layer({
  id: 'test-only-shards',
  logRows: 16,
  mainColumns: 8,
  logPreColumns: 2,
  logPreRows: 16,
  logInverseRate: 1,
  finalVariables: 5,
  queries: [3, 3, 2, 2],
  queryPowBits: 2,
  multiplicities: [3, 3, 3, 3],
});

/** Touches a quad of its own in each of `rounds` rounds, with all sorts of instructions, and reads an input word by word. */
const scattered = (rounds: number): Program =>
  loadProgram(
    assemble(`
    _start: li s0, ${rounds}
    li s1, 0x01000000
    loop: sw s0, 0(s1)
    lw a3, 0(s1)
    rem a0, s0, s1
    mulhu a1, s1, s0
    xor a0, a0, a1
    sb a0, 7(s1)
    li t0, 0xf0
    ecall
    li a1, 4
    li t0, 0xf1
    la a0, buffer
    ecall
    li a2, 0x10014
    add s1, s1, a2
    addi s0, s0, -1
    bnez s0, loop
    ${haltSequence(0)}
    .data
    buffer: .word 0`).elf,
  );

function shardsOf(program: Program, input: readonly Uint8Array[], tier = TINY): ExecutionRecord[] {
  const limits = limitsOf({ core, tier }, program);
  const records: ExecutionRecord[] = [];
  const run = executeInShards(program, input, { limits });
  for (let next = run.next(); ; next = run.next()) {
    if (next.done === true) {
      assert.deepEqual(next.value.outcome, { kind: 'halt', exitCode: 0 });
      return records;
    }
    records.push(next.value.record);
  }
}

describe('shards cut at the limits of a tier', () => {
  const words = Array.from({ length: 400 }, (_, i) => Uint8Array.of(i, 1, 2, 3));
  for (const [name, program, input] of [
    ['a program that touches words far from each other', scattered(400), words],
    ['a random program', loadProgram(randomProgram(3, 3000, 'zkvm')), []],
  ] as const) {
    it(`${name}: each fits, holds, and begins where the one before ends`, () => {
      const records = shardsOf(program, input);
      assert.ok(records.length > 2, `${records.length} shards`);
      let state: readonly number[] = core.keyFelts(program);
      for (const [i, record] of records.entries()) {
        const shape = core.shape(program, record);
        const cells = shape.reduce((sum, { logHeight, columns }) => sum + columns.length * 2 ** logHeight, 0);
        assert.ok(cells <= mainCapacity(TINY), `shard ${i}: ${cells} cells`);
        assert.ok(shape.every(({ logHeight }) => logHeight <= TINY.logRows));
        // Full means full: not much is left but what a last instruction might need, at heights that are powers of two.
        if (i < records.length - 1) assert.ok(cells > mainCapacity(TINY) / 2, `shard ${i}: ${cells} cells`);
        const { main, publicValues } = core.fill(program, record);
        assert.deepEqual(
          shape.map(({ logHeight }) => logHeight),
          main.map(({ logHeight }) => logHeight),
        );
        const report = checkMachine({
          machine: core.machine,
          trace: main,
          preprocessed: core.preprocess(program),
          publicValues,
          keyFelts: core.keyFelts(program),
          maxPerLabel: 3,
        });
        assert.ok(report.ok, formatReport(report));
        assert.deepEqual(publicValues.slice(0, 9), state, `shard ${i}`);
        state = publicValues.slice(9, 18);
        assert.equal(chooseCore({ cores: [core], tiers: [TINY, CORE_S] }, program, record).tier, TINY);
      }
      assert.equal(state[0], HALTED_PC);
      assert.equal(exitCodeOf(records.at(-1)!), 0);
    });
  }
});

describe('limits', () => {
  const program = scattered(2);

  it('are those of the largest tier that holds the key, and of the largest machine', () => {
    const variant = coreMachine([...core.extensions, TOY]);
    const limits = shardLimits({ cores: [core, variant], tiers: [CORE_S, CORE_M, CORE_L, CORE_L_BIG] }, program);
    assert.deepEqual([limits.maxLogHeight, limits.maxCells], [20, mainCapacity(CORE_L)]);
    assert.ok(limits.chips.some(({ name }) => name === 'AddWord'));
  });

  it('name every chip whose height the prover chooses, with its columns, and count the cells of the others', () => {
    const { chips, fixedCells } = limitsOf({ core, tier: CORE_S }, program);
    const free = core.machine.chips.filter(({ logHeight }) => logHeight === 'free');
    assert.deepEqual(
      chips.map(({ name, columns }) => [name, columns]),
      free.map(({ name, columns }) => [name, columns.length]),
    );
    const records = shardsOf(program, [Uint8Array.of(1), Uint8Array.of(2)], CORE_S);
    const others = core
      .shape(program, records[0]!)
      .filter((_, i) => core.machine.chips[i]!.logHeight !== 'free')
      .reduce((sum, { logHeight, columns }) => sum + columns.length * 2 ** logHeight, 0);
    assert.equal(fixedCells, others);
    assert.deepEqual(
      chips
        .flatMap(({ rows }) => rows.map(({ of }) => of))
        .filter((of) => (FAMILIES as readonly string[]).includes(of)),
      [...FAMILIES],
    );
  });
});
