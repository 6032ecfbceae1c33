/** Which compilers a project may use: 0.8.4 and newer for the interfaces, 0.8.20 and newer for contracts and templates. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ContractFactory } from 'ethers';
import { verifierHash } from '../../prover/groth16/key/verifier-key.ts';
import { digestOf, keyArgument, newChain, rejectsWith, send, words } from '../support/chain.ts';
import { COMPILERS, compile, packageFile } from '../support/solidity.ts';
import { toyGroth16 } from '../support/toy-groth16.ts';

const CONTRACTS = globSync('contracts/**/*.sol', { cwd: path.resolve(import.meta.dirname, '../..') });
const TEMPLATE = packageFile('plugin/internal/tasks/new/templates/Consumer.sol.txt')
  .replaceAll('{{name}}', 'price-feed')
  .replaceAll('{{Name}}', 'PriceFeed');

/** A consumer as somebody on an old compiler writes it. */
const OLD_CONSUMER = `// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;
import {IZkConsumer, IZkVerifier} from "hardhat-zkvm/contracts/IZkVerifier.sol";
contract OldConsumer is IZkConsumer {
    IZkVerifier public immutable VERIFIER;
    uint256 public learned;
    constructor(IZkVerifier verifier) {
        VERIFIER = verifier;
    }
    function submitProof(bytes calldata publicValues, bytes calldata proofBytes) external override {
        VERIFIER.verifyProof(bytes32(uint256(77)), publicValues, proofBytes);
        learned = abi.decode(publicValues, (uint256));
    }
}`;

for (const compiler of COMPILERS) {
  test(`${compiler}: the interfaces compile, and a consumer has the verifier's errors in its ABI`, () => {
    const contracts = compile({ 'Old.sol': OLD_CONSUMER }, compiler);
    const errors = (name: string) =>
      contracts
        .get(name)!
        .abi.filter(({ type }) => type === 'error')
        .map(({ name: error }) => error);
    assert.ok(errors('OldConsumer').includes('InvalidProof'));
    assert.deepEqual(errors('OldConsumer'), errors('IZkVerifierErrors'));
    assert.deepEqual(errors('IZkVerifier'), errors('IZkVerifierErrors'));
  });
}

for (const compiler of COMPILERS.filter((name) => name !== 'solc-0.8.4')) {
  test(`${compiler}: every contract and the template of zkvm new compile and decide alike`, async () => {
    const toy = await toyGroth16();
    const files = CONTRACTS.map((file): [string, string] => [
      `hardhat-zkvm/${file.split(path.sep).join('/')}`,
      packageFile(file),
    ]);
    assert.ok(files.length >= 7);
    const sources = {
      ...Object.fromEntries(files),
      'contracts/PriceFeedConsumer.sol': TEMPLATE,
    };
    const contracts = compile(sources, compiler);
    assert.ok(contracts.has('PriceFeedConsumer'));

    const { signers } = await newChain();
    const deploy = async (name: string, ...args: unknown[]) => {
      const { abi, bytecode } = contracts.get(name)!;
      const contract = await new ContractFactory([...abi], bytecode, signers[0]).deploy(...args);
      await contract.waitForDeployment();
      return contract;
    };
    const verifier = await deploy('ZkVerifier', keyArgument(toy.key));
    assert.equal(await verifier.getFunction('VERIFIER_HASH')(), verifierHash(toy.key));
    const gateway = await deploy('ZkVerifierGateway', signers[0].address);
    await send(gateway.getFunction('addRoute')(await verifier.getAddress()));
    const consumer = await deploy('PriceFeedConsumer', await gateway.getAddress(), words(77));
    const proof = toy.prove(77n, digestOf(words(377)));
    await rejectsWith(consumer.getFunction('submitProof')(words(378), proof), consumer, 'InvalidProof');
    await send(consumer.getFunction('submitProof')(words(377), proof));
    assert.equal(await consumer.getFunction('hasDivisor')(377), true);
  });
}
