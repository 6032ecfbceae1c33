//! What `io::read` and `io::commit` take.
//!
//! With the feature `serde`, and a target that has the standard library, that is every serde type, in BCS. Otherwise it is
//! integers, bool and byte arrays, whose BCS encoding is their little-endian bytes.
use alloc::vec::Vec;
use core::fmt::Display;

/// Types that `io::read` gives.
pub trait Input: Sized {
    /// Decodes an input item, all of it.
    fn from_item(item: &[u8]) -> Result<Self, impl Display>;
}

/// Types that `io::commit` takes.
pub trait Output {
    /// The value's encoding.
    fn to_item(&self) -> Vec<u8>;
}

#[cfg(all(feature = "serde", not(target_os = "none")))]
mod every_serde_type {
    use super::{Display, Input, Output, Vec};
    use serde_core::{Serialize, de::DeserializeOwned};

    impl<T: DeserializeOwned> Input for T {
        fn from_item(item: &[u8]) -> Result<Self, impl Display> {
            bcs::from_bytes(item)
        }
    }

    impl<T: Serialize + ?Sized> Output for T {
        fn to_item(&self) -> Vec<u8> {
            match bcs::to_bytes(self) {
                Ok(bytes) => bytes,
                Err(reason) => panic!("{} has no BCS encoding: {reason}", core::any::type_name::<T>()),
            }
        }
    }
}

#[cfg(not(all(feature = "serde", not(target_os = "none"))))]
mod plain_types {
    use super::{Display, Input, Output, Vec};

    fn exactly<const N: usize>(item: &[u8]) -> Result<[u8; N], impl Display + use<N>> {
        item.try_into().map_err(|_| alloc::format!("expected {N} bytes"))
    }

    macro_rules! integers {
        ($($type:ty)*) => { $(
            impl Input for $type {
                fn from_item(item: &[u8]) -> Result<Self, impl Display> { exactly(item).map(<$type>::from_le_bytes) }
            }
            impl Output for $type {
                fn to_item(&self) -> Vec<u8> { self.to_le_bytes().to_vec() }
            }
        )* };
    }
    integers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);

    impl Input for bool {
        fn from_item(item: &[u8]) -> Result<Self, impl Display> {
            match item {
                [0] => Ok(false),
                [1] => Ok(true),
                _ => Err("expected one byte, 0 or 1"),
            }
        }
    }

    impl Output for bool {
        fn to_item(&self) -> Vec<u8> {
            [u8::from(*self)].to_vec()
        }
    }

    impl<const N: usize> Input for [u8; N] {
        fn from_item(item: &[u8]) -> Result<Self, impl Display> {
            exactly(item)
        }
    }

    impl<const N: usize> Output for [u8; N] {
        fn to_item(&self) -> Vec<u8> {
            self.to_vec()
        }
    }
}
