//! Public values as Solidity's `abi.encode` writes them, so that a contract can `abi.decode` them.
//!
//! Source: Solidity documentation, "Contract ABI Specification", section "Formal Specification of the Encoding".
use alloc::string::String;
use alloc::vec::Vec;

const WORD: usize = 32;

/// Values with an ABI encoding.
///
/// | Rust | Solidity |
/// |---|---|
/// | `u8` ... `u128`, `usize` | `uint8` ... `uint128`, or any wider `uint` |
/// | `i8` ... `i128` | `int8` ... `int128`, or any wider `int` |
/// | `bool` | `bool` |
/// | `[u8; 20]` | `address` |
/// | `[u8; 32]` | `bytes32`, or `uint256` in big-endian order |
/// | `str`, `String` | `string` |
/// | [`Bytes`] | `bytes` |
/// | `[T]`, `Vec<T>` | `T[]` |
/// | tuples | structs and tuples |
pub trait Encode {
    /// True when the encoding's length depends on the value.
    const DYNAMIC: bool;
    /// Bytes in the head of a tuple that holds the value.
    const HEAD: usize;
    /// Appends the value's own encoding.
    fn encode_to(&self, out: &mut Vec<u8>);
}

/// `abi.encode` of a tuple: `encode(&(a, b))` is Solidity's `abi.encode(a, b)`, and `encode(&(a,))` is `abi.encode(a)`.
pub fn encode<T: Tuple>(values: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(T::SIZE);
    values.encode_to(&mut out);
    out
}

/// Tuples of encodable values.
pub trait Tuple: Encode {
    /// Bytes of the heads of all components.
    const SIZE: usize;
}

/// A byte string of any length: Solidity's `bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes<'a>(
    /// The content.
    pub &'a [u8],
);

macro_rules! integers {
    ($($type:ty)*) => { $(
        impl Encode for $type {
            const DYNAMIC: bool = false;
            const HEAD: usize = WORD;
            #[allow(unused_comparisons)]
            fn encode_to(&self, out: &mut Vec<u8>) {
                right_aligned(if *self < 0 { 0xff } else { 0 }, &self.to_be_bytes(), out);
            }
        }
    )* };
}
integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128);

impl Encode for bool {
    const DYNAMIC: bool = false;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        u8::from(*self).encode_to(out);
    }
}

impl Encode for [u8; 32] {
    const DYNAMIC: bool = false;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
}

impl Encode for [u8; 20] {
    const DYNAMIC: bool = false;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        right_aligned(0, self, out);
    }
}

impl Encode for Bytes<'_> {
    const DYNAMIC: bool = true;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        self.0.len().encode_to(out);
        out.extend_from_slice(self.0);
        out.resize(out.len() + (WORD - self.0.len() % WORD) % WORD, 0);
    }
}

impl Encode for str {
    const DYNAMIC: bool = true;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        Bytes(self.as_bytes()).encode_to(out);
    }
}

impl Encode for String {
    const DYNAMIC: bool = true;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        self.as_str().encode_to(out);
    }
}

impl<T: Encode> Encode for [T] {
    const DYNAMIC: bool = true;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        self.len().encode_to(out);
        let start = out.len();
        out.resize(start + T::HEAD * self.len(), 0);
        for (i, value) in self.iter().enumerate() {
            component(value, start, start + T::HEAD * i, out);
        }
    }
}

impl<T: Encode> Encode for Vec<T> {
    const DYNAMIC: bool = true;
    const HEAD: usize = WORD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        self.as_slice().encode_to(out);
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    const DYNAMIC: bool = T::DYNAMIC;
    const HEAD: usize = T::HEAD;
    fn encode_to(&self, out: &mut Vec<u8>) {
        (*self).encode_to(out);
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))*) => { $(
        impl<$($name: Encode),+> Encode for ($($name,)+) {
            const DYNAMIC: bool = $($name::DYNAMIC)||+;
            const HEAD: usize = if Self::DYNAMIC { WORD } else { Self::SIZE };
            fn encode_to(&self, out: &mut Vec<u8>) {
                let start = out.len();
                out.resize(start + Self::SIZE, 0);
                let mut at = start;
                $(
                    component(&self.$index, start, at, out);
                    at += $name::HEAD;
                )+
                debug_assert_eq!(at, start + Self::SIZE);
            }
        }
        impl<$($name: Encode),+> Tuple for ($($name,)+) {
            const SIZE: usize = 0 $(+ $name::HEAD)+;
        }
    )* };
}
tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}

/// Writes one component of a tuple or array whose heads begin at `start`; its own head is at `at`.
fn component<T: Encode>(value: &T, start: usize, at: usize, out: &mut Vec<u8>) {
    let end = out.len();
    if T::DYNAMIC {
        let offset = (end - start) as u32;
        out[at + WORD - 4..at + WORD].copy_from_slice(&offset.to_be_bytes());
        value.encode_to(out);
    } else {
        // Written at the end and moved into its head, which is already there.
        value.encode_to(out);
        out.copy_within(end.., at);
        out.truncate(end);
    }
}

fn right_aligned(fill: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.resize(out.len() + WORD - bytes.len(), fill);
    out.extend_from_slice(bytes);
}
