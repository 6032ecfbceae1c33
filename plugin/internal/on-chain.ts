/** `connection.zkvm`: deployment of verifier and gateway, and submission of proofs. */
import type { EthereumProvider } from 'hardhat/types/providers';
import { verifierHash, verifierKeyBytes } from '../../prover/groth16/verifier-key.ts';
import { pluginError } from '../errors.ts';
import type {
  DeployedContract,
  Deployment,
  DeployRequest,
  Hex,
  Proof,
  RunOptions,
  SetupInfo,
  Submission,
  SubmitRequest,
  ZkvmConfig,
  ZkvmConnection,
} from '../types.ts';
import { addressWord, encodeCall, selectorOf } from './abi.ts';
import { BYTECODE } from './artifacts.ts';
import { readDeployment, writeDeployment } from './deployments.ts';
import type { DeploymentRecord } from './deployments.ts';
import { MOCK_HASH } from './mock-proof.ts';
import { Rpc } from './rpc.ts';

const LOCAL_CHAINS: readonly number[] = [31337, 1337];
const VERIFY = 'verifyProof(bytes32,bytes,bytes)';

/** What of the keys goes on chain. It is committed: nothing has to be made for a deployment. */
type Keys = Pick<SetupInfo, 'verifier'>;

/** What is to be routed: creation code with its arguments, and the hash under which it will be found. */
type Wanted = { readonly code: Hex; readonly hash: Hex; readonly insecureSetup: boolean };

/** Makes the object behind `connection.zkvm`. `inProcess` chains end with the process: nothing is recorded for them. */
export function createOnChain(
  provider: EthereumProvider,
  config: ZkvmConfig,
  inProcess: boolean,
  setup: (options: RunOptions) => Promise<Keys>,
): Omit<ZkvmConnection, 'mockProof'> {
  const rpc = new Rpc(provider);
  let deployed: DeploymentRecord | undefined;

  const deployBytecode = async (bytecode: Hex, args: Hex = '0x'): Promise<DeployedContract> => {
    const receipt = await rpc.send('The deployment', { data: `${bytecode}${args.slice(2)}` });
    if (receipt.contractAddress === null) throw pluginError('The deployment gave no address.');
    return { address: receipt.contractAddress, gasUsed: BigInt(receipt.gasUsed), reused: false };
  };

  const recorded = async (chainId: number): Promise<DeploymentRecord | undefined> => {
    const record = inProcess ? deployed : await readDeployment(config.deployments, chainId);
    // A development node may have been started afresh since.
    return record !== undefined && (await rpc.code(record.gateway)) !== '0x' ? record : undefined;
  };

  const route = async (gateway: Hex, selector: Hex, wanted: Wanted): Promise<DeployedContract> => {
    const answer = await rpc.call(gateway, `${selectorOf('routes(bytes4)')}${selector.slice(2).padEnd(64, '0')}`);
    const existing: Hex = `0x${answer.slice(26, 66)}`;
    if (BigInt(existing) !== 0n) {
      if (BigInt(`0x${answer.slice(66)}`) !== 0n)
        throw pluginError(
          `The gateway ${gateway} has frozen the verifier ${selector}: its proofs are refused for ever.`,
        );
      return { address: existing, gasUsed: 0n, reused: true };
    }
    const verifier = await deployBytecode(wanted.code);
    const data = encodeCall('addRoute(address)', [addressWord(verifier.address)], []);
    await rpc.send('Adding the route', { to: gateway, data });
    return verifier;
  };

  const deploy = async (request: DeployRequest = {}): Promise<Deployment> => {
    const chainId = await rpc.chainId();
    const wanted = request.mock === true ? mockContract(chainId) : realContract(await setup(request));
    if (
      wanted.insecureSetup &&
      request.mock !== true &&
      !LOCAL_CHAINS.includes(chainId) &&
      request.allowInsecureSetup !== true
    )
      throw pluginError(
        `The Groth16 keys come from the development setup, so anyone could forge proofs on chain ${chainId}; pass --allow-insecure-setup for a test deployment.`,
      );
    const before = await recorded(chainId);
    const gateway: DeployedContract =
      before === undefined
        ? await deployBytecode(BYTECODE.gateway, `0x${addressWord(request.owner ?? (await rpc.sender()))}`)
        : { address: before.gateway, gasUsed: 0n, reused: true };
    const selector = wanted.hash.slice(0, 10) as Hex;
    const verifier = await route(gateway.address, selector, wanted);
    const entry = { address: verifier.address, hash: wanted.hash, insecureSetup: wanted.insecureSetup };
    const record: DeploymentRecord = {
      format: 'hardhat-zkvm-deployment',
      version: 1,
      chainId,
      gateway: gateway.address,
      verifiers: { ...before?.verifiers, [selector]: entry },
    };
    deployed = record;
    const file = inProcess ? {} : { record: await writeDeployment(config.deployments, record) };
    return { chainId, gateway, verifier, selector, insecureSetup: wanted.insecureSetup, ...file };
  };

  const submit = async (proof: Proof, request: SubmitRequest = {}): Promise<Submission> => {
    if (proof.mode !== 'groth16')
      throw pluginError(
        `A contract verifies Groth16 proofs only, and this one is "${proof.mode}": prove with --mode groth16.`,
      );
    const chainId = await rpc.chainId();
    const to = request.to ?? (await recorded(chainId))?.gateway;
    if (to === undefined)
      throw pluginError(
        `No gateway is recorded for chain ${chainId}: run \`npx hardhat zkvm deploy\` for this network or pass --to.`,
      );
    if (!/^0x[0-9a-fA-F]{40}$/.test(to)) throw pluginError(`"${to}" is not an address.`);
    const code = await rpc.code(to);
    if (code === '0x') throw pluginError(`There is no contract at ${to} on chain ${chainId}.`);
    const proofBytes = proof.proof as Hex;
    // Function selectors stand in the code of their contract: a gateway or verifier has verifyProof.
    const direct =
      request.function === undefined &&
      code.includes(selectorOf(VERIFY).slice(2)) &&
      !code.includes(selectorOf('submitProof(bytes,bytes)').slice(2));
    const data = direct
      ? encodeCall(VERIFY, [proof.vkey.slice(2)], [proof.publicValues, proofBytes])
      : encodeCall(`${request.function ?? 'submitProof'}(bytes,bytes)`, [], [proof.publicValues, proofBytes]);
    const receipt = await rpc.send('The proof', { to, data });
    return {
      transaction: receipt.transactionHash,
      to,
      gasUsed: BigInt(receipt.gasUsed),
      target: direct ? 'verifier' : 'consumer',
    };
  };

  return { deploy, deployBytecode, submit };
}

function realContract({ verifier }: Keys): Wanted {
  const args = Buffer.from(verifierKeyBytes(verifier)).toString('hex');
  return { code: `${BYTECODE.verifier}${args}`, hash: verifierHash(verifier), insecureSetup: verifier.insecureSetup };
}

function mockContract(chainId: number): Wanted {
  if (!LOCAL_CHAINS.includes(chainId))
    throw pluginError(`The mock verifier proves nothing and exists on local chains only, not on chain ${chainId}.`);
  return { code: BYTECODE.mock, hash: MOCK_HASH, insecureSetup: true };
}
