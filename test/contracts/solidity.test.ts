import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContractFactory } from 'ethers';
import { generateVerifierSolidity } from '../../prover/groth16/key/solidity.ts';
import { verifierHash } from '../../prover/groth16/key/verifier-key.ts';
import { digestOf, newChain, rejectsWith, words } from '../support/chain.ts';
import { compile } from '../support/solidity.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

test('the generated verifier is the shipped one with its key: same hash, same decisions', async () => {
  const toy = await toyGroth16();
  const { abi, bytecode } = compile({ 'Generated.sol': generateVerifierSolidity(toy.key) }).get('ZkVerifierWithKey')!;
  const chain = await newChain();
  const verifier = await new ContractFactory([...abi], bytecode, chain.signers[0]).deploy();
  await verifier.waitForDeployment();
  assert.equal(await verifier.getFunction('VERIFIER_HASH')(), verifierHash(toy.key));
  const [vkey, values] = [words(77), words(1, 2, 3)];
  const proof = toy.prove(77n, digestOf(values));
  await verifier.getFunction('verifyProof').staticCall(vkey, values, proof);
  await rejectsWith(
    verifier.getFunction('verifyProof').staticCall(vkey, words(1, 2, 4), proof),
    verifier,
    'InvalidProof',
  );
});

test('the insecure key is marked in the source, and names are checked', async () => {
  const { key } = await toyGroth16();
  assert.match(generateVerifierSolidity(key), /INSECURE/);
  assert.doesNotMatch(generateVerifierSolidity({ ...key, insecureSetup: false }), /INSECURE/);
  assert.match(generateVerifierSolidity(key, { contractName: 'Mine' }), /contract Mine is ZkVerifier/);
  assert.throws(() => generateVerifierSolidity(key, { contractName: 'a b' }), RangeError);
});
