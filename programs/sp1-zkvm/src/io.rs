//! Input items, public values and hints, with SP1's encoding: bincode 1.3.
use crate::hints::invalid_hint;
use crate::syscalls;
use serde::{Serialize, de::DeserializeOwned};
use std::panic::Location;

/// Descriptor of the public values.
pub const FD_PUBLIC_VALUES: u32 = 13;
/// Descriptor of hints.
pub const FD_HINT: u32 = 14;

/// Takes the next input item. Ends the program with exit code 3 when none is left.
#[track_caller]
pub fn read_vec() -> Vec<u8> {
    match zkvm::io::try_read_vec() {
        Some(item) => item,
        None => invalid_hint(format_args!("no input item is left, at {}", Location::caller())),
    }
}

/// Takes the next input item as a `T`. Bytes after the value are ignored, as SP1 does. Ends the program with exit code 3
/// when no item is left or when it is no encoding of a `T`.
#[track_caller]
pub fn read<T: DeserializeOwned>() -> T {
    let item = read_vec();
    match bincode::deserialize(&item) {
        Ok(value) => value,
        Err(reason) => invalid_hint(format_args!(
            "an input item of {} bytes is no {}: {reason}, at {}",
            item.len(),
            core::any::type_name::<T>(),
            Location::caller(),
        )),
    }
}

/// Appends a value to the public values.
pub fn commit<T: Serialize>(value: &T) {
    commit_slice(&encode(value));
}

/// Appends bytes to the public values.
pub fn commit_slice(bytes: &[u8]) {
    zkvm::io::commit_slice(bytes);
}

/// Queues a value as an input item, to be read before the remaining input.
pub fn hint<T: Serialize>(value: &T) {
    hint_slice(&encode(value));
}

/// Queues bytes as an input item, to be read before the remaining input.
pub fn hint_slice(bytes: &[u8]) {
    zkvm::io::hint_slice(bytes);
}

/// Writes bytes to a descriptor: 1 is stdout, 2 stderr, the others are [`FD_PUBLIC_VALUES`] and [`FD_HINT`]. Panics at any
/// other, which SP1 has for its hooks.
pub fn write(fd: u32, bytes: &[u8]) {
    syscalls::write(fd, bytes);
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    match bincode::serialize(value) {
        Ok(bytes) => bytes,
        Err(reason) => panic!("{} has no bincode encoding: {reason}", core::any::type_name::<T>()),
    }
}
