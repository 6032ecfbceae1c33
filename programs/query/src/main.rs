//! Proves the answer to a query on a private table: which rows count, by what they are grouped, and each group's sum and
//! number of rows. The table is public by a salted hash only.
//!
//! Public values: `abi.encode(bytes32 table, Query query, Group[] groups)` with
//! `struct Query { string[] regions; string[] products; uint128 minAmount; uint128 maxAmount; uint8 groupBy; }` and
//! `struct Group { string name; uint128 sum; uint64 count; }`.
mod query;
mod table;

use query::Query;
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    /// Hashed with the table, so that nobody finds the table by trying.
    salt: [u8; 32],
    /// BCS of the rows; see [`table`].
    #[serde(with = "serde_bytes")]
    table: Vec<u8>,
    query: Query,
}

fn main() {
    let Input { salt, table, query } = zkvm::io::read();
    query.check();
    let commitment = table::commitment(&salt, &table);
    let rows = table::decode(&table);
    let groups = query.answer(&rows);
    zkvm::io::commit_abi(&(commitment, query.public(), groups));
}
