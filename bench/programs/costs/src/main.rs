//! Repeats one operation in a span, so that the host can say how many cycles it takes. Inputs: its name, how often.
mod arithmetic;
mod collections;
mod data;
mod hashes;
mod signatures;

/// Does an operation so many times, within `repeat`; false for a name of another module.
type Operations = fn(what: &str, times: u32) -> bool;

const MODULES: [Operations; 5] = [arithmetic::run, collections::run, data::run, hashes::run, signatures::run];

fn main() {
    let (what, times): (String, u32) = zkvm::io::read();
    assert!(MODULES.iter().any(|run| run(&what, times)), "no operation is called {what}");
}

/// Calls the operation so many times with the number of the call. What it gives counts as used, so it is not left out.
#[inline(always)]
fn repeat<T>(times: u32, mut operation: impl FnMut(usize) -> T) {
    let _span = zkvm::span!("operation");
    for call in 0..times {
        core::hint::black_box(operation(core::hint::black_box(call as usize)));
    }
}

/// Bytes that look random: the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

/// Numbers that look random.
fn numbers(count: usize) -> Vec<u64> {
    noise(8 * count).chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes"))).collect()
}
