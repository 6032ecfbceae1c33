//! Proofs of the secure Merkle Patricia tries of Ethereum, whose keys are hashed.
use alloy_primitives::{B256, Bytes, U256, keccak256};
use alloy_trie::{
    Nibbles, TrieAccount,
    proof::{ProofVerificationError, verify_proof},
};
use serde::Deserialize;
use serde_bytes::ByteBuf;

/// Encoded nodes, as `eth_getProof` gives them.
pub type Nodes = Vec<ByteBuf>;

/// What the state trie holds of an account.
#[derive(Deserialize)]
pub struct Account {
    nonce: u64,
    /// In wei, big-endian.
    balance: [u8; 32],
    pub storage_root: [u8; 32],
    code_hash: [u8; 32],
}

impl Account {
    pub fn trie_account(&self) -> TrieAccount {
        TrieAccount {
            nonce: self.nonce,
            balance: U256::from_be_bytes(self.balance),
            storage_root: self.storage_root.into(),
            code_hash: self.code_hash.into(),
        }
    }
}

/// Whether the trie with this root holds `value` at `key`, or for `None` nothing.
#[zkvm::cycle_tracker]
pub fn verify(root: B256, key: &[u8], value: Option<Vec<u8>>, nodes: Nodes) -> Result<(), ProofVerificationError> {
    let nodes: Vec<Bytes> = nodes.into_iter().map(|node| node.into_vec().into()).collect();
    verify_proof(root, Nibbles::unpack(keccak256(key)), value, &nodes)
}
