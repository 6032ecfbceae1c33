//! A guest without the standard library: reads an input item, commits the sum of its bytes.
#![no_std]
#![no_main]

zkvm::entrypoint!(main);

fn main() {
    let item = zkvm::io::read_vec();
    assert!(!item.is_empty(), "the input item is empty");
    let sum: u32 = item.iter().map(|&byte| u32::from(byte)).sum();
    zkvm::println!("{} bytes, sum {}", item.len(), sum);
    zkvm::io::commit(&sum);
}
