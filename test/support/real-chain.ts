/** Real proofs on a chain: the verifier of this version behind a gateway, deployed as users do, and forgeries that it refuses. */
import type { Contract } from 'ethers';
import type { Proof } from '../../prover/index.ts';
import { newChain, rejectsWith } from './chain.ts';

/** A chain with gateway and verifier of the committed key. */
export async function realChain() {
  const chain = await newChain();
  const deployment = await chain.connection.zkvm.deploy();
  const { zkvm, ethers } = chain.connection;
  const at = async (name: string, address: string): Promise<Contract> =>
    (await ethers.getContractAt(name, address)) as unknown as Contract;
  return {
    ...chain,
    zkvm,
    selector: deployment.selector,
    gateway: await at('ZkVerifierGateway', deployment.gateway.address),
    verifier: await at('ZkVerifier', deployment.verifier.address),
  };
}

/** The bytes with one changed; negative places count from the end. */
export function withByte(bytes: string, index: number): string {
  const changed = Buffer.from(bytes.slice(2), 'hex');
  const at = index < 0 ? changed.length + index : index;
  changed[at] = (changed[at] ?? 0) ^ 1;
  return `0x${changed.toString('hex')}`;
}

/**
 * Asserts that gateway, verifier and whoever relies on them (`submit`, to a contract with the verifier's errors in its ABI)
 * refuse a good proof with other public values, and that of another program under its name where there is one, and that the
 * gateway refuses it under another key.
 */
export async function refusesForgeries(
  { gateway, verifier }: { readonly gateway: Contract; readonly verifier: Contract },
  proof: Proof,
  other: Proof | undefined,
  consumer: Contract,
  submit: (publicValues: string, proofBytes: string) => Promise<unknown>,
): Promise<void> {
  const { vkey, publicValues } = proof;
  const changed = [0, Math.floor(publicValues.length / 4), -1].map((place) => withByte(publicValues, place));
  const longer = `${publicValues}00`;
  for (const values of [...changed, longer, ...(other === undefined ? [] : [other.publicValues])])
    for (const target of [gateway, verifier])
      await rejectsWith(
        target.getFunction('verifyProof').staticCall(vkey, values, proof.proof),
        target,
        'InvalidProof',
      );
  for (const values of changed) await rejectsWith(submit(values, proof.proof), consumer, 'InvalidProof');
  // A true statement of another program, and its proof beside what is claimed here.
  if (other !== undefined) await rejectsWith(submit(publicValues, other.proof), consumer, 'InvalidProof');
  const keys = [withByte(vkey, 31), ...(other === undefined ? [] : [other.vkey])];
  for (const key of keys)
    await rejectsWith(
      gateway.getFunction('verifyProof').staticCall(key, publicValues, proof.proof),
      gateway,
      'InvalidProof',
    );
  // A selector is no proof, and points that are not on the curve are none.
  await rejectsWith(submit(publicValues, withByte(proof.proof, 0)), consumer, 'RouteNotFound');
  await rejectsWith(submit(publicValues, withByte(proof.proof, -1)), consumer, 'InvalidProof');
  await rejectsWith(submit(publicValues, proof.proof.slice(0, -2)), consumer, 'InvalidProofLength');
}
