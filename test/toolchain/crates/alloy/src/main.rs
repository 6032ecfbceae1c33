//! Reads what Ethereum nodes exchange with alloy: a header, or a signed transaction of any type and its ERC-20 call.
use alloy_consensus::transaction::SignerRecoverable;
use alloy_consensus::{Header, Transaction, TxEnvelope};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{U256, keccak256};
use alloy_rlp::{Decodable, Encodable};
use alloy_sol_types::{SolCall, sol};

sol! {
    function transfer(address to, uint256 amount) external returns (bool);
}

fn main() {
    let kind = zkvm::io::read_vec();
    let bytes = zkvm::io::read_vec();
    match kind.as_slice() {
        b"header" => header(&bytes),
        b"transaction" => transaction(&bytes),
        other => panic!("no such kind: {other:?}"),
    }
}

/// Commits number, hash, state root, parent's hash, and the fees burnt in the block.
fn header(mut bytes: &[u8]) {
    let header = Header::decode(&mut bytes).expect("a header");
    assert!(bytes.is_empty(), "bytes after the header");
    let mut again = Vec::new();
    header.encode(&mut again);
    let burnt = U256::from(header.base_fee_per_gas.unwrap_or(0)) * U256::from(header.gas_used);
    let hash = header.hash_slow();
    assert_eq!(hash, keccak256(&again));
    zkvm::io::commit_abi(&(
        header.number,
        hash.0,
        header.state_root.0,
        header.parent_hash.0,
        burnt.to_be_bytes::<32>(),
    ));
}

/// Commits type, hash, sender, nonce, chain and, where it is a transfer of tokens, recipient and amount.
fn transaction(mut bytes: &[u8]) {
    let length = bytes.len();
    let transaction = TxEnvelope::decode_2718(&mut bytes).expect("a transaction");
    assert!(bytes.is_empty(), "bytes after the transaction");
    assert_eq!(transaction.encode_2718_len(), length);
    let sender = transaction.recover_signer().expect("a signature");
    let (to, amount) = match transferCall::abi_decode(transaction.input()) {
        Ok(call) => (call.to, call.amount),
        Err(_) => Default::default(),
    };
    zkvm::io::commit_abi(&(
        transaction.tx_type() as u8,
        transaction.tx_hash().0,
        sender.into_array(),
        transaction.nonce(),
        transaction.chain_id().unwrap_or(0),
        to.into_array(),
        amount.to_be_bytes::<32>(),
    ));
}
