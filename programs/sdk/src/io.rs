//! Input items, public values and output.
//!
//! The host gives a list of input items, each a string of bytes. Every `read` takes the next item whole. Public values are
//! one stream of bytes; their sha256 is what the proof is about.
pub use crate::values::{Input, Output};

use crate::abi;
use crate::cell::Single;
use crate::sha256::Sha256;
use crate::syscalls;
use alloc::vec::Vec;
use core::fmt;

/// Longest input item: the whole address space.
const MAX_ITEM_BYTES: usize = 1 << 30;

/// Hash of everything committed so far.
static DIGEST: Single<Sha256> = Single::new(Sha256::new());

/// Takes the next input item. Panics when none is left.
#[track_caller]
pub fn read_vec() -> Vec<u8> {
    match try_read_vec() {
        Some(item) => item,
        None => panic!("no input item left"),
    }
}

/// Takes the next input item, or `None` when all are read.
pub fn try_read_vec() -> Option<Vec<u8>> {
    let length = syscalls::hint_len()?;
    // Soundness: the length is the prover's word. Unchecked, one near 2^32 would round to a short buffer below.
    assert!(length <= MAX_ITEM_BYTES, "input item is too long");
    let padded = length.div_ceil(4) * 4;
    let mut bytes: Vec<u8> = Vec::with_capacity(padded.max(4));
    assert!((bytes.as_ptr() as usize).is_multiple_of(4), "input buffer is not aligned");
    // SAFETY: the buffer has `padded` bytes and is aligned; the host writes all of them.
    unsafe {
        syscalls::hint_read(bytes.as_mut_ptr(), padded);
        bytes.set_len(length);
    }
    Some(bytes)
}

/// Takes the next input item into `buffer`. Panics unless it has exactly that length.
#[track_caller]
pub fn read_slice(buffer: &mut [u8]) {
    let item = read_vec();
    assert!(item.len() == buffer.len(), "input item has {} bytes, expected {}", item.len(), buffer.len());
    buffer.copy_from_slice(&item);
}

/// Takes the next input item as a value of type `T`, encoded in BCS (Binary Canonical Serialization, the crate `bcs`, in
/// JavaScript `@mysten/bcs`). Panics when no item is left, or when it is no encoding of a `T`.
///
/// For bulk data [`read_vec`] is much cheaper than `read::<Vec<u8>>()`, which decodes byte by byte.
#[track_caller]
pub fn read<T: Input>() -> T {
    let item = read_vec();
    match T::from_item(&item) {
        Ok(value) => value,
        Err(reason) => panic!("input item of {} bytes is no {}: {reason}", item.len(), core::any::type_name::<T>()),
    }
}

/// Appends a value in BCS to the public values. See [`commit_abi`] for values that a contract decodes.
pub fn commit<T: Output + ?Sized>(value: &T) {
    commit_slice(&value.to_item());
}

/// Appends `abi.encode` of a tuple to the public values: what is committed by `commit_abi(&(a, b))` a contract reads by
/// `abi.decode(publicValues, (A, B))`.
pub fn commit_abi<T: abi::Tuple>(values: &T) {
    commit_slice(&abi::encode(values));
}

/// Queues a value in BCS as an input item, to be read before the remaining input. For use in blocks outside the proof; the
/// reader must check what it gets.
pub fn hint<T: Output + ?Sized>(value: &T) {
    hint_slice(&value.to_item());
}

/// Queues bytes as an input item; see [`hint`].
pub fn hint_slice(bytes: &[u8]) {
    syscalls::write(syscalls::HINT, bytes);
}

/// Appends bytes to the public values.
pub fn commit_slice(bytes: &[u8]) {
    syscalls::write(syscalls::PUBLIC_VALUES, bytes);
    // SAFETY: one thread, and `update` does not come back here.
    unsafe { DIGEST.get() }.update(bytes);
}

/// Commits the digest of the public values, word by word.
pub(crate) fn commit_digest() {
    // SAFETY: one thread, and `finish` does not come back here.
    let words = unsafe { DIGEST.get() }.finish();
    for (index, word) in words.iter().enumerate() {
        // The digest's bytes are big-endian words; the protocol takes little-endian ones.
        syscalls::commit(index as u32, word.swap_bytes());
    }
}

struct Descriptor(u32);

impl fmt::Write for Descriptor {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        syscalls::write(self.0, text.as_bytes());
        Ok(())
    }
}

/// Formats to a descriptor; behind `println!` and `eprintln!`.
pub fn print_to(descriptor: u32, arguments: fmt::Arguments<'_>) {
    let _ = fmt::Write::write_fmt(&mut Descriptor(descriptor), arguments);
}
