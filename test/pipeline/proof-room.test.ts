import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fillTrace } from '../../prover/chips/machine.ts';
import { loadProgram, type Program, type ProofRoom } from '../../prover/index.ts';
import { proofRoom, traceShape } from '../../prover/pipeline/proof-room.ts';
import { MAX_CYCLES, TIERS } from '../../prover/pipeline/system.ts';
import { execute, executeRecorded } from '../../prover/vm/execute.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';
import { guest, mode, u32 } from '../support/guests.ts';

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
    const { main } = fillTrace(program, record);
    assert.deepEqual(
      traceShape(program, record).map(({ logHeight, columns }) => [logHeight, columns.length]),
      main.map(({ logHeight, columns }) => [logHeight, columns.length]),
    );
  }
});

test('a small program fits in the smallest proof', () => {
  assert.deepEqual(roomOf(guest('fibonacci'), [u32(20)]), { fits: true, tier: TIERS[0]?.id });
});

test('a run of too many cycles does not fit, and is not run to find out', () => {
  const endless = loadProgram(assemble('here: j here').elf);
  const reason = 'one proof has room for 1,048,576 cycles, this takes 1,048,577';
  assert.deepEqual(proofRoom(endless, [], MAX_CYCLES + 1), { fits: false, reason });
});

test('a short program can need too many cells', () => {
  // Below 2^20 instructions, but two of seven are divisions, and each round touches a word of its own.
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
  const room = roomOf(loadProgram(program.elf), []);
  assert.ok(room?.fits === false);
  assert.match(room.reason, /trace cells/);
});

test('a program can be too large for every key, however short the run is', () => {
  const program = assemble(`_start: ${haltSequence(0)}\n.data\n.zero ${2 ** 22}`);
  const room = roomOf(loadProgram(program.elf), []);
  assert.ok(room?.fits === false);
  assert.match(
    room.reason,
    /^the program's text and data need \d+ cells of the verifying key, the largest key has \d+: /,
  );
});

test('cycles outside the proof need no room', () => {
  const program = assemble(`
    _start: li t0, 2
    li a0, 0x7a02
    la a1, call
    li a2, 8
    ecall
    ${haltSequence(0)}
    block: li s0, 600000
    loop: addi s0, s0, -1
    bnez s0, loop
    li t0, 2
    li a0, 0x7a03
    ecall
    .data
    call: .word block, 0`);
  const loaded = loadProgram(program.elf);
  assert.ok(execute(loaded, []).unconstrainedCycles > MAX_CYCLES);
  assert.deepEqual(roomOf(loaded, []), { fits: true, tier: TIERS[0]?.id });
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
