//! Reliance on other proofs. A statement that a program verifies costs it the hash of one step of a chain; that the statement
//! has a proof is checked beside the program, when its own proof is finished. See docs/guest-abi.md, "Verified statements".
mod constants;
mod poseidon2;

use crate::cell::Single;
use crate::sha256::Sha256;
use crate::syscalls;
use poseidon2::P;

/// Words of the chain stand behind those of the digest of the public values.
const FIRST_CHAIN_WORD: u32 = 8;
/// A packed key is a sum of eight numbers below 2^31, e_j 2^(31 j).
const FELT_BITS: usize = 31;

/// The chain over everything verified so far.
static CHAIN: Single<[u32; 8]> = Single::new([0; 8]);

/// Returns if a program with the verifying key `vkey` ended with exit code 0 and committed `public_values`. If this is not so,
/// the running program has no proof that anybody accepts, whatever it does afterwards.
///
/// `vkey` is the bytes32 that `zkvm vkey` shows and contracts compare. **Where it comes from decides what is proved**: a key that
/// is an input is one of the prover's choice, so compare it with a constant or commit it.
///
/// The host refuses to go on when it was given no proof of the statement (`zkvm prove --proof`), and always in code outside the
/// proof.
///
/// # Panics
/// If `vkey` is no verifying key: bits above 247, or one of its eight elements is not below 2^31 - 2^24 + 1.
#[track_caller]
pub fn verify(vkey: &[u8; 32], public_values: &[u8]) {
    verify_digest(vkey, &sha256(public_values));
}

/// [`verify`] for who has the sha256 of the public values already: all 256 bits of it, not the digest with three bits cleared
/// that stands in proofs for the chain.
///
/// # Panics
/// As [`verify`].
#[track_caller]
pub fn verify_digest(vkey: &[u8; 32], public_digest: &[u8; 32]) {
    match unpack(vkey) {
        Some(elements) => verify_elements(&elements, public_digest),
        None => panic!("this is no verifying key: it has more than 248 bits"),
    }
}

/// [`verify_digest`] for a key as its eight elements, the digest of which `vkey` is the packed form.
///
/// # Panics
/// If an element is not below 2^31 - 2^24 + 1.
#[track_caller]
pub fn verify_elements(key_digest: &[u32; 8], public_digest: &[u8; 32]) {
    // Soundness: hashed modulo p, another key with the same chain would be found by adding p.
    assert!(
        key_digest.iter().all(|element| *element < P),
        "this is no verifying key: an element is not below the modulus"
    );
    let mut message = [0; 64];
    for (bytes, element) in message.chunks_exact_mut(4).zip(key_digest) {
        bytes.copy_from_slice(&element.to_le_bytes());
    }
    message[32..].copy_from_slice(public_digest);
    syscalls::write(syscalls::VERIFY, &message);
    // SAFETY: one thread, and nothing below comes back here.
    let chain = unsafe { CHAIN.get() };
    *chain = chain_after(chain, key_digest, public_digest);
    // Soundness: before anything else can happen. A program that halts by whatever way has committed all it relied on.
    for (index, word) in (FIRST_CHAIN_WORD..).zip(chain) {
        syscalls::commit_chain(index, *word);
    }
}

/// The chain after one more statement.
fn chain_after(chain: &[u32; 8], key_digest: &[u32; 8], public_digest: &[u8; 32]) -> [u32; 8] {
    let mut felts = [0; 32];
    felts[..8].copy_from_slice(chain);
    felts[8..16].copy_from_slice(key_digest);
    for (limb, bytes) in felts[16..].iter_mut().zip(public_digest.chunks_exact(2)) {
        *limb = u32::from(bytes[0]) | u32::from(bytes[1]) << 8;
    }
    poseidon2::hash(&felts)
}

/// The elements of a packed key; none if it has more than 248 bits.
fn unpack(vkey: &[u8; 32]) -> Option<[u32; 8]> {
    if vkey[0] != 0 {
        return None;
    }
    let mut words = [0_u32; 9];
    for (word, bytes) in words.iter_mut().zip(vkey.rchunks_exact(4)) {
        *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    Some(core::array::from_fn(|j| {
        let (word, bit) = (FELT_BITS * j / 32, FELT_BITS * j % 32);
        let wide = u64::from(words[word]) | u64::from(words[word + 1]) << 32;
        (wide >> bit) as u32 & 0x7fff_ffff
    }))
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(bytes);
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(hash.finish()) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}
