//! Guest side of the zkVM. A guest is an ordinary Rust program that depends on this crate:
//!
//! ```ignore
//! fn main() {
//!     let n: u32 = zkvm::io::read();
//!     zkvm::io::commit_abi(&(n, n + 1));
//! }
//! ```
//!
//! With the target `riscv32im-risc0-zkvm-elf` guests have the whole standard library and an ordinary `main`. (A guest that
//! names nothing of this crate writes `use zkvm as _;` so that it is linked.) With `riscv32im-unknown-none-elf` they are
//! `#![no_std]` and `#![no_main]` and name their main function by `zkvm::entrypoint!(main);`.
//!
//! Everything is deterministic: time does not exist, the environment is empty, "random" numbers are a fixed sequence, so
//! that a `HashMap` has the same order in every run (and its keys can be chosen to collide: use a `BTreeMap` for keys of
//! an opponent's choice).
//! A panic prints message and location to stderr and ends the program with exit code 1; that can be proved.
//! `std::process::exit` and `abort` are illegal instructions on this target and cannot: use [`exit`].
#![cfg_attr(target_os = "none", no_std)]
#![cfg_attr(target_os = "zkvm", feature(alloc_error_hook))]
#![cfg_attr(all(target_arch = "riscv32", target_os = "none"), feature(alloc_error_handler))]
#![cfg_attr(target_arch = "riscv32", feature(linkage))]
// On the host guests are type-checked and their pure parts tested; there is no machine to start or end.
#![cfg_attr(not(target_arch = "riscv32"), allow(dead_code))]
#![deny(unsafe_op_in_unsafe_fn, missing_docs)]

extern crate alloc;

pub mod abi;
#[cfg(target_arch = "riscv32")]
mod c_support;
mod cell;
#[cfg(target_arch = "riscv32")]
mod critical_section;
#[cfg(target_arch = "riscv32")]
mod heap;
pub mod io;
pub mod random;
mod sha256;
#[doc(hidden)]
pub mod spans;
mod start;
#[cfg(target_os = "zkvm")]
mod std_support;
pub mod syscalls;
mod unconstrained;
mod values;
mod verify;

pub use spans::{Span, span};
pub use start::exit;
#[cfg(all(feature = "serde", not(target_os = "none")))]
pub use unconstrained::unconstrained;
pub use unconstrained::unconstrained_block;
pub use verify::{verify, verify_digest, verify_elements};
pub use zkvm_macros::cycle_tracker;

/// Names the main function of a `#![no_main]` guest.
#[macro_export]
macro_rules! entrypoint {
    ($main:path) => {
        const _: () = {
            #[unsafe(export_name = "main")]
            extern "C" fn __zkvm_main(_argc: isize, _argv: *const *const u8) -> isize {
                let function: fn() = $main;
                function();
                0
            }
        };
    };
}

/// Prints to stdout; the host shows it. Works without `std`.
#[macro_export]
macro_rules! print {
    ($($argument:tt)*) => { $crate::io::print_to($crate::syscalls::STDOUT, ::core::format_args!($($argument)*)) };
}

/// Prints a line to stdout. Works without `std`.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($argument:tt)*) => { $crate::print!("{}\n", ::core::format_args!($($argument)*)) };
}

/// Prints a line to stderr. Works without `std`.
#[macro_export]
macro_rules! eprintln {
    ($($argument:tt)*) => {
        $crate::io::print_to(
            $crate::syscalls::STDERR,
            ::core::format_args!("{}\n", ::core::format_args!($($argument)*)),
        )
    };
}
