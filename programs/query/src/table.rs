//! The table: rows of a region, a product and an amount.
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
pub struct Row<'a> {
    pub region: &'a str,
    pub product: &'a str,
    pub amount: u128,
}

/// The sha256 of salt and table.
#[zkvm::cycle_tracker]
pub fn commitment(salt: &[u8; 32], table: &[u8]) -> [u8; 32] {
    // Soundness: the salt has a fixed length and BCS is canonical, so no other salt and rows have the same bytes in a row.
    Sha256::new().chain_update(salt).chain_update(table).finalize().into()
}

/// Reads the rows.
#[zkvm::cycle_tracker]
pub fn decode(bytes: &[u8]) -> Vec<Row<'_>> {
    bcs::from_bytes(bytes).unwrap_or_else(|reason| panic!("the table cannot be read: {reason}"))
}
