/** Builders of the input of `web`. */
import { bcs } from '@mysten/bcs';
import { SigningKey, Wallet, getBytes, hashMessage, sha256, Signature } from 'ethers';

const Input = bcs.struct('Input', {
  body: bcs.byteVector(),
  queries: bcs.vector(bcs.string()),
  signature: bcs.option(bcs.struct('Signature', { publicKey: bcs.byteVector(), rs: bcs.byteVector() })),
});

/** The text that a publisher signs with `wallet.signMessage` to stand for a document. */
export function messageToSign(body: Uint8Array): string {
  return `web response sha256 ${sha256(body)}`;
}

/**
 * The input item: the bytes of a JSON document; queries such as `string /name`, `bool /open/0` or `fixed8 /price`; and a
 * signature of `messageToSign`, when there is one.
 */
export function webInput(body: Uint8Array, queries: readonly string[], signature?: Signature): Uint8Array {
  return Input.serialize({
    body,
    queries,
    signature:
      signature === undefined
        ? null
        : {
            publicKey: getBytes(SigningKey.recoverPublicKey(hashMessage(messageToSign(body)), signature)).subarray(1),
            rs: getBytes(signature.r + signature.s.slice(2)),
          },
  }).toBytes();
}

/** The document of sample.bin: what an exchange might answer. */
export const SAMPLE_BODY = `{
  "code": "0",
  "account": { "id": "acct_5310", "tier": "gold", "email": "kim@example.org" },
  "data": [
    { "pair": "BTC/USD", "last": "64512.70", "time": 1767225598, "halted": false },
    { "pair": "ETH/USD", "last": "3127.4405", "time": 1767225599, "halted": false }
  ],
  "note": "Prices are \\u201clast trade\\u201d prices."
}
`;

/** The queries of sample.bin. */
export const SAMPLE_QUERIES = [
  'string /data/1/pair',
  'fixed8 /data/1/last',
  'fixed0 /data/1/time',
  'bool /data/1/halted',
];

/** The input in sample.bin. */
export function sampleInput(): Uint8Array[] {
  return [webInput(Buffer.from(SAMPLE_BODY), SAMPLE_QUERIES)];
}

/** The input in signed.bin: the same, signed with a key that everybody knows. */
export function signedSampleInput(): Uint8Array[] {
  const body = Buffer.from(SAMPLE_BODY);
  const signature = new Wallet(`0x${'11'.repeat(32)}`).signMessageSync(messageToSign(body));
  return [webInput(body, SAMPLE_QUERIES, Signature.from(signature))];
}
