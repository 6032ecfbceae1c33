import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadProgram, type Program, type ProofRoom } from '../../prover/index.ts';
import { execute as executeKind } from '../../prover/jobs/kinds/execute.ts';
import { decodeExecuted } from '../../prover/jobs/kinds/execution.ts';
import { inputArtifact, programArtifact } from '../../prover/jobs/kinds/input.ts';
import { jobOf } from '../../prover/jobs/kinds/kind.ts';
import { MemoryStore } from '../../prover/jobs/store.ts';
import { JobRunner } from '../../prover/jobs/workers/runner.ts';
import { proofRoom } from '../../prover/proofs/room.ts';
import { defaultSystem } from '../../prover/system/default.ts';
import { CapacityError, keyTiers, MAX_CYCLES } from '../../prover/system/tiers.ts';
import { execute, executeRecorded } from '../../prover/machines/execute.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { guest, mode, u32 } from '../support/guests.ts';

const { cores, tiers } = defaultSystem();

/** The room of an execution that is run to count its cycles. */
function roomOf(program: Program, input: readonly Uint8Array[]): ProofRoom | undefined {
  return proofRoom(program, input, execute(program, input).cycles);
}

test('the shape is that of the filled trace', () => {
  const samples = [
    [guest('fibonacci'), u32(20)],
    [guest('selftest'), mode('collections')],
    [guest('bare'), u32(3)],
  ] as const;
  for (const [program, item] of samples) {
    const { record } = executeRecorded(program, [item]);
    assert.ok(record !== undefined);
    for (const core of cores) {
      assert.deepEqual(
        core.shape(program, record).map(({ logHeight, columns }) => [logHeight, columns.length]),
        core.fill(program, record).main.map(({ logHeight, columns }) => [logHeight, columns.length]),
      );
    }
  }
});

/** The room of an execution of one shard. */
const inOne = (tier: string | undefined) => ({ fits: true, shards: 1, core: true, tier });

test('a small program is one shard of the smallest tier', () => {
  assert.deepEqual(roomOf(guest('fibonacci'), [u32(20)]), inOne(tiers[0]?.id));
});

test('a short program can need so many cells that it falls into several shards', () => {
  // About a million instructions, but two of seven are divisions, and each round touches a word of its own.
  const program = assemble(`
    _start: li s0, 0x24000
    li s1, 0x01000000
    loop: sw s0, 0(s1)
    rem a0, s0, s1
    divu a1, s1, s0
    xor a0, a0, a1
    addi s1, s1, 4
    addi s0, s0, -1
    bnez s0, loop
    ${haltSequence(0)}`);
  const loaded = loadProgram(program.elf);
  assert.ok(execute(loaded, []).cycles < 2 ** 20 + 2 ** 16);
  const room = roomOf(loaded, []);
  assert.ok(room?.fits === true && room.shards > 1 && room.tier === undefined, JSON.stringify(room));
});

test('rows decide, not cycles: where all chips have room, a run of more than 2^20 cycles is one shard', () => {
  const fibonacci = guest('fibonacci');
  const input = [u32(250_000)];
  const { cycles } = execute(fibonacci, input);
  assert.ok(cycles > 2 ** 20, `${cycles}`);
  assert.deepEqual(proofRoom(fibonacci, input, cycles), inOne('core-l'));
  assert.deepEqual(roomOf(fibonacci, [u32(400_000)]), { fits: true, shards: 2, core: true });
  // A limit that is not reached is none.
  assert.deepEqual(proofRoom(fibonacci, input), inOne('core-l'));
  assert.equal(proofRoom(fibonacci, input, cycles - 1), undefined);
});

