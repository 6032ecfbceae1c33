//! Signed prices: EIP-712 typed data, ECDSA over secp256k1, as `wallet.signTypedData` makes them.
use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{Signature, VerifyingKey};
use serde::Deserialize;
use sha3::{Digest, Keccak256};
use zkvm::abi;

const DOMAIN_TYPE: &str = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const REPORT_TYPE: &str = "Report(string pair,uint128 price,uint64 time)";

#[derive(Deserialize)]
pub struct Report {
    /// Position in the list of reporters.
    pub reporter: u32,
    pub price: u128,
    /// Seconds since 1970.
    pub time: u64,
    /// Affine coordinates x and y of the reporter's public key, 32 bytes each, big-endian.
    #[serde(with = "serde_bytes")]
    public_key: Vec<u8>,
    /// r and s, 32 bytes each, big-endian.
    #[serde(with = "serde_bytes")]
    rs: Vec<u8>,
}

impl Report {
    /// The address whose key signed `hash`, or `None` when the signature is not valid.
    #[zkvm::cycle_tracker]
    pub fn signer(&self, hash: &[u8; 32]) -> Option<[u8; 20]> {
        let mut point = vec![4];
        point.extend_from_slice(&self.public_key);
        let key = VerifyingKey::from_sec1_bytes(&point).ok()?;
        // Refuses numbers out of range and the larger one of the two possible s.
        key.verify_prehash(hash, &Signature::from_slice(&self.rs).ok()?).ok()?;
        let hash = keccak(&self.public_key);
        Some(core::array::from_fn(|i| hash[12 + i]))
    }
}

/// The EIP-712 domain separator of a contract on a chain.
pub fn domain(chain_id: u64, contract: &[u8; 20]) -> [u8; 32] {
    let texts = [DOMAIN_TYPE, "hardhat-zkvm oracle", "1"].map(|text| keccak(text.as_bytes()));
    keccak(&abi::encode(&(texts[0], texts[1], texts[2], chain_id, *contract)))
}

/// What a reporter signs. `pair` is the hash of the pair's name.
pub fn report_hash(domain: &[u8; 32], pair: &[u8; 32], price: u128, time: u64) -> [u8; 32] {
    let content = keccak(&abi::encode(&(keccak(REPORT_TYPE.as_bytes()), *pair, price, time)));
    keccak(&[b"\x19\x01", domain.as_slice(), &content].concat())
}

pub fn keccak(bytes: &[u8]) -> [u8; 32] {
    Keccak256::digest(bytes).into()
}
