//! The interface of SP1's crate `sp1-lib`: what `sp1_zkvm::lib` holds.
pub use sp1_zkvm::lib::*;
