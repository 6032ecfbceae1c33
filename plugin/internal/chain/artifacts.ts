/** The contracts as they ship: compiled once, the same bytecode for everybody. Written by `npm run generate -- contracts`. */
import type { Hex } from '../../types.ts';
import gateway from '../../artifacts/ZkVerifierGateway.json' with { type: 'json' };
import mock from '../../artifacts/MockZkVerifier.json' with { type: 'json' };
import verifier from '../../artifacts/ZkVerifier.json' with { type: 'json' };

/** Creation code of the contracts. */
export const BYTECODE = {
  gateway: gateway.bytecode as Hex,
  mock: mock.bytecode as Hex,
  verifier: verifier.bytecode as Hex,
} as const;

/** The code that stands on chain after deployment, of the contracts in which nothing is filled in. */
export const RUNTIME = {
  gateway: gateway.deployedBytecode as Hex,
  mock: mock.deployedBytecode as Hex,
} as const;

/** What the contracts can be asked, and which errors they have. */
export const ABI = { gateway: gateway.abi, mock: mock.abi, verifier: verifier.abi } as const;

/** ABIs whose custom errors explain a refused transaction. */
export const ABIS = [ABI.verifier, ABI.gateway, ABI.mock] as const;
