//! Proves the ends of two hash chains of n links that begin with the same 32 bytes: one of sha256, one of keccak256.
//!
//! Public values: `abi.encode(uint32 n, bytes32 seed, bytes32 sha256End, bytes32 keccakEnd)`.
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tiny_keccak::{Hasher, Keccak};

#[derive(Deserialize)]
struct Input {
    /// Number of links.
    n: u32,
    /// Where both chains begin.
    seed: [u8; 32],
}

fn main() {
    let Input { n, seed } = zkvm::io::read();
    zkvm::io::commit_abi(&(n, seed, sha256_chain(seed, n), keccak_chain(seed, n)));
}

/// sha256 of sha256 of ... `start`, `n` times; `start` itself for n = 0.
#[zkvm::cycle_tracker]
fn sha256_chain(start: [u8; 32], n: u32) -> [u8; 32] {
    (0..n).fold(start, |link, _| Sha256::digest(link).into())
}

/// keccak256 of keccak256 of ... `start`, `n` times; `start` itself for n = 0.
#[zkvm::cycle_tracker]
fn keccak_chain(start: [u8; 32], n: u32) -> [u8; 32] {
    (0..n).fold(start, |link, _| keccak256(&link))
}

fn keccak256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    let mut keccak = Keccak::v256();
    keccak.update(bytes);
    keccak.finalize(&mut hash);
    hash
}
