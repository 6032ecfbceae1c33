//! Public values as `abi.encode` of static values, so that a contract can `abi.decode` them.
use alloc::vec::Vec;

/// One 32-byte word of an ABI encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(
    /// Big-endian bytes.
    pub [u8; 32],
);

macro_rules! unsigned {
    ($($type:ty)*) => { $(
        impl From<$type> for Word {
            fn from(value: $type) -> Self { right_aligned(&value.to_be_bytes()) }
        }
    )* };
}
unsigned!(u8 u16 u32 u64 u128 usize);

impl From<bool> for Word {
    fn from(value: bool) -> Self {
        right_aligned(&[value as u8])
    }
}

/// A `bytes32` or a `uint256` in big-endian order.
impl From<[u8; 32]> for Word {
    fn from(bytes: [u8; 32]) -> Self {
        Word(bytes)
    }
}

/// An `address`.
impl From<[u8; 20]> for Word {
    fn from(bytes: [u8; 20]) -> Self {
        right_aligned(&bytes)
    }
}

fn right_aligned(bytes: &[u8]) -> Word {
    let mut word = [0; 32];
    word[32 - bytes.len()..].copy_from_slice(bytes);
    Word(word)
}

/// Concatenates words: the encoding of a tuple of static values.
pub fn encode(words: &[Word]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32 * words.len());
    for word in words {
        bytes.extend_from_slice(&word.0);
    }
    bytes
}
