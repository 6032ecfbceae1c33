/** The guest crate's typed input, public values and code outside the proof, against independent encoders. */
import { bcs } from '@mysten/bcs';
import { AbiCoder } from 'ethers';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, type Execution } from '../../prover/index.ts';
import { guest, mode } from '../support/guests.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;

function run(name: string, ...input: Uint8Array[]): Execution {
  return execute(guest('selftest'), [mode(name), ...input], { cycleLimit: 50_000_000 });
}

/** The same run, which must end well. */
function succeed(name: string, ...input: Uint8Array[]): Execution {
  const execution = run(name, ...input);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 0 }, text(execution.stderr));
  return execution;
}

/** The same run, which must panic with a message. */
function panic(message: RegExp, name: string, ...input: Uint8Array[]): void {
  const execution = run(name, ...input);
  assert.deepEqual(execution.outcome, { kind: 'halt', exitCode: 1 });
  assert.match(text(execution.stderr), message);
}

const Side = bcs.enum('Side', { Buy: null, Sell: bcs.struct('Sell', { limit: bcs.u64() }) });
const Order = bcs.struct('Order', {
  id: bcs.u128(),
  owner: bcs.fixedArray(20, bcs.u8()),
  note: bcs.string(),
  sides: bcs.vector(Side),
  tag: bcs.option(bcs.tuple([bcs.bool(), bcs.u16()])),
  book: bcs.map(bcs.string(), bcs.u32()),
});
const order = Order.serialize({
  id: 2n ** 100n,
  owner: Array.from({ length: 20 }, (_, i) => i),
  note: 'hé',
  sides: [{ Buy: true }, { Sell: { limit: 2n ** 63n } }],
  tag: [true, 0xffff],
  book: new Map([
    ['a', 1],
    ['b', 2],
  ]),
}).toBytes();

describe('typed input and output', () => {
  it('reads what @mysten/bcs wrote, and commits the same bytes', () => {
    const { stdout, publicValues } = succeed('typed', order);
    assert.equal(
      text(stdout),
      `Order { id: ${2n ** 100n}, owner: [${Array.from({ length: 20 }, (_, i) => i).join(', ')}], note: "hé", ` +
        `sides: [Buy, Sell { limit: ${2n ** 63n} }], tag: Some((true, -1)), book: {"a": 1, "b": 2} }\n`,
    );
    assert.deepEqual(publicValues, order);
  });

  it('refuses every shortened item and an item with a byte too much', () => {
    for (const length of order.keys()) panic(/is no selftest::Order: /, 'bad typed', order.subarray(0, length));
    panic(/is no selftest::Order: remaining input/, 'bad typed', Uint8Array.of(...order, 0));
  });
});

describe('ABI public values', () => {
  it('are those of abi.encode', () => {
    const coder = AbiCoder.defaultAbiCoder();
    const first = coder.encode(
      ['uint8', 'int64', 'bool', 'address', 'bytes32', 'uint128', 'int128', 'bytes'],
      [
        7,
        -2,
        true,
        `0x${'11'.repeat(20)}`,
        `0x${'22'.repeat(32)}`,
        2n ** 128n - 1n,
        -(2n ** 127n),
        `0x${'ab'.repeat(33)}`,
      ],
    );
    const second = coder.encode(
      ['uint8[][]', 'tuple(uint64,string)[]', 'string', 'tuple(tuple(uint16,uint32),string)', 'uint32[]'],
      [
        [[1, 2], [], [255]],
        [
          [1, 'one'],
          [2, 'a text of more than thirty-two bytes, to be padded'],
          [3, ''],
        ],
        'text',
        [[1, 2], 'inner'],
        [],
      ],
    );
    assert.equal(hex(succeed('abi').publicValues), first + second.slice(2));
  });
});
