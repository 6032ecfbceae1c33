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

/// Reliance on another proof. Soundness: of the same chain as that of the Rust code, or one of the two would be lost.
///
/// # Safety
/// Both point to 32 bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_verify_digest(vkey: *const u8, public_digest: *const u8) {
    // SAFETY: the caller's promise; bytes have no alignment.
    let (vkey, public_digest) = unsafe { (&*vkey.cast::<[u8; 32]>(), &*public_digest.cast::<[u8; 32]>()) };
    crate::verify_digest(vkey, public_digest);
}

/// The same for public values as bytes.
///
/// # Safety
/// `vkey` points to 32 bytes, `public_values` to `length`.
#[unsafe(no_mangle)]
unsafe extern "C" fn zkvm_verify(vkey: *const u8, public_values: *const u8, length: usize) {
    // SAFETY: the caller's promise. Without any bytes C may give a null pointer.
    let (vkey, bytes) = unsafe {
        let bytes = if length == 0 { &[] } else { core::slice::from_raw_parts(public_values, length) };
        (&*vkey.cast::<[u8; 32]>(), bytes)
    };
    crate::verify(vkey, bytes);
}

/// The end, for `exit` and failed assertions of C.
#[unsafe(no_mangle)]
extern "C" fn zkvm_exit(code: i32) -> ! {
    crate::exit(code as u32)
}
