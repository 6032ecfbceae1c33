//! Proves what storage slots of a contract on another Ethereum chain held after a block, starting from the block's hash.
//!
//! Public values: `abi.encode(bytes32 blockHash, uint64 number, uint64 timestamp, address account, Slot[] slots)` with
//! `struct Slot { bytes32 slot; bytes32 value; }`.
mod header;
mod proof;

use alloy_primitives::U256;
use header::BlockHeader;
use proof::{Account, Nodes};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    /// The block's header in RLP.
    #[serde(with = "serde_bytes")]
    header: Vec<u8>,
    /// Address of the contract.
    address: [u8; 20],
    account: Account,
    /// Nodes of the state trie on the way to the account, from the root.
    account_proof: Nodes,
    slots: Vec<Slot>,
}

#[derive(Deserialize)]
struct Slot {
    slot: [u8; 32],
    /// Big-endian; zero when the trie does not have the slot.
    value: [u8; 32],
    /// Nodes of the account's storage trie on the way to the slot, from the root.
    proof: Nodes,
}

fn main() {
    let Input { header, address, account, account_proof, slots } = zkvm::io::read();
    let BlockHeader { hash, state_root, number, timestamp } =
        BlockHeader::read(&header).unwrap_or_else(|error| panic!("the header cannot be read: {error}"));

    proof::verify(state_root, &address, Some(alloy_rlp::encode(account.trie_account())), account_proof)
        .unwrap_or_else(|error| panic!("the proof of the account fails: {error}"));

    let mut values = Vec::with_capacity(slots.len());
    for (index, Slot { slot, value, proof }) in slots.into_iter().enumerate() {
        // A trie holds no zeros: that a slot is zero is that the trie does not have it.
        let number = U256::from_be_bytes(value);
        let expected = (!number.is_zero()).then(|| alloy_rlp::encode(number));
        proof::verify(account.storage_root.into(), &slot, expected, proof)
            .unwrap_or_else(|error| panic!("the proof of slot {index} fails: {error}"));
        values.push((slot, value));
    }
    zkvm::io::commit_abi(&(hash.0, number, timestamp, address, values));
}
