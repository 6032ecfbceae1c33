/** Builders of the input of `bridge`. */
import { bcs } from '@mysten/bcs';
import { getBytes, toBeHex } from 'ethers';
import { readFileSync } from 'node:fs';

const Bytes32 = bcs.fixedArray(32, bcs.u8());
const Nodes = bcs.vector(bcs.byteVector());

const Input = bcs.struct('Input', {
  header: bcs.byteVector(),
  address: bcs.fixedArray(20, bcs.u8()),
  account: bcs.struct('Account', { nonce: bcs.u64(), balance: Bytes32, storageRoot: Bytes32, codeHash: Bytes32 }),
  accountProof: Nodes,
  slots: bcs.vector(bcs.struct('Slot', { slot: Bytes32, value: Bytes32, proof: Nodes })),
});

/** What a node answers to `eth_getProof`: numbers and bytes in hexadecimal. */
export type EthProof = {
  readonly address: string;
  readonly nonce: string;
  readonly balance: string;
  readonly storageHash: string;
  readonly codeHash: string;
  readonly accountProof: readonly string[];
  readonly storageProof: readonly {
    readonly key: string;
    readonly value: string;
    readonly proof: readonly string[];
  }[];
};

/** The input item: a block's header in RLP, and the answer to `eth_getProof` for that block. */
export function bridgeInput(header: Uint8Array, proof: EthProof): Uint8Array {
  const bytes32 = (value: string): number[] => [...getBytes(toBeHex(value, 32))];
  return Input.serialize({
    header,
    address: [...getBytes(proof.address)],
    account: {
      nonce: BigInt(proof.nonce),
      balance: bytes32(proof.balance),
      storageRoot: bytes32(proof.storageHash),
      codeHash: bytes32(proof.codeHash),
    },
    accountProof: proof.accountProof.map((node) => getBytes(node)),
    slots: proof.storageProof.map(({ key, value, proof: nodes }) => ({
      slot: bytes32(key),
      value: bytes32(value),
      proof: nodes.map((node) => getBytes(node)),
    })),
  }).toBytes();
}

/** The header and the proof of the sample; `sampleChain` of chain.ts makes them. */
export const SAMPLE = JSON.parse(readFileSync(new URL('sample.json', import.meta.url), 'utf8')) as {
  /** RLP, in hexadecimal. */
  readonly header: string;
  readonly proof: EthProof;
};

/** The input in sample.bin. */
export function sampleInput(): Uint8Array[] {
  return [bridgeInput(getBytes(SAMPLE.header), SAMPLE.proof)];
}
