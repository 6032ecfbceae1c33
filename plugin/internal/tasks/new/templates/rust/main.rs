//! Proves that somebody knows two factors of a number, without showing them. Replace it by what you want to prove.
//!
//! Public values: `abi.encode(uint64 product)`.
use serde::Deserialize;

/// One input item, encoded in BCS: the fields in order, numbers in little endian. Whoever proves chooses it, and nobody
/// else sees it.
#[derive(Deserialize)]
struct Input {
    first: u32,
    second: u32,
}

fn main() {
    let Input { first, second } = zkvm::io::read();
    // A failed assertion ends the program with exit code 1, and no contract accepts a proof of that.
    assert!(first > 1 && second > 1, "a factor is not greater than 1");
    let product = u64::from(first) * u64::from(second);
    println!("{product} has a divisor");
    zkvm::io::commit_abi(&(product,));
}
