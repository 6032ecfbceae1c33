//! A guest without the standard library and with the allocator that never frees: reads input items of numbers, commits the
//! sum and the number of bytes of each.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

zkvm::entrypoint!(main);

fn main() {
    let count: u32 = zkvm::io::read();
    let mut sums: Vec<(u64, u32)> = Vec::new();
    for _ in 0..count {
        let item = zkvm::io::read_vec();
        assert!(!item.is_empty(), "the input item is empty");
        sums.push((item.iter().map(|&byte| u64::from(byte)).sum(), item.len() as u32));
    }
    zkvm::println!("{} items, sums {:?}", count, sums);
    zkvm::io::commit_abi(&(sums,));
}
