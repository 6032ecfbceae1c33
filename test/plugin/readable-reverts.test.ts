/** Our errors by name in the messages of Hardhat's EVM, where the project did not compile our contracts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameRevert } from '../../plugin/internal/chain/readable-reverts.ts';

const PREFIX = 'VM Exception while processing transaction: reverted with';

/** What is left of an error with a message; the stack begins with the message, as stacks do. */
function named(message: string): { message: string; stack: string } {
  const error = new Error(message);
  nameRevert(error);
  return { message: error.message, stack: error.stack ?? '' };
}

test('an error of ours gets its name and its values, in message and stack', () => {
  const cases = [
    ['0x09bde339', 'InvalidProof()'],
    [`0xf208777edeadbeef${'0'.repeat(56)}`, 'RouteNotFound(selector 0xdeadbeef)'],
    [`0xf381c27c${'3'.padStart(64, '0')}${'4'.padStart(64, '0')}`, 'ProofTooShort(received 3, expected 4)'],
  ] as const;
  for (const [data, name] of cases) {
    const { message, stack } = named(`${PREFIX} an unrecognized custom error (return data: ${data})`);
    assert.equal(message, `${PREFIX} custom error '${name}'`);
    assert.ok(stack.startsWith(`Error: ${message}\n    at `), stack);
  }
});

test('everything else stays as it is', () => {
  const others = [
    `${PREFIX} an unrecognized custom error (return data: 0xdeadbeef)`,
    `${PREFIX} an unrecognized custom error (return data: 0x)`,
    `${PREFIX} custom error 'InvalidProof()'`,
    `${PREFIX} reason string "unrecognized custom error"`,
    'nonce too low',
    '',
  ];
  for (const message of others) assert.equal(named(message).message, message);
  for (const thrown of [undefined, null, 'text', { message: 'no error' }])
    assert.doesNotThrow(() => nameRevert(thrown));
});
