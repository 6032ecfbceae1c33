//! The system calls of SP1 that this machine has. Its precompiles are named, so that the compiler says why they are absent.
use crate::io::{FD_HINT, FD_PUBLIC_VALUES};
pub use crate::precompiles::*;
use zkvm::syscalls::{STDERR, STDOUT};

/// Ends the program. Only code 0 can be verified on chain.
pub extern "C" fn syscall_halt(exit_code: u8) -> ! {
    zkvm::exit(u32::from(exit_code))
}

/// Writes `length` bytes to a descriptor; see `io::write`.
///
/// # Safety
/// `bytes` must be valid for reads of `length` bytes.
pub unsafe extern "C" fn syscall_write(fd: u32, bytes: *const u8, length: usize) {
    // SAFETY: as above.
    write(fd, unsafe { core::slice::from_raw_parts(bytes, length) });
}

/// Byte length of the next input item, or `usize::MAX` when none is left.
///
/// The length is the prover's word and nothing bounds it: check it before making room for so many bytes.
pub extern "C" fn syscall_hint_len() -> usize {
    zkvm::syscalls::hint_len().unwrap_or(usize::MAX)
}

/// Copies the next input item to `pointer`.
///
/// # Safety
/// `pointer` must be aligned to 4 and valid for writes of `length` bytes rounded up to a multiple of 4.
pub unsafe extern "C" fn syscall_hint_read(pointer: *mut u8, length: usize) {
    // SAFETY: as above.
    unsafe { zkvm::syscalls::hint_read(pointer, length.next_multiple_of(4)) };
}

pub(crate) fn write(fd: u32, bytes: &[u8]) {
    match fd {
        STDOUT | STDERR => zkvm::syscalls::write(fd, bytes),
        // Soundness: not written only, but hashed too.
        FD_PUBLIC_VALUES => zkvm::io::commit_slice(bytes),
        FD_HINT => zkvm::io::hint_slice(bytes),
        _ => panic!("descriptor {fd} is a hook of SP1 that this machine does not have"),
    }
}
