/** Statements that are taken for proved to run a program before what it relies on, and how many a host keeps. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { execute, loadProgram, traceSteps, type Execution } from '../../prover/index.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import type { ProvedStatement } from '../../prover/vm/syscalls/chain.ts';
import { STATEMENT_LIMIT, Statements } from '../../prover/vm/syscalls/statements.ts';

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A statement of a program whose key has this one element. */
function statement(element: number): ProvedStatement {
  const hex = element.toString(16).padStart(64, '0');
  return { vkey: `0x${hex}`, publicDigest: `0x${hex.split('').toReversed().join('')}` };
}

const itemOf = ({ vkey, publicDigest }: ProvedStatement): Uint8Array =>
  hexToBytes(`${vkey.slice(2)}${publicDigest.slice(2)}`);

for (const name of ['verify-selftest', 'c-verify-selftest']) {
  const program = loadProgram(readFileSync(new URL(`../../programs/${name}/${name}.elf`, import.meta.url)));
  const [a, b] = [statement(7), statement(8)];
  const run = (list: readonly ProvedStatement[], execution: typeof execute): Execution =>
    execution(program, [utf8('all'), ...list.map(itemOf)], { proved: 'any', cycleLimit: 4_000_000 });
  const executors: Readonly<Record<string, typeof execute>> = {
    fast: execute,
    recording: (...args) => executeRecorded(...args).execution as ReturnType<typeof execute>,
    tracing: ((guest, items, options) => traceSteps(guest, items, () => undefined, options)) as typeof execute,
  };

  describe(`${name}, where any statement is taken for proved`, () => {
    for (const [kind, executor] of Object.entries(executors)) {
      it(`goes on in the ${kind} executor, which tells all of them`, () => {
        const { outcome, verified, warnings } = run([a, b, a], executor);
        assert.deepEqual(outcome, { kind: 'halt', exitCode: 0 });
        assert.deepEqual(verified, [a, b, a]);
        assert.deepEqual(warnings, []);
      });
    }

    it('still refuses what is no statement', () => {
      // The first element is the modulus.
      const { outcome, verified } = run([statement(2 ** 31 - 2 ** 24 + 1)], execute);
      assert.deepEqual(outcome, { kind: 'halt', exitCode: 1 });
      assert.deepEqual(verified, []);
    });
  });
}

describe('the host', () => {
  it('keeps a bounded number of statements, more than any program of the library verifies', () => {
    const message = new Uint8Array(64);
    const one: ProvedStatement = {
      vkey: `0x${'00'.repeat(32)}`,
      publicDigest: `0x${bytesToHex(message.subarray(32))}`,
    };
    for (const proved of ['any', [one]] as const) {
      const statements = new Statements(proved, 100);
      for (let i = 0; i < 100; i++) assert.equal(statements.rely(message), undefined);
      assert.deepEqual(statements.rely(message), {
        cause: 'too-many-statements',
        detail: 'the program relies on more than 100 statements',
      });
      assert.equal(statements.verified.length, 100);
    }
    // With the fewest cycles that `verify` takes.
    const program = loadProgram(
      readFileSync(new URL('../../programs/verify-selftest/verify-selftest.elf', import.meta.url)),
    );
    const [span] = execute(program, [utf8('all'), itemOf(one)], { proved: [one] }).spans;
    assert.ok(STATEMENT_LIMIT > 2 ** 32 / (span?.cycles ?? 1), String(span?.cycles));
  });
});
