/** `connection.zkvm`: deployment of verifier and gateway, and submission of proofs. */
import type { EthereumProvider } from 'hardhat/types/providers';
import { pluginError } from '../errors.ts';
import { loadProverModule } from '../prover-module.ts';
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
} from '../../types.ts';
import { consumerInterface, encodeCall, GATEWAY, selectorOf, type AbiItem } from './abi.ts';
import { checkAddress, checksummed, isAddress, sameAddress } from './address.ts';
import { BYTECODE } from './artifacts.ts';
import { identifyChain, LOCAL_CHAINS, type ChainIdentity } from './chain-identity.ts';
import { deploymentFile, setAside, writeDeployment, type DeploymentRecord } from './deployments.ts';
import { findRecord, isOurGateway, ownersOf, routeOf } from './gateway.ts';
import { MOCK_HASH } from './mock-proof.ts';
import { Rpc } from './rpc.ts';
import { placeMock } from './simulation.ts';

/** The consumer's function, unless another is named. */
const SUBMIT = 'submitProof';

/** What of the keys goes on chain. It is committed: nothing has to be made for a deployment. */
type Keys = Pick<SetupInfo, 'verifier'>;

/** What is to be routed, the hash under which it will be found, and how it comes on chain. */
type Wanted = {
  readonly hash: Hex;
  readonly insecureSetup: boolean;
  readonly deploy: () => Promise<DeployedContract>;
};

/** What a connection has besides its provider. */
export type ConnectionFacts = {
  /** Where the node is, without path or password. */
  readonly origin?: string;
  /** ABIs of the user's contracts, read when an error of theirs is to be explained. */
  readonly projectErrors?: () => Promise<readonly (readonly AbiItem[])[]>;
};

