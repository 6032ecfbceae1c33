//! The state: a sparse Merkle tree of accounts, by the sha256 of their addresses.
//!
//! A tree without accounts has the root 0. One with a single account is `Account`. Any other is a `Branch`, whose halves hold
//! the accounts whose next bit is 0 and 1. So a set of accounts has one tree, and accounts lie as deep as it takes to tell
//! them apart: about log2 of their number.
use serde::Deserialize;
use sha2::{Digest, Sha256};

type Address = [u8; 20];

#[derive(Deserialize)]
pub struct Account {
    pub address: Address,
    /// Number of transfers that the account has sent.
    pub nonce: u64,
    pub balance: u128,
}

/// A tree of which only a part is known.
#[derive(Deserialize)]
pub enum Tree {
    Empty,
    /// The root of a tree that is not known.
    Hidden([u8; 32]),
    Account(Account),
    Branch(Box<[Tree; 2]>),
}

impl Tree {
    /// Commits to the whole tree, its hidden parts included. Accounts and branches differ in the first byte hashed.
    pub fn root(&self) -> [u8; 32] {
        match self {
            Tree::Empty => [0; 32],
            Tree::Hidden(root) => *root,
            Tree::Account(Account { address, nonce, balance }) => {
                sha256(&[&[0], address, &nonce.to_be_bytes(), &balance.to_be_bytes()])
            }
            Tree::Branch(halves) => sha256(&[&[1], &halves[0].root(), &halves[1].root()]),
        }
    }

    /// The account of an address, or nothing where the state has none.
    pub fn account(&mut self, address: &Address) -> Result<Option<&mut Account>, String> {
        let (place, _) = self.place(address, &key(address), 0)?;
        Ok(place.account_of(address))
    }

    /// The account of an address, which is added where the state has none.
    pub fn account_or_new(&mut self, address: &Address) -> Result<&mut Account, String> {
        let key = key(address);
        let (place, depth) = self.place(address, &key, 0)?;
        if place.account_of(address).is_none() {
            let new = Tree::Account(Account { address: *address, nonce: 0, balance: 0 });
            *place = match core::mem::replace(place, Tree::Empty) {
                Tree::Account(other) => apart(self::key(&other.address), Tree::Account(other), &key, new, depth),
                _ => new,
            };
        }
        let (place, _) = self.place(address, &key, 0)?;
        Ok(place.account_of(address).expect("it was just added"))
    }

    fn account_of(&mut self, address: &Address) -> Option<&mut Account> {
        match self {
            Tree::Account(account) if account.address == *address => Some(account),
            _ => None,
        }
    }

    /// Where the account of an address is, or would be, and how deep.
    fn place(&mut self, address: &Address, key: &[u8; 32], depth: usize) -> Result<(&mut Tree, usize), String> {
        match self {
            Tree::Branch(halves) => halves[bit(key, depth)].place(address, key, depth + 1),
            // Soundness: what is hidden might hold the account.
            Tree::Hidden(_) => Err(format!("the state does not show the account {}", hex(address))),
            place => Ok((place, depth)),
        }
    }
}

/// The tree of two accounts at a depth, given their keys.
fn apart(other_key: [u8; 32], other: Tree, key: &[u8; 32], new: Tree, depth: usize) -> Tree {
    let mut halves = [Tree::Empty, Tree::Empty];
    let (other_half, half) = (bit(&other_key, depth), bit(key, depth));
    if other_half == half {
        halves[half] = apart(other_key, other, key, new, depth + 1);
    } else {
        halves[other_half] = other;
        halves[half] = new;
    }
    Tree::Branch(halves.into())
}

fn key(address: &Address) -> [u8; 32] {
    sha256(&[address])
}

/// Bit of a key, from the most significant one.
fn bit(key: &[u8; 32], depth: usize) -> usize {
    assert!(depth < 256, "the state is deeper than its keys are long");
    usize::from(key[depth / 8] >> (7 - depth % 8) & 1)
}

pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
}

/// An address as one writes it.
pub fn hex(address: &Address) -> String {
    address.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}
