import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Contract } from 'ethers';
import { verifierHash, verifierKeyBytes } from '../../prover/groth16/key/verifier-key.ts';
import { digestOf, keyArgument, newChain, rejectsWith, words } from '../support/chain.ts';
import { BASE_MODULUS, toyGroth16 } from '../support/toy-groth16.ts';

const GROUP_ORDER = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
const PUBLIC_VALUES = words(10, 34, 55);
const VKEY = `0x00${'ab'.repeat(31)}`;

const toy = await toyGroth16();
const proof = toy.prove(BigInt(VKEY), digestOf(PUBLIC_VALUES));
let chain: Awaited<ReturnType<typeof newChain>>;
let verifier: Contract;

const verify = (vkey: string, values: string, bytes: string, gas?: bigint) =>
  verifier.getFunction('verifyProof').staticCall(vkey, values, bytes, gas === undefined ? {} : { gasLimit: gas });

/** Proof with the coordinate at `index` replaced. */
function withCoordinate(bytes: string, index: number, value: bigint): string {
  const at = 10 + 64 * index;
  return bytes.slice(0, at) + value.toString(16).padStart(64, '0') + bytes.slice(at + 64);
}

const coordinate = (bytes: string, index: number): bigint =>
  BigInt(`0x${bytes.slice(10 + 64 * index, 74 + 64 * index)}`);

before(async () => {
  chain = await newChain();
  verifier = await chain.deploy('ZkVerifier', keyArgument(toy.key));
});

test('accepts proofs, and several different ones of the same statement', async () => {
  await verify(VKEY, PUBLIC_VALUES, proof);
  const other = toy.prove(BigInt(VKEY), digestOf(PUBLIC_VALUES), 1234567n);
  assert.notEqual(other, proof);
  await verify(VKEY, PUBLIC_VALUES, other);
});

test('hash, control root and insecurity are what TypeScript computes', async () => {
  assert.equal(await verifier.getFunction('VERIFIER_HASH')(), verifierHash(toy.key));
  assert.equal(await verifier.getFunction('CONTROL_ROOT')(), toy.key.controlRoot);
  assert.equal(await verifier.getFunction('INSECURE_DEVELOPMENT_KEY')(), true);
  assert.equal(proof.slice(0, 10), verifierHash(toy.key).slice(0, 10));
  const encoded = verifier.interface.encodeDeploy([keyArgument(toy.key)]);
  assert.equal(encoded, `0x${Buffer.from(verifierKeyBytes(toy.key)).toString('hex')}`);
});

test('every part of the key changes the hash', async () => {
  const hashes = new Set([verifierHash(toy.key)]);
  for (const other of [
    await toyGroth16(0x1235n),
    await toyGroth16(0x1234n, false),
    await toyGroth16(0x1234n, true, 1n),
  ])
    hashes.add(verifierHash(other.key));
  assert.equal(hashes.size, 4);
});

test('a proof under another control root is refused', async () => {
  const other = await toyGroth16(0x4321n);
  const bytes = proof.slice(0, 10) + other.prove(BigInt(VKEY), digestOf(PUBLIC_VALUES)).slice(10);
  await rejectsWith(verify(VKEY, PUBLIC_VALUES, bytes), verifier, 'InvalidProof');
});

test('another key, other or longer public values are refused', async () => {
  await rejectsWith(verify(`0x00${'ac'.repeat(31)}`, PUBLIC_VALUES, proof), verifier, 'InvalidProof');
  await rejectsWith(verify(VKEY, words(10, 34, 56), proof), verifier, 'InvalidProof');
  await rejectsWith(verify(VKEY, `${PUBLIC_VALUES}00`, proof), verifier, 'InvalidProof');
  await rejectsWith(verify(VKEY, '0x', proof), verifier, 'InvalidProof');
});

test('wrong length and wrong selector have their own errors', async () => {
  for (const bytes of ['0x', proof.slice(0, 8), proof.slice(0, -2), `${proof}00`]) {
    const args = await rejectsWith(verify(VKEY, PUBLIC_VALUES, bytes), verifier, 'InvalidProofLength');
    assert.deepEqual(args, [BigInt((bytes.length - 2) / 2), 260n]);
  }
  const args = await rejectsWith(
    verify(VKEY, PUBLIC_VALUES, `0xdeadbeef${proof.slice(10)}`),
    verifier,
    'WrongVerifierSelector',
  );
  assert.deepEqual(args, ['0xdeadbeef', proof.slice(0, 10)]);
});

