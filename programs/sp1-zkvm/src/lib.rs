//! The interface of SP1's guest crate `sp1-zkvm` (versions 4 to 6) on this machine.
//!
//! A program written for SP1 builds by one changed line of its Cargo.toml; see docs/coming-from-sp1.md. What is here does
//! what SP1 documents: inputs and `commit` are bincode 1.3, the public values are one stream of bytes, and its sha256 is
//! what the proof is about. What cannot be offered does not compile.
#![deny(unsafe_op_in_unsafe_fn, missing_docs)]

#[cfg(feature = "verify")]
compile_error!("the feature `verify` of sp1-zkvm is not there: hardhat-zkvm does not verify proofs inside a program");
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

    /// Where SP1 has the check of a proof inside a program.
    pub mod verify {
        pub use crate::precompiles::verify_sp1_proof;
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
