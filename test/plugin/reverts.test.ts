/** Why a contract refused, in words: errors of ours and of the user's own contracts, of every type that Solidity has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interface, type InterfaceAbi } from 'ethers';
import { describeRevert, explainRevert, type AbiItem } from '../../plugin/internal/chain/abi.ts';
import { ABIS } from '../../plugin/internal/chain/artifacts.ts';

const ADDRESS = '0x5FbDB2315678afecb367f032d93F642f64180aa3';

/** An error's declaration, as a compiler writes it into an ABI, and revert data with values. */
function refused(declaration: string, values: readonly unknown[]): readonly [data: string, abi: AbiItem[]] {
  const contract = new Interface([declaration]);
  const abi = JSON.parse(contract.formatJson()) as AbiItem[];
  return [contract.encodeErrorResult(abi[0]?.name ?? '', values), abi];
}

test('errors of our contracts have their values', () => {
  const contracts = new Interface(ABIS.flat() as unknown as InterfaceAbi);
  const cases = [
    ['RouteNotFound', ['0xdeadbeef'], 'RouteNotFound(selector 0xdeadbeef)'],
    ['InvalidProofLength', [3, 260], 'InvalidProofLength(received 3, expected 260)'],
    ['InvalidProof', [], 'InvalidProof()'],
  ] as const;
  for (const [name, values, words] of cases)
    assert.equal(describeRevert(contracts.encodeErrorResult(name, values), ABIS), words);
});

test('errors of other contracts have values of every type', () => {
  const cases = [
    ['error Rejected(string reason)', ['too late'], 'Rejected(reason "too late")'],
    ['error Denied(address who, bool again)', [ADDRESS, true], `Denied(who ${ADDRESS}, again true)`],
    ['error Off(int256 by, int8)', [-5n, -1n], 'Off(by -5, -1)'],
    ['error Odd(bytes data, bytes4 id)', ['0xc0ffee', '0x01020304'], 'Odd(data 0xc0ffee, id 0x01020304)'],
    [
      'error Many(uint256[] values, string[2] names)',
      [
        [1, 2],
        ['a', 'b'],
      ],
      'Many(values [1, 2], names ["a", "b"])',
    ],
    [
      'error Order(tuple(address maker, uint256[] ids) order, uint8 state)',
      [{ maker: ADDRESS, ids: [7n] }, 2],
      `Order(order {maker ${ADDRESS}, ids [7]}, state 2)`,
    ],
    ['error Empty()', [], 'Empty()'],
    ['error Nested(uint256[][] rows)', [[[1], []]], 'Nested(rows [[1], []])'],
  ] as const;
  for (const [declaration, values, words] of cases) {
    const [data, abi] = refused(declaration, values);
    assert.equal(describeRevert(data, [abi]), words);
    // An ABI that holds what no compiler writes explains nothing and breaks nothing.
    assert.equal(describeRevert(data, [[{ type: 'error' }, { type: 'error', name: '(' }], abi]), words);
  }
});

test('what Solidity itself reverts with', () => {
  const [requireData] = refused('error Error(string)', ['not yet']);
  assert.equal(describeRevert(requireData, []), '"not yet"');
  const [overflow] = refused('error Panic(uint256)', [0x11]);
  assert.equal(describeRevert(overflow, []), 'a panic of its own, code 17 (an overflow)');
  const [unknown] = refused('error Panic(uint256)', [0x99]);
  assert.equal(describeRevert(unknown, []), 'a panic of its own, code 153');
  assert.match(describeRevert('0x', ABIS), /without a reason/);
});

test('text of a contract cannot steer the terminal, and is not endless', () => {
  const [data, abi] = refused('error Rejected(string reason)', ['\u001b[2J\nline two']);
  assert.equal(describeRevert(data, [abi]), 'Rejected(reason "\\u{1b}[2J line two")');
  const [long, longAbi] = refused('error Rejected(string reason)', ['x'.repeat(10_000)]);
  assert.ok(describeRevert(long, [longAbi]).length < 200);
  const [many, manyAbi] = refused('error Many(uint256[] values)', [Array.from({ length: 5000 }, (_, i) => i)]);
  assert.ok(describeRevert(many, [manyAbi]).length < 600);
  const [plain] = refused('error Error(string)', ['y'.repeat(10_000)]);
  assert.ok(describeRevert(plain, []).length < 400);
});

test('data that is cut off or malformed is said to be so, whatever is missing', () => {
  const [data, abi] = refused('error Rejected(string reason, address[] who)', ['no', [ADDRESS]]);
  for (let length = 10; length < data.length; length += 2)
    assert.equal(describeRevert(data.slice(0, length), [abi]), 'Rejected, with values that cannot be read');
  const [text] = refused('error Error(string)', ['not yet']);
  for (let length = 10; length < 136; length += 2)
    assert.match(describeRevert(text.slice(0, length), []), /^it reverted with 0x08c379a0/);
  // No UTF-8: what can be read is shown.
  assert.equal(describeRevert(text.replace(Buffer.from('not').toString('hex'), 'ff6f74'), []), '"\ufffdot yet"');
  assert.equal(explainRevert('0x12345678', ABIS), undefined);
  assert.equal(describeRevert('0x12345678', ABIS), 'it reverted with 0x12345678');
  assert.equal(describeRevert('0x1234', ABIS), 'it reverted with 0x1234');
});
