//! Exercises the guest crate and the standard library for the tests; the first input item says what to do.
mod memory;

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Read};

fn main() {
    let mode = String::from_utf8(zkvm::io::read_vec()).expect("the mode is not UTF-8");
    match mode.as_str() {
        "std" => standard_library(),
        "types" => types(),
        "typed" => typed(),
        "bad typed" => drop(zkvm::io::read::<Order>()),
        "abi" => abi(),
        "spans" => spans(),
        "unconstrained" => unconstrained(),
        "hints" => hints(),
        "stdin" => stdin(),
        "panic" => panic!("the answer is not {}", 42),
        "empty panic" => std::panic::panic_any(17u8),
        "read past input" => drop(zkvm::io::read_vec()),
        "wrong length" => drop(zkvm::io::read::<u32>()),
        "recursion" => println!("{}", recurse(1)),
        "huge allocation" => drop(std::hint::black_box(vec![1u8; 1_500_000_000])),
        "try huge allocation" => assert!(Vec::<u8>::new().try_reserve(1_500_000_000).is_err()),
        "unsupported" => unsupported(),
        "time" => drop(std::time::Instant::now()),
        "divide" => println!("{}", 1 / std::hint::black_box(0u32)),
        "index" => println!("{}", [1, 2, 3][std::hint::black_box(3usize)]),
        "hash order" => hash_order(),
        "exit" => zkvm::exit(42),
        "abort" => std::process::abort(),
        "null" => unsafe { core::ptr::null_mut::<u32>().write_volatile(1) },
        "reuse memory" => reuse_memory(),
        "frames" => memory::frames(),
        "one block" => memory::one_block(),
        "many blocks" => memory::many_blocks(),
        "growing" => memory::growing(),
        "random blocks" => memory::random_blocks(),
        "wait" => memory::wait(),
        other => panic!("unknown mode {other}"),
    }
}

/// Writes a line for each check, so that a test sees how far it came.
fn standard_library() {
    let mut map = HashMap::new();
    for (i, word) in "the quick brown fox jumps over the lazy dog the end".split(' ').enumerate() {
        map.entry(word.to_string()).or_insert_with(Vec::new).push(i);
    }
    let sorted: BTreeMap<_, _> = map.into_iter().collect();
    println!("{:?}", sorted["the"]);
    let mut numbers: Vec<u64> = (0..200u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 1009).collect();
    numbers.sort_unstable();
    println!("{} {} {}", numbers[0], numbers[100], numbers[199]);
    println!("{:.3} {}", (2.0f64).sqrt(), f32::MAX);
    println!("{}", u128::MAX / 1_000_000_007);
    println!("{:?} {:?}", std::env::var("HOME"), std::env::args().count());
    let text: String = "wide: äöü €".chars().rev().collect();
    println!("{text}");
    eprintln!("to stderr");
}

fn types() {
    zkvm::io::commit(&zkvm::io::read::<u8>());
    zkvm::io::commit(&zkvm::io::read::<u64>());
    zkvm::io::commit(&zkvm::io::read::<i128>());
    zkvm::io::commit(&zkvm::io::read::<[u8; 3]>());
    let mut buffer = [0; 5];
    zkvm::io::read_slice(&mut buffer);
    zkvm::io::commit_slice(&buffer);
    // Longer than a block of the hash, in uneven pieces.
    for length in [0, 1, 62, 63, 64, 65, 130] {
        zkvm::io::commit_slice(&vec![length as u8; length]);
    }
}

#[derive(Deserialize, Serialize, Debug)]
enum Side {
    Buy,
    Sell { limit: u64 },
}

/// A bit of everything that BCS has.
#[derive(Deserialize, Serialize, Debug)]
struct Order {
    id: u128,
    owner: [u8; 20],
    note: String,
    sides: Vec<Side>,
    tag: Option<(bool, i16)>,
    book: BTreeMap<String, u32>,
}

fn typed() {
    let order: Order = zkvm::io::read();
    println!("{order:?}");
    zkvm::io::commit(&order);
}

fn abi() {
    let nested = vec![vec![1u8, 2], vec![], vec![255]];
    let pairs = [(1u64, "one"), (2, "a text of more than thirty-two bytes, to be padded"), (3, "")];
    let bytes = zkvm::abi::Bytes(&[0xab; 33]);
    zkvm::io::commit_abi(&(7u8, -2i64, true, [0x11u8; 20], [0x22u8; 32], u128::MAX, i128::MIN, bytes));
    zkvm::io::commit_abi(&(nested, &pairs[..], "text", ((1u16, 2u32), "inner"), [9u32; 0].as_slice()));
}

#[zkvm::cycle_tracker]
fn tracked(rounds: u32) -> u32 {
    (0..rounds).fold(1, |value, i| std::hint::black_box(value) * 3 + i)
}

fn spans() {
    let _all = zkvm::span("all of it");
    for rounds in [10, 1000] {
        tracked(rounds);
    }
    let _inner = zkvm::span!("inner");
    println!("cycle-tracker-start: printed");
    tracked(100);
    println!("cycle-tracker-end: printed");
}

/// Divisors found outside the proof and checked inside.
fn unconstrained() {
    let n: u64 = zkvm::io::read();
    let mut untouched = 1;
    let (p, q) = zkvm::unconstrained(|| {
        untouched = 2;
        println!("searching");
        (2..n).find(|d| n % d == 0).map_or((1, n), |d| (d, n / d))
    });
    assert!(p > 1 && q > 1 && p.checked_mul(q) == Some(n), "{p} * {q} is not {n}");
    assert_eq!(untouched, 1);
    zkvm::io::commit_abi(&(n, p, q));
}

fn hints() {
    zkvm::unconstrained_block(|| {
        zkvm::io::hint(&17u32);
        zkvm::io::hint_slice(b"second");
    });
    println!("{}", zkvm::io::read::<u32>());
    println!("{:?}", zkvm::io::read_vec());
    println!("{:?}", zkvm::io::read_vec());
}

fn stdin() {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).unwrap();
    let mut rest = Vec::new();
    std::io::stdin().read_to_end(&mut rest).unwrap();
    println!("{line:?} {rest:?}");
}

#[inline(never)]
#[expect(unconditional_recursion)]
fn recurse(depth: u32) -> u32 {
    let frame = std::hint::black_box([depth; 64]);
    recurse(depth + 1) + frame[(depth % 64) as usize]
}

/// What there is not, and says so in an error.
fn unsupported() {
    assert!(std::thread::Builder::new().spawn(|| ()).is_err());
    assert!(std::fs::read("file").is_err());
    assert!(std::net::TcpStream::connect("127.0.0.1:80").is_err());
}

/// The order of a map with a fixed seed.
fn hash_order() {
    let map: HashMap<u32, u32> = (0..50).map(|i| (i, i)).collect();
    println!("{:?}", map.keys().collect::<Vec<_>>());
}

/// Without freed memory being used again this would need more than there is.
fn reuse_memory() {
    let mut total = 0usize;
    for i in 0..2000usize {
        let block = std::hint::black_box(Vec::<u8>::with_capacity(1 << 20));
        total += block.capacity() + i;
    }
    println!("{total}");
}
