//! What the C library of guests (`programs/sdk-c/lib`) needs from a Rust program: its heap and its end. A program without C
//! has none of this: the linker leaves out what nothing calls.
use alloc::alloc::{Layout, alloc, dealloc, realloc};
use core::ptr;

/// A block of the heap, or null where there is no room. C gives alignments that are powers of two.
#[unsafe(no_mangle)]
extern "C" fn zkvm_allocate(size: usize, align: usize) -> *mut u8 {
    match Layout::from_size_align(size, align) {
        // SAFETY: the C library asks for at least the 16 bytes of its header.
        Ok(layout) => unsafe { alloc(layout) },
        Err(_) => ptr::null_mut(),
    }
}

/// Gives a block back.
///
/// # Safety
/// `block` came from `zkvm_allocate` or `zkvm_reallocate` with this size and alignment, and is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_deallocate(block: *mut u8, size: usize, align: usize) {
    // SAFETY: the caller's promises; the layout was valid when the block was made.
    unsafe { dealloc(block, Layout::from_size_align_unchecked(size, align)) };
}

/// A block of another size with the same content up to the smaller one, or null where there is no room.
///
/// # Safety
/// As for `zkvm_deallocate`, unless null is returned: then the block stays as it is.
#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_reallocate(block: *mut u8, size: usize, align: usize, wanted: usize) -> *mut u8 {
    if Layout::from_size_align(wanted, align).is_err() {
        return ptr::null_mut();
    }
    // SAFETY: the caller's promises, and the new layout is valid.
    unsafe { realloc(block, Layout::from_size_align_unchecked(size, align), wanted) }
}

/// The end, for `exit` and failed assertions of C.
#[unsafe(no_mangle)]
extern "C" fn zkvm_exit(code: i32) -> ! {
    crate::exit(code as u32)
}
