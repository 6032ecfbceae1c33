//! Hash functions, of short messages and a block of long ones.
use crate::{noise, repeat};
use sha2::{Digest, Sha256};
use sha3::Keccak256;
use tiny_keccak::{Hasher, Keccak};

/// Bytes of a long message: a multiple of every block size here.
const LONG: usize = 64 * 136 * 4;

pub fn run(what: &str, times: u32) -> bool {
    let short: [u8; 32] = core::hint::black_box(noise(32).try_into().expect("32 bytes"));
    let long = noise(LONG);
    match what {
        "sha256 32" => repeat(times, |_| Sha256::digest(&short)),
        "sha256 long" => repeat(times, |_| Sha256::digest(&long)),
        "sha3 keccak256 32" => repeat(times, |_| Keccak256::digest(&short)),
        "sha3 keccak256 long" => repeat(times, |_| Keccak256::digest(&long)),
        "tiny-keccak 32" => repeat(times, |_| tiny_keccak(&short)),
        "tiny-keccak long" => repeat(times, |_| tiny_keccak(&long)),
        "blake3 32" => repeat(times, |_| blake3::hash(&short)),
        "blake3 long" => repeat(times, |_| blake3::hash(&long)),
        "commit_slice" => repeat(times, |_| zkvm::io::commit_slice(&long[..1024])),
        _ => return false,
    }
    true
}

fn tiny_keccak(bytes: &[u8]) -> [u8; 32] {
    let mut keccak = Keccak::v256();
    let mut hash = [0; 32];
    keccak.update(bytes);
    keccak.finalize(&mut hash);
    hash
}
