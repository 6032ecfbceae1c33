//! Proves that a batch of signed transfers turns one state of accounts into another.
//!
//! Public values: `abi.encode(bytes32 domain, bytes32 oldRoot, bytes32 newRoot, bytes32 transfers, uint32 count, address operator)`.
mod batch;
mod state;
mod transfer;

use serde::Deserialize;
use state::Tree;
use transfer::Transfer;

#[derive(Deserialize)]
struct Input {
    chain_id: u64,
    /// The contract that keeps the root.
    contract: [u8; 20],
    /// Who gets the fees.
    operator: [u8; 20],
    /// The state before, with all accounts of the batch.
    state: Tree,
    transfers: Vec<Transfer>,
}

fn main() {
    let Input { chain_id, contract, operator, mut state, transfers } = zkvm::io::read();
    let domain = transfer::domain(chain_id, &contract);
    let old_root = root(&state);
    let data = batch::apply(&mut state, &domain, &operator, &transfers).unwrap_or_else(|refusal| panic!("{refusal}"));
    let new_root = root(&state);
    let count = transfers.len() as u32;
    zkvm::io::commit_abi(&(domain, old_root, new_root, state::sha256(&[&data]), count, operator));
}

#[zkvm::cycle_tracker]
fn root(state: &Tree) -> [u8; 32] {
    state.root()
}
