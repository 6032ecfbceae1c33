//! Input items, public values and output.
//!
//! The host gives a list of input items, each a string of bytes. Every `read` takes the next item whole. Numbers are
//! little endian. Public values are one stream of bytes; their sha256 is what the proof is about.
use crate::cell::Single;
use crate::sha256::Sha256;
use crate::syscalls;
use alloc::string::String;
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
    assert!(bytes.as_ptr() as usize % 4 == 0, "input buffer is not aligned");
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

/// Takes the next input item as a value of type `T`. Panics when none is left or its length does not fit the type.
#[track_caller]
pub fn read<T: Input>() -> T {
    T::from_item(read_vec())
}

/// Types that `read` gives.
pub trait Input {
    /// Converts an input item; panics when it does not fit.
    #[track_caller]
    fn from_item(item: Vec<u8>) -> Self;
}

/// Types that `commit` takes.
pub trait Output {
    /// Appends the value to the public values.
    fn commit(&self);
}

#[track_caller]
fn exactly<const N: usize>(item: &[u8]) -> [u8; N] {
    match item.try_into() {
        Ok(bytes) => bytes,
        Err(_) => panic!("input item has {} bytes, expected {}", item.len(), N),
    }
}

macro_rules! integers {
    ($($type:ty)*) => { $(
        impl Input for $type {
            #[track_caller]
            fn from_item(item: Vec<u8>) -> Self { <$type>::from_le_bytes(exactly(&item)) }
        }
        impl Output for $type {
            fn commit(&self) { commit_slice(&self.to_le_bytes()) }
        }
    )* };
}
integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

impl Input for Vec<u8> {
    fn from_item(item: Vec<u8>) -> Self {
        item
    }
}

impl Input for String {
    fn from_item(item: Vec<u8>) -> Self {
        String::from_utf8(item).expect("input item is not UTF-8")
    }
}

impl<const N: usize> Input for [u8; N] {
    #[track_caller]
    fn from_item(item: Vec<u8>) -> Self {
        exactly(&item)
    }
}

impl Output for [u8] {
    fn commit(&self) {
        commit_slice(self)
    }
}

impl<const N: usize> Output for [u8; N] {
    fn commit(&self) {
        commit_slice(self)
    }
}

/// Appends a value to the public values.
pub fn commit<T: Output + ?Sized>(value: &T) {
    value.commit()
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
