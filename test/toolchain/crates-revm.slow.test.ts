/** revm in a guest: the same transactions give the same results, gas, logs and storage as on Hardhat's chain. */
import { bcs } from '@mysten/bcs';
import { AbiCoder, Interface, concat, getBytes, getCreateAddress, keccak256, toBeHex, zeroPadValue } from 'ethers';
import type { InterfaceAbi, Result } from 'ethers';
import hre from 'hardhat';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { it } from 'node:test';
import type { Program } from '../../prover/index.ts';
import { buildCrate, succeed } from '../support/crates.ts';
import { rustOrSkip } from '../support/rust.ts';

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

contract Sample {
    mapping(address => uint256) public balanceOf;
    event Transfer(address indexed from, address indexed to, uint256 amount);

    constructor(uint256 supply) { balanceOf[msg.sender] = supply; }

    function transfer(address to, uint256 amount) external returns (bool) {
        require(balanceOf[msg.sender] >= amount, "too little");
        unchecked { balanceOf[msg.sender] -= amount; }
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    function forever() external view { while (gasleft() > 0) {} }

    function precompile(address which, bytes calldata input) external returns (bytes memory output) {
        bool success;
        (success, output) = which.call(input);
        require(success, "refused");
    }
}`;

const CODER = AbiCoder.defaultAbiCoder();
/** The first account of Hardhat's chain. */
const FROM = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266';
const GAS_LIMIT = 1_000_000n;
const Address = bcs.fixedArray(20, bcs.u8());
const Input = bcs.struct('Input', {
  accounts: bcs.vector(bcs.tuple([Address, bcs.u128()])),
  transactions: bcs.vector(
    bcs.struct('Transaction', {
      from: Address,
      to: bcs.option(Address),
      nonce: bcs.u64(),
      value: bcs.u128(),
      gasLimit: bcs.u64(),
      data: bcs.vector(bcs.u8()),
    }),
  ),
  slots: bcs.vector(bcs.tuple([Address, bcs.fixedArray(32, bcs.u8())])),
});

type Transaction = { readonly to: string | undefined; readonly data: string };
type Done = { readonly success: boolean; readonly gas: bigint; readonly output: string; readonly logs: string };

/** What is used of the compiler's answer. */
type SolcOutput = {
  readonly contracts: {
    readonly 'Sample.sol': {
      readonly Sample: { readonly abi: InterfaceAbi; readonly evm: { readonly bytecode: { readonly object: string } } };
    };
  };
};

function compile(): { abi: Interface; code: string } {
  const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };
  const settings = {
    evmVersion: 'prague',
    optimizer: { enabled: true },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  };
  const sources = { 'Sample.sol': { content: SOURCE } };
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }))) as SolcOutput;
  const { abi, evm } = output.contracts['Sample.sol'].Sample;
  return { abi: new Interface(abi), code: `0x${evm.bytecode.object}` };
}

const word = (value: bigint | number): string => toBeHex(value, 32);

/** Calls of precompiled contracts: address, input. Points of BN254 and BLS12-381 are the generators. */
function precompileCalls(): [string, string][] {
  const hash = keccak256('0x1234');
  const r = '0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
  // Any s makes a valid signature of somebody for this r.
  const recover = concat([hash, word(27), r, word(0x1234567)]);
  const modexp = concat([word(32), word(1), word(32), word(7n ** 80n), '0x0b', word(2n ** 255n - 19n)]);
  const [one, two] = [word(1), word(2)];
  const minus = word(21888242871839275222246405745257275088696311157297823662689037894645226208583n - 2n);
  const g2 = concat([
    '0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2',
    '0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed',
    '0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b',
    '0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa',
  ]);
  const blsX = '0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb';
  const blsY = '0x08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1';
  const bls = concat([zeroPadValue(blsX, 64), zeroPadValue(blsY, 64)]);
  const blake2f = concat([
    '0x0000000c',
    `0x${'48c9bdf267e6096a'.repeat(8)}`,
    `0x${'6162630000000000'.repeat(16)}`,
    `0x${'03'.padEnd(32, '0')}01`,
  ]);
  const calls: [number, string][] = [
    [1, recover],
    [2, '0x616263'],
    [3, '0x616263'],
    [4, '0x010203'],
    [5, modexp],
    [6, concat([one, two, one, two])],
    [7, concat([one, two, word(123456789)])],
    [8, concat([one, two, g2, one, minus, g2])],
    [9, blake2f],
    [11, concat([bls, bls])],
  ];
  return calls.map(([address, input]) => [toBeHex(address, 20), input]);
}

/** Executes the transactions on a chain of Hardhat's, all from one account; says what each did and what is stored at the end. */
async function onHardhat(transactions: readonly Transaction[], slots: readonly (readonly [string, string])[]) {
  const override = { hardfork: 'prague', throwOnTransactionFailures: false };
  const { ethers } = await hre.network.create({ override });
  const [signer] = await ethers.getSigners();
  assert.ok(signer !== undefined);
  const results: Done[] = [];
  for (const { to, data } of transactions) {
    const call = { to: to ?? null, data, gasLimit: GAS_LIMIT, from: signer.address };
    // What it returns, before it changes anything; the data of a revert is in the error.
    const output = await ethers.provider.call(call).catch((error: { data?: string }) => error.data ?? '0x');
    const { hash } = await signer.sendTransaction(call);
    const receipt = await ethers.provider.getTransactionReceipt(hash);
    assert.ok(receipt !== null);
    results.push({
      success: receipt.status === 1,
      gas: receipt.gasUsed,
      output: to === undefined ? receipt.contractAddress!.toLowerCase() : output,
      logs: keccak256(concat(receipt.logs.flatMap(({ topics, data: bytes }) => [...topics, bytes]))),
    });
  }
  const values = await Promise.all(slots.map(([address, slot]) => ethers.provider.getStorage(address, slot)));
  return { results, values };
}

/** Executes them in the guest. */
function inGuest(
  program: Program,
  transactions: readonly Transaction[],
  slots: readonly (readonly [string, string])[],
) {
  const input = Input.serialize({
    accounts: [[getBytes(FROM), 10n ** 20n]],
    transactions: transactions.map(({ to, data }, nonce) => ({
      from: getBytes(FROM),
      to: to === undefined ? null : getBytes(to),
      nonce,
      value: 0n,
      gasLimit: GAS_LIMIT,
      data: getBytes(data),
    })),
    slots: slots.map(([address, slot]) => [getBytes(address), getBytes(slot)]),
  }).toBytes();
  const { publicValues, cycles } = succeed(program, [input]);
  const types = ['tuple(bool success, uint64 gas, bytes output, bytes32 logs)[]', 'bytes32[]'];
  const [results, values] = CODER.decode(types, publicValues).toArray() as [Result, Result];
  return {
    cycles,
    results: results.map((result: Result) => result.toObject() as Done),
    values: values.toArray() as string[],
  };
}

it('does what Hardhat does: creation, calls, events, reverts, gas that runs out, precompiled contracts', async (t) => {
  if (rustOrSkip(t) === undefined) return;
  const { elf, program } = await buildCrate('revm');
  assert.ok(elf.length > 2 ** 20, 'more than one MiB of program');

  const { abi, code } = compile();
  const sample = getCreateAddress({ from: FROM, nonce: 0 });
  const other = '0x00000000000000000000000000000000000000aa';
  const call = (name: string, ...values: unknown[]): Transaction => ({
    to: sample,
    data: abi.encodeFunctionData(name, values),
  });
  const transactions: Transaction[] = [
    { to: undefined, data: concat([code, CODER.encode(['uint256'], [1_000_000n])]) },
    call('transfer', other, 1234n),
    call('transfer', other, 1n),
    call('balanceOf', other),
    call('transfer', other, 10n ** 9n),
    call('forever'),
    ...precompileCalls().map((values) => call('precompile', ...values)),
  ];
  const slotOf = (owner: string): string => keccak256(CODER.encode(['address', 'uint256'], [owner, 0]));
  const slots = [FROM, other].map((owner) => [sample, slotOf(owner)] as const);

  const guest = inGuest(program, transactions, slots);
  const hardhat = await onHardhat(transactions, slots);
  assert.deepEqual(guest.values, [toBeHex(998_765n, 32), toBeHex(1235n, 32)]);
  assert.deepEqual(guest.values, hardhat.values);
  const [, , , balance, revert, endless, ...precompiles] = guest.results;
  assert.equal(BigInt(balance!.output), 1235n);
  assert.equal(revert!.output, `0x08c379a0${CODER.encode(['string'], ['too little']).slice(2)}`);
  assert.equal(endless!.gas, GAS_LIMIT);
  assert.ok(
    precompiles.every(({ success }) => success),
    'all precompiled contracts answer',
  );
  // Why gas ran out is told by revm only.
  const known = (results: readonly Done[]): Done[] =>
    results.map((done) => (done.gas === GAS_LIMIT ? { ...done, output: '' } : done));
  assert.deepEqual(known(guest.results), known(hardhat.results));
  t.diagnostic(`${guest.cycles} cycles`);
});
