/** The guest crate's typed input, public values and code outside the proof, against independent encoders. */
import { bcs } from '@mysten/bcs';
import { AbiCoder } from 'ethers';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, traceSteps, type Execution } from '../../prover/index.ts';
import { executeRecorded } from '../../prover/machines/execute.ts';
import { guest, mode } from '../support/guests.ts';

const selftest = guest('selftest');
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;

function run(name: string, ...input: Uint8Array[]): Execution {
  return execute(selftest, [mode(name), ...input], { cycleLimit: 50_000_000 });
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
  it('reads items that are longer than the machine gives at once', () => {
    for (const length of [16383, 16384, 16385, 2 * 16384, 40_001]) {
      const item = Uint8Array.from({ length }, (_, i) => i * 7 + (i >>> 14));
      const { stdout, syscalls } = succeed('hints', item);
      assert.deepEqual(JSON.parse(text(stdout).split('\n')[2] ?? ''), [...item]);
      // The mode, two hints, and the item in pieces of 2^14 bytes.
      assert.equal(syscalls['HINT_READ'], 3 + Math.ceil(length / 16384));
    }
  });

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

describe('spans', () => {
  it('count the cycles of every call by name, exactly and without double counting', () => {
    const { spans, cycles } = succeed('spans');
    assert.deepEqual(
      spans.map(({ name, calls }) => [name, calls]),
      [
        ['all of it', 1],
        ['tracked', 3],
        ['inner', 1],
        ['printed', 1],
      ],
    );
    const [all, tracked, inner, printed] = spans.map((span) => span.cycles);
    // Seven instructions a round at least, and everything lies within the outermost span.
    assert.ok(tracked! > 7 * (10 + 1000 + 100) && tracked! < all! && all! < cycles, String([all, tracked, cycles]));
    assert.ok(printed! > 7 * 100 && printed! < inner! && inner! < all!, String([printed, inner, all]));
  });
});

describe('code outside the proof', () => {
  const u64 = (value: bigint): Uint8Array => bcs.u64().serialize(value).toBytes();

  it('gives a result that the guest checks, and costs no cycles', () => {
    const [p, q] = [10_007n, 1_000_003n];
    const { publicValues, stdout, cycles, unconstrainedCycles } = succeed('unconstrained', u64(p * q));
    assert.equal(hex(publicValues), AbiCoder.defaultAbiCoder().encode(['uint64', 'uint64', 'uint64'], [p * q, p, q]));
    assert.equal(text(stdout), 'searching\n');
    assert.ok(unconstrainedCycles! > 10 * Number(p) && cycles < 20_000, `${unconstrainedCycles} and ${cycles}`);
  });

  it('has no good result where there is none', () => {
    panic(/1 \* 10007 is not 10007/, 'unconstrained', u64(10_007n));
  });

  it('passes hints on in their order, before the remaining input', () => {
    const { stdout } = succeed('hints', Uint8Array.of(1, 2, 3));
    assert.equal(text(stdout), `17\n[${[...Buffer.from('second')].join(', ')}]\n[1, 2, 3]\n`);
  });

  it('leaves no other trace: the recorder and the interpreter see the same run', () => {
    const input = [mode('unconstrained'), u64(15n)];
    const fast = execute(selftest, input);
    const { execution, record } = executeRecorded(selftest, input);
    assert.equal(record?.cycles, fast.cycles);
    assert.deepEqual(execution.publicValues, fast.publicValues);
    const stepped = traceSteps(selftest, input, () => undefined);
    assert.deepEqual([stepped.cycles, stepped.unconstrainedCycles], [fast.cycles, fast.unconstrainedCycles]);
  });
});