test('inputs and coordinates outside their fields are refused, not reduced', async () => {
  const vkey = `0x${(BigInt(VKEY) + GROUP_ORDER).toString(16).padStart(64, '0')}`;
  await rejectsWith(verify(vkey, PUBLIC_VALUES, proof), verifier, 'PublicInputNotInField');
  for (let index = 0; index < 8; index += 1) {
    const moved = coordinate(proof, index) + BASE_MODULUS;
    const args = await rejectsWith(
      verify(VKEY, PUBLIC_VALUES, withCoordinate(proof, index, moved)),
      verifier,
      'CoordinateNotInField',
    );
    assert.deepEqual(args, [BigInt(index), moved]);
  }
});

test('every coordinate matters, and points off the curve or at infinity are refused for bounded gas', async () => {
  for (let index = 0; index < 8; index += 1) {
    const bad = withCoordinate(proof, index, (coordinate(proof, index) + 1n) % BASE_MODULUS);
    await rejectsWith(verify(VKEY, PUBLIC_VALUES, bad), verifier, 'InvalidProof');
  }
  const nothing = proof.slice(0, 10) + '00'.repeat(256);
  await rejectsWith(verify(VKEY, PUBLIC_VALUES, nothing), verifier, 'InvalidProof');
  // Sent with sixteen million gas, a point off the curve burns about what a good proof costs.
  const off = withCoordinate(proof, 0, 5n);
  const data = verifier.interface.encodeFunctionData('verifyProof', [VKEY, PUBLIC_VALUES, off]);
  const [signer] = chain.signers;
  const hash = await signer
    .sendTransaction({ to: await verifier.getAddress(), data, gasLimit: 16_000_000n })
    .then((response) => response.hash)
    .catch(() => chain.ethers.provider.getBlock('latest').then((block) => block?.transactions[0]));
  const receipt = await chain.ethers.provider.getTransactionReceipt(String(hash));
  assert.equal(receipt?.status, 0);
  assert.ok(receipt.gasUsed < 232_000n, `${receipt.gasUsed}`);
});

test('too little gas never makes a good proof look wrong', async () => {
  const outcomes = new Set<string>();
  for (let gas = 40_000n; gas <= 260_000n; gas += 4_000n) {
    try {
      await verify(VKEY, PUBLIC_VALUES, proof, gas);
      outcomes.add('accepted');
    } catch (error) {
      const data = (error as { data?: string }).data;
      const name = data?.startsWith('0x') && data.length > 2 ? verifier.interface.parseError(data)?.name : 'out of gas';
      outcomes.add(name ?? 'unknown');
    }
  }
  assert.deepEqual([...outcomes].sort(), ['InsufficientGas', 'accepted']);
});

test('the constructor refuses keys with points outside their groups', async () => {
  const [a, b, g, d, ic, root, insecure] = keyArgument(toy.key) as [
    string[],
    string[],
    string[],
    string[],
    string[],
    string,
    boolean,
  ];
  const plusOne = (list: string[], index: number): string[] =>
    list.map((value, i) =>
      i === index ? `0x${((BigInt(value) + 1n) % BASE_MODULUS).toString(16).padStart(64, '0')}` : value,
    );
  const zero = ['0x00', '0x00', '0x00', '0x00'];
  const bad: unknown[][] = [
    [plusOne(a, 1), b, g, d, ic, root, insecure],
    [a, plusOne(b, 2), g, d, ic, root, insecure],
    [a, b, plusOne(g, 3), d, ic, root, insecure],
    [a, b, g, plusOne(d, 0), ic, root, insecure],
    ...[0, 2, 4, 6].map((i) => [a, b, g, d, plusOne(ic, i), root, insecure]),
    [a, zero, g, d, ic, root, insecure],
    [a, b, zero, d, ic, root, insecure],
    [a, b, g, zero, ic, root, insecure],
    [a, b, g, g, ic, root, insecure],
  ];
  for (const key of bad) await rejectsWith(chain.deploy('ZkVerifier', key), verifier, 'InvalidVerifyingKey');
  const large = `0x${GROUP_ORDER.toString(16)}`;
  await rejectsWith(chain.deploy('ZkVerifier', [a, b, g, d, ic, large, insecure]), verifier, 'PublicInputNotInField');
});

test('public values of many lengths hash as the specification says', async () => {
  for (const length of [0, 1, 31, 32, 33, 55, 56, 63, 64, 65, 1000]) {
    const values = `0x${'5a'.repeat(length)}`;
    assert.equal(BigInt((await verifier.getFunction('hashPublicValues')(values)) as string), digestOf(values));
    await verify(VKEY, values, toy.prove(BigInt(VKEY), digestOf(values)));
  }
});
