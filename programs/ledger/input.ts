/** Builders of the input of `ledger`, and what its blocks commit. */
import { bcs } from '@mysten/bcs';
import { sha256 } from '@noble/hashes/sha2.js';
import { AbiCoder, getBytes, hexlify, toBeHex } from 'ethers';

/** Balances by address (hex of 20 bytes); those of zero are left out. */
export type State = ReadonlyMap<string, bigint>;

export type Transfer = { readonly from: string; readonly to: string; readonly amount: bigint };

/** What a block commits. */
export type Block = {
  /** The key of the program, bytes32. */
  readonly vkey: string;
  readonly genesis: string;
  readonly root: string;
  readonly height: bigint;
};

const Bytes32 = bcs.bytes(32);
const Address = bcs.bytes(20);
const StateType = bcs.map(Address, bcs.u64());
const Input = bcs.struct('Input', {
  vkey: Bytes32,
  previous: bcs.option(bcs.struct('Previous', { genesis: Bytes32, height: bcs.u64() })),
  state: StateType,
  transfers: bcs.vector(bcs.struct('Transfer', { from: Address, to: Address, amount: bcs.u64() })),
});

/** The input of a block: the one before, or none, the state before, and the transfers. */
export function blockInput(
  vkey: string,
  previous: Block | undefined,
  state: State,
  transfers: readonly Transfer[] = [],
): Uint8Array {
  return Input.serialize({
    vkey: getBytes(vkey),
    previous: previous === undefined ? null : { genesis: getBytes(previous.genesis), height: previous.height },
    state: entries(state),
    transfers: transfers.map(({ from, to, amount }) => ({ from: getBytes(from), to: getBytes(to), amount })),
  }).toBytes();
}

/** The root of a state. */
export function stateRoot(state: State): string {
  return hexlify(sha256(StateType.serialize(entries(state)).toBytes()));
}

/** The state after transfers that all pass. */
export function applyTransfers(state: State, transfers: readonly Transfer[]): State {
  const balances = new Map(state);
  for (const { from, to, amount } of transfers) {
    balances.set(from, (balances.get(from) ?? 0n) - amount);
    balances.set(to, (balances.get(to) ?? 0n) + amount);
  }
  return new Map([...balances].filter(([, balance]) => balance !== 0n));
}

/** What the program commits for a block. */
export function blockValues({ vkey, genesis, root, height }: Block): string {
  return AbiCoder.defaultAbiCoder().encode(['bytes32', 'bytes32', 'bytes32', 'uint64'], [vkey, genesis, root, height]);
}

/** The first block of a ledger of two accounts. It verifies nothing, so any key will do until it is proved for a chain. */
export function sampleInput(): Uint8Array[] {
  const state = new Map([
    [toBeHex(1, 20), 1000n],
    [toBeHex(2, 20), 50n],
  ]);
  return [blockInput(toBeHex(1, 32), undefined, state)];
}

function entries(state: State): Map<Uint8Array, bigint> {
  return new Map([...state].map(([address, balance]) => [getBytes(address), balance]));
}
