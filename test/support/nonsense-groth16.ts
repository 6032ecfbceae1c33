/** A Groth16 prover in a file of its own, as another implementation would be. It proves nothing: its points are generators. */
import type { Groth16Prover } from '../../prover/groth16/proving/interface.ts';

/** Points of the curve that satisfy no equation of ours. Generators of both groups, from EIP-196 and EIP-197. */
const NONSENSE = {
  a: { x: 1n, y: 2n },
  b: {
    x: {
      real: 10857046999023057135944570762232829481370756359578518086990519993285655852781n,
      imaginary: 11559732032986387107991004021392285783925812861821192530917403151452391805634n,
    },
    y: {
      real: 8495653923123431417604973247489272438418190587263600148770280649306958101930n,
      imaginary: 4082367875863433681332203403145435568316851327593401208105741076214120093531n,
    },
  },
  c: { x: 1n, y: 2n },
};

const unused = (): Promise<never> => Promise.reject(new Error('this prover only proves'));

const prover: Groth16Prover = {
  name: 'nonsense',
  setup: unused,
  exportKey: unused,
  verify: unused,
  prove: (system) => Promise.resolve({ proof: NONSENSE, publicInputs: system.values.slice(1, 1 + system.publicCount) }),
};

export default prover;
