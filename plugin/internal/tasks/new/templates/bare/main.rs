//! Proves that somebody knows two factors of a number, without showing them. Replace it by what you want to prove.
//!
//! Public values: `abi.encode(uint64 product)`.
#![no_std]
#![no_main]

zkvm::entrypoint!(main);

fn main() {
    // One input item of two numbers in little endian. Whoever proves chooses it, and nobody else sees it.
    let mut input = [0; 8];
    zkvm::io::read_slice(&mut input);
    let input = u64::from_le_bytes(input);
    let (first, second) = (input as u32, (input >> 32) as u32);
    // A failed assertion ends the program with exit code 1, and no contract accepts a proof of that.
    assert!(first > 1 && second > 1, "a factor is not greater than 1");
    let product = u64::from(first) * u64::from(second);
    zkvm::println!("{product} has a divisor");
    zkvm::io::commit_abi(&(product,));
}
