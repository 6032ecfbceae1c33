//! Proves which class a private neural network gives to an image: the model and the image are public by their hashes only.
//!
//! Public values: `abi.encode(bytes32 modelHash, bytes32 imageHash, uint8 class, int32[] scores)`.
mod network;

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Longest salt in bytes.
const MAX_SALT: usize = 32;

#[derive(Deserialize)]
struct Input {
    /// BCS of a [`network::Model`].
    #[serde(with = "serde_bytes")]
    model: Vec<u8>,
    /// Grey values, row by row.
    #[serde(with = "serde_bytes")]
    image: Vec<u8>,
    /// Hashed with the image, so that nobody finds the image by trying; empty when it is known anyway.
    #[serde(with = "serde_bytes")]
    salt: Vec<u8>,
}

fn main() {
    let input: Input = zkvm::io::read();
    // Soundness: as the image has a fixed length, no other image and salt have the same bytes in a row.
    assert!(input.image.len() == network::IMAGE_BYTES, "the image has {} bytes, not 784", input.image.len());
    assert!(input.salt.len() <= MAX_SALT, "the salt is longer than 32 bytes");

    let (model_hash, image_hash) = hashes(&input);
    let model = network::decode(&input.model);
    let scores = network::scores(&model, &input.image);
    zkvm::io::commit_abi(&(model_hash, image_hash, network::largest(&scores), scores));
}

#[zkvm::cycle_tracker]
fn hashes(input: &Input) -> ([u8; 32], [u8; 32]) {
    let image = Sha256::new().chain_update(&input.image).chain_update(&input.salt);
    (Sha256::digest(&input.model).into(), image.finalize().into())
}
