//! The interface of SP1's guest crate `sp1-zkvm` (versions 4 to 6) on this machine.
//!
//! A program written for SP1 builds by one changed line of its Cargo.toml; see docs/coming-from-sp1.md. What is here does
//! what SP1 documents: inputs and `commit` are bincode 1.3, the public values are one stream of bytes, and its sha256 is
//! what the proof is about. What cannot be offered does not compile.
#![deny(unsafe_op_in_unsafe_fn, missing_docs)]

#[cfg(feature = "blake3")]
compile_error!("the feature `blake3` of sp1-zkvm is not there: hardhat-zkvm hashes public values by sha256 only");

mod hints;
pub mod io;
mod precompiles;
pub mod syscalls;

/// What SP1 has in the crate `sp1-lib`.
pub mod lib {
    pub use crate::hints::{__invalid_hint, halt_invalid_hint};
    pub use crate::precompiles::*;
    pub use crate::syscalls::{syscall_halt, syscall_hint_len, syscall_hint_read, syscall_write};
    pub use crate::{invalid_hint, io, unconstrained};

    /// Reliance on other proofs.
    pub mod verify {
        /// Returns if a program with the verifying key `vk_digest` ended with exit code 0 and committed public values whose
        /// sha256 is `pv_digest`; otherwise the running program has no proof. Keys are those of this machine: the words are the
        /// eight elements of the key's digest, which the bytes32 of `zkvm vkey` packs (`keyElements` of the library), not
        /// those that SP1 has for the same source.
        ///
        /// # Panics
        /// If a word is not below 2^31 - 2^24 + 1.
        #[track_caller]
        pub fn verify_sp1_proof(vk_digest: &[u32; 8], pv_digest: &[u8; 32]) {
            zkvm::verify_elements(vk_digest, pv_digest);
        }
    }
}

/// For the macros.
#[doc(hidden)]
pub use zkvm as __zkvm;

/// Names the main function of the program, which is `#![no_main]`.
#[macro_export]
macro_rules! entrypoint {
    ($main:path) => {
        $crate::__zkvm::entrypoint!($main);
    };
}

/// Runs a block outside the proof. It can change nothing; it passes results on by [`io::hint`] and [`io::hint_slice`], and
/// the program takes them by [`io::read`] and [`io::read_vec`]. It must check them: a dishonest prover may give others.
///
/// Several hints are read in the order in which they were given.
#[macro_export]
macro_rules! unconstrained {
    ($($block:tt)*) => {
        $crate::__unconstrained(|| { $($block)* })
    };
}

/// `Fn` and not `FnOnce`: the compiler refuses a block that would change what is around it, as SP1's does.
#[doc(hidden)]
pub fn __unconstrained(block: impl Fn()) {
    zkvm::unconstrained_block(block);
}
