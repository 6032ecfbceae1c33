//! A program as it is written for SP1: it takes a number n and proves the nth Fibonacci number and the next one.
#![no_main]
sp1_zkvm::entrypoint!(main);

use alloy_sol_types::{SolType, sol};

sol! {
    /// What the contract decodes from the public values.
    struct PublicValuesStruct {
        uint32 n;
        uint32 a;
        uint32 b;
    }
}

/// The nth Fibonacci number and the one after it, modulo 2^32.
fn fibonacci(n: u32) -> (u32, u32) {
    let mut a = 0u32;
    let mut b = 1u32;
    for _ in 0..n {
        let c = a.wrapping_add(b);
        a = b;
        b = c;
    }
    (a, b)
}

pub fn main() {
    let n = sp1_zkvm::io::read::<u32>();

    let (a, b) = fibonacci(n);

    let bytes = PublicValuesStruct::abi_encode(&PublicValuesStruct { n, a, b });
    sp1_zkvm::io::commit_slice(&bytes);
}
