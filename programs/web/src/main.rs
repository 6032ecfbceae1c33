//! Proves what some fields of a JSON document are. The document is public by its sha256 only; when a signature comes with it,
//! the signer's address is public as well.
//!
//! Public values: `abi.encode(bytes32 bodyHash, address signer, Field[] fields)` with
//! `struct Field { string query; bytes value; }`.
mod decimal;
mod pointer;
mod query;
mod signature;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use signature::Signature;
use zkvm::abi::Bytes;

#[derive(Deserialize)]
struct Input {
    /// The document: JSON in UTF-8.
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
    /// What to make public, as in `fixed8 /data/price`; see [`query`].
    queries: Vec<String>,
    /// A signature of the document's hash, when there is one.
    signature: Option<Signature>,
}

fn main() {
    let input: Input = zkvm::io::read();
    let body_hash = hash(&input.body);
    // Soundness: the zero address stands for "unsigned"; no key that anybody knows has it.
    let signer = input.signature.as_ref().map_or([0; 20], |signature| signature.signer(&body_hash));
    let body = core::str::from_utf8(&input.body).unwrap_or_else(|_| panic!("the document is not UTF-8"));
    let values: Vec<Vec<u8>> = input.queries.iter().map(|query| query::answer(body, query)).collect();
    let fields: Vec<_> = input.queries.iter().zip(&values).map(|(query, value)| (query, Bytes(value))).collect();
    zkvm::io::commit_abi(&(body_hash, signer, fields));
}

#[zkvm::cycle_tracker]
fn hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}
