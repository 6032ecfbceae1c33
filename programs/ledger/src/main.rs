//! A chain of blocks in which each proof stands for all blocks before: block n verifies the proof of block n - 1, which is one of
//! the same program.
//!
//! Public values: `abi.encode(bytes32 vkey, bytes32 genesis, bytes32 root, uint64 height)`.
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

type Hash = [u8; 32];
type Address = [u8; 20];

#[derive(Deserialize)]
struct Input {
    /// The key of this very program. It cannot stand in the program, whose key would change with it; see the README.
    vkey: Hash,
    /// None for the first block.
    previous: Option<Previous>,
    /// The state before the block.
    state: State,
    transfers: Vec<Transfer>,
}

/// Of the block before; its root is that of the state.
#[derive(Deserialize)]
struct Previous {
    genesis: Hash,
    height: u64,
}

#[derive(Deserialize)]
struct Transfer {
    from: Address,
    to: Address,
    amount: u64,
}

/// Balances. An account without any is not there, so a state has one root.
#[derive(Deserialize, Serialize)]
struct State(BTreeMap<Address, u64>);

impl State {
    /// The sha256 of its BCS encoding, which sorts by address.
    fn root(&self) -> Hash {
        assert!(self.0.values().all(|balance| *balance > 0), "an account without balance is listed");
        Sha256::digest(bcs::to_bytes(self).expect("a map has an encoding")).into()
    }

    fn balance(&self, address: &Address) -> u64 {
        self.0.get(address).copied().unwrap_or(0)
    }

    fn set(&mut self, address: Address, balance: u64) {
        if balance == 0 {
            self.0.remove(&address);
        } else {
            self.0.insert(address, balance);
        }
    }

    fn apply(&mut self, number: usize, Transfer { from, to, amount }: &Transfer) {
        let rest = self.balance(from).checked_sub(*amount);
        self.set(*from, rest.unwrap_or_else(|| panic!("transfer {number}: the sender has {}", self.balance(from))));
        let sum = self.balance(to).checked_add(*amount);
        self.set(*to, sum.unwrap_or_else(|| panic!("transfer {number}: the receiver would have too much")));
    }
}

fn public_values(vkey: &Hash, genesis: &Hash, root: &Hash, height: u64) -> Vec<u8> {
    zkvm::abi::encode(&(*vkey, *genesis, *root, height))
}

fn main() {
    let Input { vkey, previous, mut state, transfers } = zkvm::io::read();
    let before = state.root();
    let (genesis, height) = match previous {
        None => {
            assert!(transfers.is_empty(), "the first block is the state that all begins with, and has no transfers");
            (before, 0)
        }
        Some(Previous { genesis, height }) => {
            // The block before committed the same key, and verified its predecessor with it, and so on down to the first.
            zkvm::verify(&vkey, &public_values(&vkey, &genesis, &before, height));
            (genesis, height.checked_add(1).expect("there are no more heights"))
        }
    };
    for (number, transfer) in transfers.iter().enumerate() {
        state.apply(number, transfer);
    }
    zkvm::io::commit_slice(&public_values(&vkey, &genesis, &state.root(), height));
}
