/** What to use instead of crates whose C code guests cannot have, or should not. */

const INSTEAD: Readonly<Record<string, string>> = {
  'secp256k1-sys': 'use zkvm-secp256k1 (programs/sdk/secp256k1), which is made for guests, or the crate k256',
  'openssl-sys': 'use crates in Rust, such as sha2, p256, rsa or x509-cert',
  'aws-lc-sys': 'use crates in Rust, such as sha2, p256 or rsa',
  ring: 'use crates in Rust, such as sha2, p256, ed25519-dalek or rsa',
  'zstd-sys': 'use the crate ruzstd',
  'bzip2-sys': 'use the feature libbz2-rs-sys of the crate bzip2',
  'libz-sys': 'use the crate flate2 with its feature rust_backend',
  'libz-ng-sys': 'use the crate flate2 with its feature rust_backend',
  'lz4-sys': 'use the crate lz4_flex',
  'lzma-sys': 'use the crate lzma-rs',
  'librocksdb-sys': 'read what is needed outside, and give it to the program as input',
  'libsqlite3-sys': 'read what is needed outside, and give it to the program as input',
  blst: 'use the crate bls12_381',
  'libsodium-sys': 'use crates in Rust, such as ed25519-dalek and chacha20poly1305',
};

/** What to do about a crate, or an empty string when nothing is known about it. */
export function adviceOnCrate(name: string): string {
  return INSTEAD[name] ?? '';
}

/** Crates whose build scripts want a library of this machine, or tools that know no guests, before they call a compiler. */
const NEVER = ['openssl-sys', 'aws-lc-sys', 'libsodium-sys', 'librocksdb-sys'];

/** What to add to a failure without a known reason, if a lock file names crates of this kind. */
export function adviceOnLock(lock: string): string {
  const isThere = (crate: string): boolean => new RegExp(`^name = "${crate}"\\r?$`, 'm').test(lock);
  const never = NEVER.find(isThere);
  if (never !== undefined) return `; the crate ${never} cannot be built for guests: ${adviceOnCrate(never)}`;
  const maybe = Object.keys(INSTEAD).find(isThere);
  return maybe === undefined ? '' : `; if it is the crate ${maybe} that fails: ${adviceOnCrate(maybe)}`;
}
