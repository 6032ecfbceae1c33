//! System calls: number in `t0`, arguments in `a0`, `a1`, `a2`, result in `a0`.
#[cfg(target_arch = "riscv32")]
use core::arch::asm;

/// Ends the program.
pub const HALT: u32 = 0x00;
/// Writes bytes to a file descriptor.
pub const WRITE: u32 = 0x02;
/// Commits one word: 0 to 7 of the digest of the public values, 8 to 15 of the chain of verified statements.
pub const COMMIT: u32 = 0x10;
/// Byte length of the current input item.
pub const HINT_LEN: u32 = 0xf0;
/// Copies the next bytes of the current input item to memory; after its last byte the next item is the current one.
pub const HINT_READ: u32 = 0xf1;
/// Most bytes that one HINT_READ copies.
pub const HINT_READ_BYTES: usize = 1 << 14;

/// File descriptor of standard output.
pub const STDOUT: u32 = 1;
/// File descriptor of standard error.
pub const STDERR: u32 = 2;
/// File descriptor of the public values.
pub const PUBLIC_VALUES: u32 = 13;
/// Descriptor whose bytes become an input item, read before the remaining input.
pub const HINT: u32 = 4;
/// Descriptor of span marks: `+name` or `-name`.
pub const SPAN: u32 = 0x7a01;
/// Descriptor that starts a function outside the proof.
pub const ENTER_UNCONSTRAINED: u32 = 0x7a02;
/// Descriptor that ends it.
pub const LEAVE_UNCONSTRAINED: u32 = 0x7a03;
/// Descriptor that tells the host which statement the program relies on; see `verify`.
pub const VERIFY: u32 = 0x7a04;
/// What HINT_LEN returns when no input item is left.
pub const NO_INPUT: u32 = u32::MAX;

#[cfg(target_arch = "riscv32")]
#[inline(always)]
unsafe fn ecall(number: u32, a0: u32, a1: u32, a2: u32) -> u32 {
    let result;
    // SAFETY: the caller promises that the call touches only memory it may touch.
    unsafe {
        asm!("ecall", in("t0") number, inlateout("a0") a0 => result, in("a1") a1, in("a2") a2, options(nostack));
    }
    result
}

#[cfg(not(target_arch = "riscv32"))]
unsafe fn ecall(_number: u32, _a0: u32, _a1: u32, _a2: u32) -> u32 {
    unimplemented!("system calls exist on the zkVM only")
}

/// Writes bytes to a descriptor.
pub fn write(descriptor: u32, bytes: &[u8]) {
    // SAFETY: reads the slice only.
    unsafe { ecall(WRITE, descriptor, bytes.as_ptr() as usize as u32, bytes.len() as u32) };
}

/// Lets the host run `function(argument)` on a copy of registers and memory. For the proof nothing happens.
pub(crate) fn enter_unconstrained(function: u32, argument: u32) {
    let call = [function.to_le(), argument.to_le()];
    // SAFETY: reads two words. What the function changes is undone.
    unsafe { ecall(WRITE, ENTER_UNCONSTRAINED, call.as_ptr() as usize as u32, 8) };
}

/// Ends a function that runs outside the proof.
pub(crate) fn leave_unconstrained() -> ! {
    // SAFETY: touches no memory.
    unsafe { ecall(WRITE, LEAVE_UNCONSTRAINED, 0, 0) };
    unreachable!("only code outside the proof leaves it")
}

/// Bytes that are left of the current input item, or `None` when all are read.
pub fn hint_len() -> Option<usize> {
    // SAFETY: touches no memory.
    let length = unsafe { ecall(HINT_LEN, 0, 0, 0) };
    if length == NO_INPUT { None } else { Some(length as usize) }
}

/// Copies what is left of the current input item to `pointer`, in pieces as large as the machine reads at once.
///
/// # Safety
/// `pointer` must be aligned to 4 and valid for writes of `length` bytes, the item's length rounded up to a multiple of 4.
pub unsafe fn hint_read(pointer: *mut u8, length: usize) {
    let mut done = 0;
    loop {
        let piece = (length - done).min(HINT_READ_BYTES);
        // SAFETY: as above.
        unsafe { ecall(HINT_READ, (pointer as usize + done) as u32, piece as u32, 0) };
        done += piece;
        if done == length {
            return;
        }
    }
}

/// Commits word `index` of the digest.
///
/// # Panics
/// If `index` is above 7: the words behind are the chain of verified statements, which [`verify`](crate::verify) alone commits.
#[track_caller]
pub fn commit(index: u32, word: u32) {
    // Soundness: an index of the prover's choice would put another chain in the place of the true one.
    assert!(index < 8, "the digest of the public values has words 0 to 7, and this is word {index}");
    // SAFETY: touches no memory.
    unsafe { ecall(COMMIT, index, word, 0) };
}

/// Commits a word of the chain of verified statements.
pub(crate) fn commit_chain(index: u32, word: u32) {
    // SAFETY: touches no memory.
    unsafe { ecall(COMMIT, index, word, 0) };
}

/// Ends the program. All eight digest words must have been committed.
pub fn halt(code: u32) -> ! {
    // SAFETY: touches no memory.
    unsafe { ecall(HALT, code, 0, 0) };
    unreachable!()
}