/** Makes the object behind `connection.zkvm`. `inProcess` chains end with the process: nothing is recorded for them. */
export function createOnChain(
  provider: EthereumProvider,
  config: ZkvmConfig,
  inProcess: boolean,
  setup: (options: RunOptions) => Promise<Keys>,
  { origin, projectErrors }: ConnectionFacts = {},
): Omit<ZkvmConnection, 'mockProof'> {
  const rpc = new Rpc(provider, projectErrors);
  let deployed: DeploymentRecord | undefined;

  const create = async (what: string, data: Hex, signal?: AbortSignal): Promise<DeployedContract> => {
    const receipt = await rpc.send(what, { data }, signal);
    if (!isAddress(receipt.contractAddress)) throw pluginError(`${what} gave no address.`);
    return { address: checksummed(receipt.contractAddress), gasUsed: BigInt(receipt.gasUsed), reused: false };
  };

  const deployBytecode = (bytecode: Hex, args: Hex = '0x'): Promise<DeployedContract> =>
    create('The deployment', `${bytecode}${args.slice(2)}`);

  /** The record that holds, without touching files. */
  const recorded = async (chain: ChainIdentity): Promise<DeploymentRecord | undefined> => {
    if (chain.kind !== 'in-process') return (await findRecord(rpc, config.deployments, chain, origin)).record?.record;
    // A snapshot of the chain may have been restored since, and another contract have got the address.
    return deployed !== undefined && (await isOurGateway(rpc, deployed.gateway)) ? deployed : undefined;
  };

  /** The same for a deployment: records that hold no more are moved out of the way, with a sentence each. */
  const recordedAfterCleaning = async (chain: ChainIdentity, notes: string[]) => {
    if (chain.kind === 'in-process') return recorded(chain);
    const { record, stale } = await findRecord(rpc, config.deployments, chain, origin);
    for (const file of stale)
      notes.push(`${file} was of a node or state that is gone; it was set aside as ${await setAside(file)}.`);
    return record?.record;
  };

  const stage = async <T>(name: string, { onProgress }: RunOptions, run: () => Promise<T>): Promise<T> => {
    onProgress?.({ stage: name, status: 'start' });
    const start = performance.now();
    const result = await run();
    onProgress?.({ stage: name, status: 'done', seconds: (performance.now() - start) / 1000 });
    return result;
  };

  const realContract = async ({ verifier }: Keys, signal?: AbortSignal): Promise<Wanted> => {
    const { verifierHash, verifierKeyBytes } = await loadProverModule();
    const args = Buffer.from(verifierKeyBytes(verifier)).toString('hex');
    return {
      hash: verifierHash(verifier),
      insecureSetup: verifier.insecureSetup,
      deploy: () => create('The deployment of the verifier', `${BYTECODE.verifier}${args}`, signal),
    };
  };

  const mockContract = ({ kind, chainId }: ChainIdentity, signal?: AbortSignal): Wanted => {
    const isLocal = LOCAL_CHAINS.includes(chainId);
    if (!isLocal && kind !== 'in-process')
      throw pluginError(
        `The mock verifier proves nothing and exists on local chains only: ids ${LOCAL_CHAINS.join(' and ')}, and networks simulated in the process (type edr-simulated), not on chain ${chainId} of another node.`,
      );
    return {
      hash: MOCK_HASH,
      insecureSetup: true,
      deploy: async () =>
        isLocal
          ? create('The deployment of the mock', BYTECODE.mock, signal)
          : { address: await placeMock(rpc, chainId), gasUsed: 0n, reused: false },
    };
  };

  /** Finds or deploys the verifier; asks first if the sender may add it. */
  const route = async (
    gateway: Hex,
    selector: Hex,
    wanted: Wanted,
    request: DeployRequest,
  ): Promise<DeployedContract> => {
    const existing = await routeOf(rpc, gateway, selector);
    if (existing?.frozen === true)
      throw pluginError(
        `The gateway ${gateway} has frozen the verifier ${selector}: its proofs will always be refused.`,
      );
    if (existing !== undefined) return { address: existing.verifier, gasUsed: 0n, reused: true };
    const [{ owner }, sender] = [await ownersOf(rpc, gateway), await rpc.sender()];
    if (!sameAddress(owner, sender))
      throw pluginError(
        `The gateway ${gateway} has no verifier ${selector} yet, and only its owner ${owner} can add one: transactions of this network come from ${sender}.`,
      );
    const verifier = await stage('verifier', request, wanted.deploy);
    const data = encodeCall(GATEWAY, 'addRoute', [verifier.address]);
    await stage('route', request, () => rpc.send('Adding the route', { to: gateway, data }, request.signal));
    return verifier;
  };

  /** A gateway that exists belongs to somebody: an owner that was asked for must be that one. */
  const checkOwner = async (gateway: Hex, wanted: Hex | undefined): Promise<void> => {
    if (wanted === undefined) return;
    const { owner, pendingOwner } = await ownersOf(rpc, gateway);
    if (sameAddress(owner, wanted) || (pendingOwner !== undefined && sameAddress(pendingOwner, wanted))) return;
    throw pluginError(
      `The gateway ${gateway} is there already and has another owner: ${owner}, not ${wanted}. Leave --owner out to use it as it is, or let its owner call transferOwnership.`,
    );
  };

  const deploy = async (request: DeployRequest = {}): Promise<Deployment> => {
    const wantedOwner = request.owner === undefined ? undefined : checkAddress('The owner', request.owner);
    const chain = await identifyChain(rpc, inProcess);
    const { chainId } = chain;
    const isMock = request.mock === true;
    const wanted = isMock
      ? mockContract(chain, request.signal)
      : await realContract(await setup(request), request.signal);
    if (wanted.insecureSetup && !isMock && !LOCAL_CHAINS.includes(chainId) && request.allowInsecureSetup !== true)
      throw pluginError(
        `The Groth16 keys come from the development setup, so anyone could forge proofs on chain ${chainId}; pass --allow-insecure-setup for a test deployment.`,
      );
    const notes: string[] = [];
    const before = await recordedAfterCleaning(chain, notes);
    if (before !== undefined) await checkOwner(before.gateway, wantedOwner);
    const file = inProcess ? undefined : deploymentFile(config.deployments, chain);
    const keep = async (gateway: Hex, verifiers: DeploymentRecord['verifiers']): Promise<void> => {
      const where = origin === undefined || chain.kind !== 'local' ? {} : { origin };
      deployed = { format: 'hardhat-zkvm-deployment', version: 1, chainId, ...where, gateway, verifiers };
      if (file !== undefined) await writeDeployment(file, deployed);
    };
    const sender = await rpc.sender();
    const gateway: DeployedContract =
      before === undefined
        ? await stage('gateway', request, () =>
            create(
              'The deployment of the gateway',
              `${BYTECODE.gateway}${GATEWAY.encodeDeploy([sender]).slice(2)}`,
              request.signal,
            ),
          )
        : { address: before.gateway, gasUsed: 0n, reused: true };
    // What was paid for is recorded at once.
    if (before === undefined) await keep(gateway.address, {});
    const selector = wanted.hash.slice(0, 10) as Hex;
    const verifier = await route(gateway.address, selector, wanted, request);
    const entry = { address: verifier.address, hash: wanted.hash, insecureSetup: wanted.insecureSetup };
    await keep(gateway.address, { ...before?.verifiers, [selector]: entry });
    if (before === undefined && wantedOwner !== undefined && !sameAddress(wantedOwner, sender)) {
      // The first route needs the owner, so the sender is it until the other one accepts.
      const data = encodeCall(GATEWAY, 'transferOwnership', [wantedOwner]);
      await stage('ownership', request, () =>
        rpc.send('Offering the ownership', { to: gateway.address, data }, request.signal),
      );
    }
    const owners = await ownersOf(rpc, gateway.address);
    if (owners.pendingOwner !== undefined)
      notes.push(`The ownership is offered to ${owners.pendingOwner}, who takes it by calling acceptOwnership().`);
    return {
      chainId,
      gateway,
      verifier,
      selector,
      insecureSetup: wanted.insecureSetup,
      owner: owners.owner,
      ...(owners.pendingOwner === undefined ? {} : { pendingOwner: owners.pendingOwner }),
      notes,
      ...(file === undefined ? {} : { record: file }),
    };
  };

  const submit = async (proof: Proof, request: SubmitRequest = {}): Promise<Submission> => {
    if (proof.mode !== 'groth16')
      throw pluginError(
        `A contract verifies Groth16 proofs only, and this one is "${proof.mode}": prove with --mode groth16.`,
      );
    if (![proof.vkey, proof.publicValues, proof.proof].every((part) => /^0x(?:[0-9a-f]{2})*$/i.test(part)))
      throw pluginError('The proof, its key or its public values are no bytes in hex.');
    const name = request.function ?? SUBMIT;
    if (!/^[a-z_$][\w$]*$/i.test(name))
      throw pluginError(`"${name}" is not the name of a function: give the name alone, without parameters.`);
    const wanted = request.to === undefined ? undefined : checkAddress('The target', request.to);
    const chain = await identifyChain(rpc, inProcess);
    const to = wanted ?? (await recorded(chain))?.gateway;
    if (to === undefined)
      throw pluginError(
        `No gateway is recorded for chain ${chain.chainId}: run \`npx hardhat zkvm deploy\` for this network or pass --to.`,
      );
    const code = await rpc.code(to);
    if (code === '0x') throw pluginError(`There is no contract at ${to} on chain ${chain.chainId}.`);
    // Function selectors stand in the code of their contract: a gateway or verifier has verifyProof.
    const has = (selector: Hex): boolean => code.includes(selector.slice(2));
    const direct =
      request.function === undefined &&
      has(selectorOf(GATEWAY, 'verifyProof')) &&
      !has(selectorOf(consumerInterface(SUBMIT), SUBMIT));
    const data = direct
      ? encodeCall(GATEWAY, 'verifyProof', [proof.vkey, proof.publicValues, proof.proof])
      : encodeCall(consumerInterface(name), name, [proof.publicValues, proof.proof]);
    const receipt = await stage('transaction', request, () => rpc.send('The proof', { to, data }, request.signal));
    return {
      transaction: receipt.transactionHash,
      to,
      gasUsed: BigInt(receipt.gasUsed),
      target: direct ? 'verifier' : 'consumer',
    };
  };

  return { deploy, deployBytecode, submit };
}
