//! Signed prices: EIP-712 typed data, ECDSA over secp256k1, as `wallet.signTypedData` makes them.
use serde::Deserialize;
use tiny_keccak::{Hasher, Keccak};
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
        let public_key = self.public_key.as_slice().try_into().ok()?;
        let is_valid = zkvm_secp256k1::verify(public_key, hash, self.rs.as_slice().try_into().ok()?);
        if !is_valid {
            return None;
        }
        let hash = keccak(&self.public_key);
        Some(core::array::from_fn(|i| hash[12 + i]))
    }
}

/// What all reports are about.
pub struct Subject {
    /// EIP-712 domain separator of the contract on its chain.
    pub domain: [u8; 32],
    /// Hash of the pair's name.
    pub pair: [u8; 32],
    report_type: [u8; 32],
}

impl Subject {
    pub fn new(chain_id: u64, contract: &[u8; 20], pair: &str) -> Subject {
        let [domain_type, name, version, pair, report_type] =
            [DOMAIN_TYPE, "hardhat-zkvm oracle", "1", pair, REPORT_TYPE].map(|text| keccak(text.as_bytes()));
        let domain = keccak(&abi::encode(&(domain_type, name, version, chain_id, *contract)));
        Subject { domain, pair, report_type }
    }

    /// What a reporter signs.
    pub fn report_hash(&self, price: u128, time: u64) -> [u8; 32] {
        let content = keccak(&abi::encode(&(self.report_type, self.pair, price, time)));
        keccak(&[b"\x19\x01", self.domain.as_slice(), &content].concat())
    }
}

#[zkvm::cycle_tracker]
pub fn keccak(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    let mut keccak = Keccak::v256();
    keccak.update(bytes);
    keccak.finalize(&mut hash);
    hash
}
