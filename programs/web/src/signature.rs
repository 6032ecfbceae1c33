//! Signatures as Ethereum wallets make them: ECDSA over secp256k1 of an EIP-191 personal message.
use k256::ecdsa::VerifyingKey;
use k256::ecdsa::signature::hazmat::PrehashVerifier;
use serde::Deserialize;
use sha3::{Digest, Keccak256};

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
        let mut point = vec![4];
        point.extend_from_slice(&self.public_key);
        let Ok(key) = VerifyingKey::from_sec1_bytes(&point) else { panic!("the public key is not on the curve") };
        let signature = k256::ecdsa::Signature::from_slice(&self.rs);
        let is_valid = signature.is_ok_and(|signature| key.verify_prehash(&signed_hash(body_hash), &signature).is_ok());
        assert!(is_valid, "the signature is not of this document and key");
        let hash: [u8; 32] = Keccak256::digest(&self.public_key).into();
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
    Keccak256::digest(message).into()
}
