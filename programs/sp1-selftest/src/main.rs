//! What the tests of the crate `sp1-zkvm` run: programs in the style of SP1, chosen by the first input item.
#![no_main]
sp1_zkvm::entrypoint!(main);

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
enum Action {
    Stop,
    Move { x: i64, y: i64 },
    Say(String),
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Message {
    id: u128,
    size: usize,
    sender: [u8; 20],
    text: String,
    actions: Vec<Action>,
    flag: Option<(bool, u16)>,
    letter: char,
    counts: BTreeMap<String, u32>,
    blob: Vec<u8>,
    ratio: f64,
}

/// Reads a value, prints it, and commits it as it came.
fn echo() {
    let message = sp1_zkvm::io::read::<Message>();
    println!("{message:?}");
    sp1_zkvm::io::commit(&message);
}

/// Takes two numbers and raw bytes from three items, and commits in all ways.
fn items() {
    let a = sp1_zkvm::io::read::<u64>();
    let b: u64 = sp1_zkvm::io::read();
    let bytes = sp1_zkvm::io::read_vec();
    sp1_zkvm::io::commit(&(a + b));
    sp1_zkvm::io::commit_slice(&bytes);
    sp1_zkvm::io::commit(&"text");
    sp1_zkvm::io::write(sp1_zkvm::io::FD_PUBLIC_VALUES, &[1, 2, 3]);
    sp1_zkvm::io::write(1, b"to stdout\n");
    sp1_zkvm::io::write(2, b"to stderr\n");
}

/// Factors a number outside the proof and checks the factors inside.
#[sp1_derive::cycle_tracker]
fn factors(n: u64) -> (u64, Vec<u8>) {
    sp1_zkvm::lib::unconstrained! {
        let mut divisor = 2u64;
        while n % divisor != 0 {
            divisor += 1;
        }
        sp1_zkvm::io::hint(&divisor);
        sp1_zkvm::io::hint_slice(b"second hint");
    }
    let divisor: u64 = sp1_zkvm::io::read();
    if divisor < 2 || divisor >= n || n % divisor != 0 {
        sp1_lib::invalid_hint!("{divisor} does not divide {n}");
    }
    (divisor, sp1_zkvm::io::read_vec())
}

fn hints() {
    let n = sp1_zkvm::io::read::<u64>();
    println!("cycle-tracker-start: all");
    let (divisor, note) = factors(n);
    println!("cycle-tracker-end: all");
    sp1_zkvm::io::commit(&(divisor, n / divisor));
    sp1_zkvm::io::commit_slice(&note);
    sp1_zkvm::io::commit(&sp1_zkvm::io::read::<u8>());
}

pub fn main() {
    match sp1_zkvm::io::read::<String>().as_str() {
        "echo" => echo(),
        "items" => items(),
        "hints" => hints(),
        "random" => sp1_zkvm::io::commit(&rand::random::<u64>()),
        "hook" => sp1_zkvm::io::write(15, &[0]),
        "halt" => sp1_zkvm::syscalls::syscall_halt(7),
        "panic" => panic!("as asked"),
        other => panic!("unknown mode {other}"),
    }
}
