/** The operations that bench/programs/costs.ts measures, in the order of the table in docs/writing-programs.md. */
import { bcs } from '@mysten/bcs';

export type Operation = {
  /** What the table calls it. */
  readonly label: string;
  /** Crate whose version the table names, with the version's begin where there are two; none for the standard library. */
  readonly crate?: string;
  /** The guest's name for it. */
  readonly what: string;
  /** How often it is repeated. */
  readonly times: number;
  /** An operation whose cycles are taken off: the empty loop, or the part of the work that is not meant. */
  readonly minus?: string;
  /** Cycles are those of so many units; `committed`: of thousands of bytes, of which the guest commits how many there are. */
  readonly units?: number | 'committed';
  /** Input of each repetition. */
  readonly item?: Uint8Array;
};

/** Bytes of the long message in costs/src/hashes.rs. */
const LONG = 64 * 136 * 4;
const KILOBYTE = 1000;

const loop = (what: string, label: string, minus: string, times = 512): Operation => ({ what, label, minus, times });

const hashes: readonly Operation[] = [
  { label: 'sha256 of 32 bytes', crate: 'sha2', what: 'sha256 32', times: 8 },
  {
    label: 'sha256, every 64 bytes more',
    crate: 'sha2',
    what: 'sha256 long',
    minus: 'sha256 32',
    units: LONG / 64,
    times: 1,
  },
  { label: 'keccak256 of 32 bytes', crate: 'tiny-keccak', what: 'tiny-keccak 32', times: 8 },
  {
    label: 'keccak256, every 136 bytes more',
    crate: 'tiny-keccak',
    what: 'tiny-keccak long',
    minus: 'tiny-keccak 32',
    units: LONG / 136,
    times: 1,
  },
  { label: 'keccak256 of 32 bytes', crate: 'sha3', what: 'sha3 keccak256 32', times: 8 },
  {
    label: 'keccak256, every 136 bytes more',
    crate: 'sha3',
    what: 'sha3 keccak256 long',
    minus: 'sha3 keccak256 32',
    units: LONG / 136,
    times: 1,
  },
  { label: 'blake3 of 32 bytes', crate: 'blake3', what: 'blake3 32', times: 8 },
  {
    label: 'blake3, every 64 bytes more',
    crate: 'blake3',
    what: 'blake3 long',
    minus: 'blake3 32',
    units: LONG / 64,
    times: 1,
  },
];

const signatures: readonly Operation[] = [
  { label: 'checking an ECDSA signature, secp256k1', crate: 'k256 0.14', what: 'k256 verify', times: 4 },
  { label: 'recovering its signer (`ecrecover`)', crate: 'k256 0.14', what: 'k256 recover', times: 4 },
  { label: 'checking an ECDSA signature, secp256k1', crate: 'k256 0.13', what: 'k256 0.13 verify', times: 4 },
  { label: 'recovering its signer (`ecrecover`)', crate: 'k256 0.13', what: 'k256 0.13 recover', times: 4 },
  { label: 'checking an ECDSA signature, secp256k1', crate: 'zkvm-secp256k1', what: 'zkvm-secp256k1 verify', times: 4 },
  { label: 'checking an ECDSA signature, P-256', crate: 'p256', what: 'p256 verify', times: 4 },
  { label: 'checking an Ed25519 signature', crate: 'ed25519-dalek', what: 'ed25519 verify', times: 4 },
];

const data: readonly Operation[] = [
  { label: 'JSON into a `Value`, 1,000 bytes', crate: 'serde_json', what: 'json value', times: 2, units: 'committed' },
  { label: 'JSON into structs, 1,000 bytes', crate: 'serde_json', what: 'json struct', times: 2, units: 'committed' },
  { label: 'JSON from structs, 1,000 bytes', crate: 'serde_json', what: 'json write', times: 2, units: 'committed' },
  { label: '`io::read_vec`, 1,000 bytes', what: 'read_vec', times: 4, units: 8, item: new Uint8Array(8 * KILOBYTE) },
  {
    label: '`io::read` of a `Vec<u8>`, 1,000 bytes',
    what: 'read Vec<u8>',
    times: 4,
    units: 8,
    item: bcs
      .vector(bcs.u8())
      .serialize(new Uint8Array(8 * KILOBYTE))
      .toBytes(),
  },
  {
    label: '`io::read` of a `Vec<u64>`, 1,000 bytes',
    what: 'read Vec<u64>',
    times: 4,
    units: 8,
    item: bcs
      .vector(bcs.u64())
      .serialize(Array.from({ length: KILOBYTE }, () => 7n))
      .toBytes(),
  },
  { label: '`io::commit_slice`, 1,000 bytes', what: 'commit_slice', times: 64, units: 1.024 },
  { label: 'copying 1,000 bytes', what: 'copy', times: 8, units: 4.096 },
  { label: 'printing a `u64`', what: 'print u64', times: 256 },
  { label: 'parsing a `u64`', what: 'parse u64', times: 256 },
  { label: 'printing an `f64`', what: 'print f64', times: 256 },
  { label: 'parsing an `f64`', what: 'parse f64', times: 256 },
];

const collections: readonly Operation[] = [
  { label: '`BTreeMap` of 1,000 `u64`: `get`', what: 'BTreeMap get', times: 1000 },
  { label: '`BTreeMap` of 1,000 `u64`: `insert`', what: 'BTreeMap insert', times: 200 },
  { label: '`HashMap` of 1,000 `u64`: `get`', what: 'HashMap get', times: 1000 },
  { label: '`HashMap` of 1,000 `u64`: `insert`', what: 'HashMap insert', times: 200 },
  { label: '`sort_unstable` of 1,000 `u64`', what: 'sort', times: 4 },
  { label: '`Box::new` and `drop`', what: 'Box', times: 512 },
];

const integers: readonly Operation[] = [
  loop('u64 /', '`u64` `/` by a number of 44 bits', 'nothing'),
  loop('u128 *', '`u128` `*`', 'nothing 128'),
  loop('u128 /', '`u128` `/`', 'nothing 128'),
  { ...loop('U256 *', '`U256` `*`', 'nothing U256'), crate: 'ruint' },
  { ...loop('U256 /', '`U256` `/` by a number of 136 bits', 'nothing U256'), crate: 'ruint' },
  { ...loop('U256 mul_mod', '`U256` `mul_mod`', 'nothing U256'), crate: 'ruint' },
  { label: '2048-bit `modpow`, exponent 65537', crate: 'num-bigint', what: 'BigUint modpow', times: 2 },
];

const floats: readonly Operation[] = ['f32', 'f64'].flatMap((type) =>
  ['+', '*', '/', '<', 'as i32', 'sqrt', 'exp', 'ln', 'sin', 'powf'].map((operation) =>
    loop(`${type} ${operation}`, `\`${type}\` \`${operation}\``, `${type} nothing`),
  ),
);

export const OPERATIONS: readonly Operation[] = [
  ...hashes,
  ...signatures,
  ...data,
  ...collections,
  ...integers,
  ...floats,
];