test('more shards than a proof has room for have none, in the words of the refusal to prove', () => {
  const [fibonacci, input] = [guest('fibonacci'), [u32(1_000_000)]];
  const roomWith = (most: number) => proofRoom(fibonacci, input, undefined, [], defaultSystem(), most);
  assert.deepEqual(roomWith(3), { fits: true, shards: 3, core: true });
  const room = roomWith(2);
  assert.ok(room?.fits === false);
  assert.match(room.reason, /^the execution needs more than 2 shards, .* \([\d,]+ instructions\): .*\.$/);
});

test('proving cuts an execution into as many shards as are counted', async () => {
  const [runner, store] = [new JobRunner(defaultSystem(), { threads: 1 }), new MemoryStore()];
  const samples = [
    [guest('add'), []],
    [guest('fibonacci'), [u32(250_000)]],
    [guest('fibonacci'), [u32(400_000)]],
    [guest('fibonacci'), [u32(1_000_000)]],
  ] as const;
  const counts: number[] = [];
  for (const [program, input] of samples) {
    const room = roomOf(program, input);
    const inputs = [await store.put(programArtifact(program)), await store.put(inputArtifact(input))];
    const artifact = await runner.run(jobOf(defaultSystem(), executeKind, inputs), store);
    assert.ok(room?.fits === true);
    assert.equal(decodeExecuted(artifact).shards.length, room.shards);
    counts.push(room.shards);
  }
  assert.deepEqual(counts, [1, 1, 2, 3]);
});

test('the key takes a big tier when its cells exceed 2^18, or its rows 2^16', () => {
  const table = (columns: number, rows: number): Uint32Array[] =>
    Array.from({ length: columns }, () => new Uint32Array(rows));
  const fitting = (...tables: Uint32Array[][]): string[] => keyTiers(tiers, tables).map(({ id }) => id);
  const small = ['core-s', 'core-m', 'core-l'];
  const big = ['core-m-big', 'core-l-big'];
  // Rom has a row for each instruction.
  assert.deepEqual(fitting(table(8, 2 ** 15)), small);
  assert.deepEqual(fitting(table(8, 2 ** 16)), big);
  assert.deepEqual(fitting(table(2, 2 ** 17), []), big);
  assert.deepEqual(fitting(table(8, 2 ** 20)), big);
  assert.throws(() => fitting(table(8, 2 ** 20), table(1, 4)), CapacityError);
});

test('text can be too large for every key, and data for none', () => {
  const columns = Array.from({ length: 8 }, () => new Uint32Array(2 ** 21));
  assert.throws(() => keyTiers(tiers, [columns]), {
    code: 'TOO_LARGE',
    message: /^The text of the program has more than 1,048,576 instructions, .* key has room for 1,048,576: make /,
  });
  const program = assemble(`_start: ${haltSequence(0)}\n.data\n.zero ${2 ** 22}`);
  assert.deepEqual(roomOf(loadProgram(program.elf), []), inOne(tiers[0]?.id));
});

test('cycles outside the proof need no room', () => {
  const program = assemble(`
    _start: li t0, 2
    li a0, 0x7a02
    la a1, call
    li a2, 8
    ecall
    ${haltSequence(0)}
    block: li s0, 2200000
    loop: addi s0, s0, -1
    bnez s0, loop
    li t0, 2
    li a0, 0x7a03
    ecall
    .data
    call: .word block, 0`);
  const loaded = loadProgram(program.elf);
  assert.ok(execute(loaded, []).unconstrainedCycles > MAX_CYCLES);
  assert.deepEqual(roomOf(loaded, []), inOne(tiers[0]?.id));
});

test('a run that traps has no answer', () => {
  assert.equal(roomOf(loadProgram(assemble('ebreak').elf), []), undefined);
});

test('a program of half a million cycles has an answer within seconds', () => {
  const elf = readFileSync(new URL('../../programs/inference/inference.elf', import.meta.url));
  const item = readFileSync(new URL('../../programs/inference/sample.bin', import.meta.url));
  const start = performance.now();
  assert.equal(roomOf(loadProgram(elf), [item])?.fits, true);
  assert.ok(performance.now() - start < 20_000);
});
