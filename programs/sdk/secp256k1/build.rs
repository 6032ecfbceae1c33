//! Writes the multiples of the generator that `combine.rs` uses: odd multiples 1, 3, ... 127 of G and of 2^128 G.
use k256::elliptic_curve::sec1::ToSec1Point;
use k256::{ProjectivePoint, Scalar};
use std::fmt::Write;
use std::{env, fs, path::Path};

const POINTS: u64 = 64;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut text = String::new();
    let high = ProjectivePoint::GENERATOR * Scalar::from(1_u128 << 127) * Scalar::from(2_u64);
    for (name, base) in [("LOW", ProjectivePoint::GENERATOR), ("HIGH", high)] {
        writeln!(text, "static {name}: [Point; {POINTS}] = [").unwrap();
        for i in 0..POINTS {
            let point = (base * Scalar::from(2 * i + 1)).to_affine().to_sec1_point(false);
            let [x, y] = [point.x(), point.y()].map(|coordinate| words(coordinate.expect("a multiple of G")));
            writeln!(text, "    Point {{ x: Fe::from_words({x:?}), y: Fe::from_words({y:?}) }},").unwrap();
        }
        writeln!(text, "];").unwrap();
    }
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("generator.rs"), text).unwrap();
}

/// Little-endian words of big-endian bytes.
fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.rchunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect()
}
