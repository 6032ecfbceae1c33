//! Many proofs as one: verifies statements of any programs and commits the root of a Merkle tree over them.
//!
//! Input: one item, for each statement the bytes32 of the program's verifying key and the sha256 of its public values.
//! Public values: `abi.encode(bytes32 root, uint256 count)`.
use tiny_keccak::{Hasher, Keccak};

type Hash = [u8; 32];

/// Bytes of a statement: key and digest.
const STATEMENT: usize = 64;
/// What leaves and nodes are hashed with in front. Soundness: a leaf is never read as a node. Whoever proves chooses digests, and
/// could make one of them a node over a leaf of their own.
const LEAF: u8 = 0;
const NODE: u8 = 1;

fn main() {
    let input = zkvm::io::read_vec();
    let (statements, rest) = input.as_chunks::<STATEMENT>();
    assert!(rest.is_empty(), "the input has {} bytes, expected {STATEMENT} for each statement", input.len());
    assert!(!statements.is_empty(), "there is no statement to verify");
    let leaves = statements.iter().map(leaf).collect();
    zkvm::io::commit_abi(&(root(leaves), statements.len() as u64));
}

/// Verifies a statement and gives its leaf.
fn leaf(statement: &[u8; STATEMENT]) -> Hash {
    let [vkey, public_digest] = statement.as_chunks::<32>().0 else { unreachable!("a statement is two words") };
    zkvm::verify_digest(vkey, public_digest);
    keccak(LEAF, vkey, public_digest)
}

/// The root over one or more leaves. A node that has no neighbour moves up unchanged.
fn root(mut level: Vec<Hash>) -> Hash {
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => keccak(NODE, left, right),
                alone => alone[0],
            })
            .collect();
    }
    level[0]
}

fn keccak(prefix: u8, left: &Hash, right: &Hash) -> Hash {
    let mut hash = [0; 32];
    let mut keccak = Keccak::v256();
    keccak.update(&[prefix]);
    keccak.update(left);
    keccak.update(right);
    keccak.finalize(&mut hash);
    hash
}
