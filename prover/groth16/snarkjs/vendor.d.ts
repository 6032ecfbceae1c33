/** The parts of snarkjs and wasmcurves that this folder uses; neither ships types. */
declare module 'snarkjs' {
  type Points = readonly string[];
  type Proof = { pi_a: Points; pi_b: readonly Points[]; pi_c: Points; protocol: string; curve: string };
  type VerificationKey = {
    protocol: string;
    curve: string;
    nPublic: number;
    vk_alpha_1: Points;
    vk_beta_2: readonly Points[];
    vk_gamma_2: readonly Points[];
    vk_delta_2: readonly Points[];
    IC: readonly Points[];
  };
  type Memory = { type: 'mem'; data: Uint8Array };
  type Logger = {
    debug(message: string): void;
    info(message: string): void;
    warn(m: string): void;
    error(m: string): void;
  };
  /** `timesFr` gives projective points; `toObject` of an affine one gives its coordinates and a third 1. */
  type Group = {
    readonly g: Uint8Array;
    timesFr(point: Uint8Array, scalar: Uint8Array): Uint8Array;
    toAffine(point: Uint8Array): Uint8Array;
    toObject(point: Uint8Array): unknown;
  };
  type Curve = {
    readonly Fr: {
      readonly w: readonly Uint8Array[];
      e(value: bigint): Uint8Array;
      toObject(value: Uint8Array): bigint;
    };
    readonly G1: Group;
    readonly G2: Group;
    terminate(): Promise<void>;
  };
  export const groth16: {
    prove(zkey: string | Memory, witness: Memory, logger?: Logger): Promise<{ proof: Proof; publicSignals: string[] }>;
    verify(key: VerificationKey, publicSignals: readonly string[], proof: Proof): Promise<boolean>;
  };
  export const zKey: { exportVerificationKey(zkey: string | Memory): Promise<VerificationKey> };
  export const curves: { getCurveFromName(name: string): Promise<Curve> };
}

declare module 'wasmcurves/build/bn128_wasm.js' {
  const module: { readonly code: string; readonly pG1gen: number; readonly pG2gen: number };
  export default module;
}
