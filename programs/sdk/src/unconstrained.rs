//! Code that runs outside the proof.
use crate::syscalls;
#[cfg(all(feature = "serde", not(target_os = "none")))]
use serde_core::{Serialize, de::DeserializeOwned};

/// Runs `block` outside the proof and returns what it gave.
///
/// The block costs no proving time. In exchange the proof says **nothing** about the value: a dishonest prover can put any
/// value of the type in its place. So the caller must check it by cheaper means than computing it:
///
/// ```ignore
/// let root = zkvm::unconstrained(|| square_root(n));
/// assert!(root * root <= n && n < (root + 1) * (root + 1));
/// ```
///
/// Whatever else the block changes is undone when it ends, except for its output and its hints. It cannot commit public
/// values or exit.
#[cfg(all(feature = "serde", not(target_os = "none")))]
#[track_caller]
pub fn unconstrained<T: Serialize + DeserializeOwned>(block: impl FnOnce() -> T) -> T {
    unconstrained_block(|| crate::io::hint(&block()));
    crate::io::read()
}

/// Runs `block` outside the proof. It passes results on with [`io::hint_slice`](crate::io::hint_slice); the program reads
/// them as its next input items and must check them, as with [`unconstrained`].
pub fn unconstrained_block<F: FnOnce()>(block: F) {
    let mut slot = Some(block);
    let function: extern "C" fn(&mut Option<F>) -> ! = run::<F>;
    syscalls::enter_unconstrained(function as usize as u32, &raw mut slot as usize as u32);
    // For the proof nothing happened: `slot` still holds the block, which is dropped here without having run.
}

extern "C" fn run<F: FnOnce()>(slot: &mut Option<F>) -> ! {
    if let Some(block) = slot.take() {
        block();
    }
    syscalls::leave_unconstrained()
}
