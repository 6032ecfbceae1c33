/** Builders of the input of `secret`. */
import { bcs } from '@mysten/bcs';
import { getBytes } from 'ethers';

const Input = bcs.struct('Input', {
  claimant: bcs.bytes(20),
  puzzle: bcs.string(),
  solution: bcs.string(),
  secret: bcs.bytes(32),
});

export type SecretInput = {
  /** The address that the claim is for. */
  readonly claimant: string;
  /** 81 digits, row by row; 0 is an empty cell. */
  readonly puzzle: string;
  /** 81 digits from 1 to 9. */
  readonly solution: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
};

/** The input item. */
export function secretInput(input: SecretInput): Uint8Array {
  return Input.serialize({ ...input, claimant: getBytes(input.claimant) }).toBytes();
}

/** What sample.bin holds. A secret that counts is drawn at random: `crypto.getRandomValues(new Uint8Array(32))`. */
export const SAMPLE: SecretInput = {
  claimant: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  puzzle: [
    '530070000',
    '600195000',
    '098000060',
    '800060003',
    '400803001',
    '700020006',
    '060000280',
    '000419005',
    '000080079',
  ].join(''),
  solution: [
    '534678912',
    '672195348',
    '198342567',
    '859761423',
    '426853791',
    '713924856',
    '961537284',
    '287419635',
    '345286179',
  ].join(''),
  secret: new TextEncoder().encode('thirty-two bytes to be kept back'),
};

/** The input in sample.bin. */
export function sampleInput(): Uint8Array[] {
  return [secretInput(SAMPLE)];
}
