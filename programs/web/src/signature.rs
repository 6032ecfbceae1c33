//! Signatures as Ethereum wallets make them: ECDSA over secp256k1 of an EIP-191 personal message.
use serde::Deserialize;
use tiny_keccak::{Hasher, Keccak};

#[derive(Deserialize)]
pub struct Signature {
    /// Affine coordinates x and y of the signer's public key, 32 bytes each, big-endian.
    #[serde(with = "serde_bytes")]
    public_key: Vec<u8>,
    /// r and s, 32 bytes each, big-endian.
    #[serde(with = "serde_bytes")]
    rs: Vec<u8>,
}

impl Signature {
    /// Checks the signature of a document's hash and returns the signer's address. The signed message is the text
    /// `web response sha256 0x` and the hash in 64 lower-case hexadecimal digits.
    #[zkvm::cycle_tracker]
    pub fn signer(&self, body_hash: &[u8; 32]) -> [u8; 20] {
        let [public_key, rs] = [&self.public_key, &self.rs].map(|bytes| {
            bytes
                .as_slice()
                .try_into()
                .unwrap_or_else(|_| panic!("a key and a signature have 64 bytes, not {}", bytes.len()))
        });
        let is_valid = zkvm_secp256k1::verify(public_key, &signed_hash(body_hash), rs);
        assert!(is_valid, "the signature is not of this document and key");
        let hash = keccak(&self.public_key);
        core::array::from_fn(|i| hash[12 + i])
    }
}

/// The keccak256 of the personal message.
fn signed_hash(body_hash: &[u8; 32]) -> [u8; 32] {
    const PREFIX: &str = "\x19Ethereum Signed Message:\n86web response sha256 0x";
    let mut message = PREFIX.as_bytes().to_vec();
    for byte in body_hash {
        message.extend([byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
    }
    keccak(&message)
}

fn keccak(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    let mut keccak = Keccak::v256();
    keccak.update(bytes);
    keccak.finalize(&mut hash);
    hash
}
