/** System calls of extensions as the executors see them, without any machine: a table is a value. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadProgram } from '../../prover/elf/load.ts';
import { ACCESS_FIELD, CALL_FIELD } from '../../prover/vm/execution-record.ts';
import { execute, executeRecorded, traceSteps } from '../../prover/vm/run/execute.ts';
import type { Syscall, SyscallTable } from '../../prover/vm/syscalls/table.ts';
import { assemble } from '../support/asm.ts';
import { haltSequence } from '../support/guest.ts';

const NUMBER = 0x1234;
const WORD = 0x4000000;

/** A table of one call, which accesses so many words. */
const tableOf = (handle: Syscall['handle'], words = 4): SyscallTable =>
  new Map([[NUMBER, { name: 'CALL', handle, reach: () => ({ words, ranges: 1 }) }]]);

/** A program that stores 5, makes the call with these registers, and ends with the result as its exit code. */
const program = loadProgram(
  assemble(`
    li x20, ${4 * WORD}
    li x21, 5
    sw x21, 0(x20)
    li t0, ${NUMBER}
    li a0, -1
    li a1, -2
    li a2, -3
    ecall
    mv x22, a0
    ${haltSequence('x22')}`).elf,
);

describe('a system call of a table', () => {
  it('gets its registers unsigned, reads and writes memory, and gives a0, on all executors', () => {
    const seen: number[][] = [];
    const table = tableOf((call) => {
      const before = call.read(WORD, 0);
      call.write(WORD, 1, before + 1);
      seen.push([call.a0, call.a1, call.a2, before, call.read(WORD, 2)]);
      call.write(WORD + 1, 3, -1);
      return call.read(WORD, 3) + 1;
    }, 5);
    const { rowCounts, instructionMix, ...fast } = execute(program, [], table);
    assert.equal(rowCounts.length, program.rom.rows);
    assert.equal(instructionMix.Ecall, 10);
    assert.deepEqual(fast.outcome, { kind: 'halt', exitCode: 7 });
    assert.deepEqual(fast.syscalls, { CALL: 1, COMMIT: 8, HALT: 1 });
    assert.deepEqual(
      traceSteps(program, [], table, () => {}),
      fast,
    );
    const { execution, record } = executeRecorded(program, [], table);
    assert.deepEqual(execution, fast);
    assert.deepEqual(
      seen,
      Array.from({ length: 3 }, () => [0xffffffff, 0xfffffffe, 0xfffffffd, 5, 6]),
    );

    const [call] = record?.calls.values() ?? [];
    const time = call?.words[CALL_FIELD.time] ?? 0;
    assert.deepEqual([...(call?.words ?? [])], [time, 0xffffffff, 0xfffffffe, 0xfffffffd, 7, 0, 5]);
    const { accesses } = record ?? assert.fail('no record');
    const field = (name: keyof typeof ACCESS_FIELD): number[] =>
      Array.from({ length: accesses.rows }, (_, row) => accesses.words[row * accesses.width + ACCESS_FIELD[name]] ?? 0);
    assert.deepEqual(field('address'), [WORD, WORD, WORD, WORD + 1, WORD]);
    assert.deepEqual(field('old'), [5, 5, 6, 0, 6]);
    assert.deepEqual(field('new'), [5, 6, 6, 0xffffffff, 6]);
    assert.deepEqual(
      field('time').map((at) => at - time),
      [0, 1, 2, 3, 3],
    );
    assert.deepEqual(field('prevTime').slice(1, 4), [time, time + 1, 0]);
  });

  it('is in no table by default: its number is unknown', () => {
    const { outcome } = execute(program, [], new Map());
    assert.equal(outcome.kind === 'trap' && outcome.cause, 'unknown-syscall');
  });

  it('may not access a word twice in a slot, nor go back to an earlier one: no proof could follow', () => {
    for (const slots of [
      [2, 2],
      [3, 0],
    ] as const) {
      const table = tableOf((call) => {
        for (const slot of slots) call.read(WORD, slot);
        return 0;
      });
      assert.throws(() => executeRecorded(program, [], table), /accesses word 67108864 twice in slot/);
    }
  });

  it('may not access more than its reach: the shard might have no room', () => {
    const table = tableOf((call) => call.read(WORD, 0) + call.read(WORD, 1), 1);
    assert.throws(() => executeRecorded(program, [], table), /accesses more words than its reach/);
  });

  it('may not refuse after it has accessed memory, for nothing is undone', () => {
    const table = tableOf((call) => {
      call.write(WORD, 3, 1);
      return { cause: 'syscall-arguments', detail: 'too late' };
    });
    for (const run of [execute, executeRecorded]) {
      assert.throws(() => run(program, [], table), /CALL refuses a call after it has accessed memory/);
    }
  });
});
