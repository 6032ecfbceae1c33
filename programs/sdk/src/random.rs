//! What a crate gets that asks for random numbers through the crate getrandom (0.2, 0.3 and 0.4; behind rand, uuid and others).
//!
//! A guest has no randomness: it is a function of its input, and whoever proves may choose that input and run it as often as
//! they like. So without a word from the program the first question ends it, with a message that says so. With the feature
//! `predictable-random` the answers are a fixed sequence, the same in every run, or one that [`seed`] chooses.
//!
//! The build compiles getrandom so that it calls the two functions below (documented there as custom backends). They are weak:
//! a program that defines its own, by `register_custom_getrandom!` or by name, gets those.

/// Backend of getrandom 0.2. Returns 0, which is success.
#[cfg(target_arch = "riscv32")]
#[linkage = "weak"]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_custom(destination: *mut u8, length: usize) -> u32 {
    // SAFETY: the caller passes a buffer of `length` bytes.
    unsafe { fill(destination, length) };
    0
}

/// Backend of getrandom 0.3 and 0.4, there declared as `Result<(), Error>`. Its error is a number that is not 0, so success is
/// the number 0 in the same register.
#[cfg(target_arch = "riscv32")]
#[linkage = "weak"]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(destination: *mut u8, length: usize) -> u32 {
    // SAFETY: as above.
    unsafe { fill(destination, length) };
    0
}

#[cfg(not(feature = "predictable-random"))]
unsafe fn fill(_destination: *mut u8, _length: usize) {
    __zkvm_no_random_numbers()
}

/// The build looks for this name in the finished program.
#[cfg(not(feature = "predictable-random"))]
#[cfg_attr(target_arch = "riscv32", unsafe(no_mangle))]
#[inline(never)]
extern "C" fn __zkvm_no_random_numbers() -> ! {
    crate::eprintln!(
        "this program asked for random numbers, which a guest does not have: the feature \"predictable-random\" of the crate \
         zkvm gives a fixed sequence that everyone can predict, never for keys or nonces"
    );
    crate::exit(1)
}

#[cfg(feature = "predictable-random")]
use predictable::fill;
#[cfg(feature = "predictable-random")]
pub use predictable::seed;

#[cfg(feature = "predictable-random")]
mod predictable {
    use crate::cell::Single;

    static STATE: Single<u64> = Single::new(0);

    /// Chooses the sequence of "random" numbers that crates get from now on. Without a call it is that of seed 0.
    ///
    /// Everyone who knows the seed knows the numbers, and the prover knows it in any case: they are for sampling and
    /// shuffling, never for keys, nonces or anything that must be hard to guess. A prover who may choose the seed can try
    /// many until the outcome suits: commit it, or derive it from what the prover cannot choose.
    pub fn seed(seed: u64) {
        // SAFETY: one thread.
        unsafe { *STATE.get() = seed };
    }

    pub(super) unsafe fn fill(destination: *mut u8, length: usize) {
        let mut done = 0;
        while done < length {
            let bytes = next().to_le_bytes();
            let count = bytes.len().min(length - done);
            // SAFETY: the caller passes a buffer of `length` bytes, and `done + count` is at most that.
            unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), destination.add(done), count) };
            done += count;
        }
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    fn next() -> u64 {
        // SAFETY: one thread.
        let state = unsafe { STATE.get() };
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
