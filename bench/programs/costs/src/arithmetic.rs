//! Integers wider than a register, big ones, and floats. Operands come from tables, so the compiler knows none of them.
use crate::{noise, numbers, repeat};
use num_bigint::BigUint;
use ruint::aliases::U256;

pub fn run(what: &str, times: u32) -> bool {
    narrow(what, times) || wide(what, times) || singles(what, times) || doubles(what, times)
}

fn narrow(what: &str, times: u32) -> bool {
    let (a, b) = (numbers(256), numbers(256 + 1)[1..].to_vec());
    let long = |i: usize| u128::from(a[i % 256]) << 40 | u128::from(b[i % 256]);
    match what {
        // What the loop and the tables take: the host subtracts it from the others. (An exclusive or is nearly nothing.)
        "nothing" => repeat(times, |i| a[i % 256] ^ b[i % 256]),
        "nothing 128" => repeat(times, |i| long(i) ^ long(i + 1)),
        "u64 /" => repeat(times, |i| a[i % 256] / (b[i % 256] >> 20)),
        "u128 *" => repeat(times, |i| long(i).wrapping_mul(long(i + 1))),
        "u128 /" => repeat(times, |i| long(i) / (long(i + 1) >> 30)),
        _ => return false,
    }
    true
}

fn wide(what: &str, times: u32) -> bool {
    let words: Vec<U256> = noise(32 * 64).chunks_exact(32).map(|bytes| U256::from_be_slice(bytes)).collect();
    let half = |i: usize| words[i % 64] >> 120;
    match what {
        "nothing U256" => repeat(times, |i| words[i % 64] ^ words[(i + 1) % 64]),
        "U256 *" => repeat(times, |i| words[i % 64].wrapping_mul(words[(i + 1) % 64])),
        "U256 /" => repeat(times, |i| words[i % 64] / half(i + 1)),
        "U256 mul_mod" => repeat(times, |i| words[i % 64].mul_mod(words[(i + 1) % 64], words[(i + 2) % 64])),
        "BigUint modpow" => {
            let modulus = BigUint::from_bytes_be(&noise(256)) | BigUint::from(1u8);
            let base = BigUint::from_bytes_be(&noise(257)[1..]);
            let exponent = BigUint::from(65_537u32);
            repeat(times, |_| base.modpow(&exponent, &modulus));
        }
        _ => return false,
    }
    true
}

/// Operations of one type of floats, under the type's name.
macro_rules! operations {
    ($name:ident, $float:ident) => {
        fn $name(what: &str, times: u32) -> bool {
            let numbers: Vec<$float> =
                numbers(256).iter().map(|bits| (bits >> 40) as $float / 1_048_576.0 + 0.001).collect();
            let (a, b) = (|i: usize| numbers[i % 256], |i: usize| numbers[(i + 1) % 256]);
            match what.strip_prefix(concat!(stringify!($float), " ")) {
                Some("nothing") => repeat(times, |i| a(i).to_bits() ^ b(i).to_bits()),
                Some("+") => repeat(times, |i| a(i) + b(i)),
                Some("*") => repeat(times, |i| a(i) * b(i)),
                Some("/") => repeat(times, |i| a(i) / b(i)),
                Some("<") => repeat(times, |i| a(i) < b(i)),
                Some("sqrt") => repeat(times, |i| a(i).sqrt()),
                Some("as i32") => repeat(times, |i| a(i) as i32),
                Some("exp") => repeat(times, |i| a(i).exp()),
                Some("ln") => repeat(times, |i| a(i).ln()),
                Some("sin") => repeat(times, |i| a(i).sin()),
                Some("powf") => repeat(times, |i| a(i).powf(b(i))),
                _ => return false,
            }
            true
        }
    };
}
operations!(singles, f32);
operations!(doubles, f64);
