//! Signed transfers: EIP-712 typed data, ECDSA over secp256k1, as `wallet.signTypedData` makes them.
use serde::Deserialize;
use tiny_keccak::{Hasher, Keccak};
use zkvm::abi;

/// keccak256 of a constant, computed by the compiler.
const fn constant(text: &str) -> [u8; 32] {
    keccak_const::Keccak256::new().update(text.as_bytes()).finalize()
}

const DOMAIN_TYPE: [u8; 32] =
    constant("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const NAME: [u8; 32] = constant("hardhat-zkvm rollup");
const VERSION: [u8; 32] = constant("1");
const TRANSFER_TYPE: [u8; 32] = constant("Transfer(address to,uint128 amount,uint128 fee,uint64 nonce)");

#[derive(Deserialize)]
pub struct Transfer {
    pub to: [u8; 20],
    pub amount: u128,
    /// What the sender pays to the operator on top.
    pub fee: u128,
    /// Number of transfers that the sender made before.
    pub nonce: u64,
    /// Affine coordinates x and y of the sender's public key, 32 bytes each, big-endian.
    #[serde(with = "serde_bytes")]
    public_key: Vec<u8>,
    /// r and s, 32 bytes each, big-endian.
    #[serde(with = "serde_bytes")]
    rs: Vec<u8>,
}

impl Transfer {
    /// The address whose key signed the transfer, or `None` when the signature is not valid.
    #[zkvm::cycle_tracker]
    pub fn signer(&self, domain: &[u8; 32]) -> Option<[u8; 20]> {
        let public_key = self.public_key.as_slice().try_into().ok()?;
        let signature = self.rs.as_slice().try_into().ok()?;
        if !zkvm_secp256k1::verify(public_key, &self.signed_hash(domain), signature) {
            return None;
        }
        let hash = keccak(&self.public_key);
        Some(core::array::from_fn(|i| hash[12 + i]))
    }

    /// What the sender signs. Soundness: with the domain, so that it counts on one chain and for one contract only.
    fn signed_hash(&self, domain: &[u8; 32]) -> [u8; 32] {
        let Transfer { to, amount, fee, nonce, .. } = self;
        let content = keccak(&abi::encode(&(TRANSFER_TYPE, *to, *amount, *fee, *nonce)));
        keccak(&[b"\x19\x01", domain.as_slice(), &content].concat())
    }
}

/// EIP-712 domain separator of a contract on its chain: what all transfers of a batch are signed for.
pub fn domain(chain_id: u64, contract: &[u8; 20]) -> [u8; 32] {
    keccak(&abi::encode(&(DOMAIN_TYPE, NAME, VERSION, chain_id, *contract)))
}

#[zkvm::cycle_tracker]
fn keccak(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    let mut keccak = Keccak::v256();
    keccak.update(bytes);
    keccak.finalize(&mut hash);
    hash
}
