//! The smallest program worth proving.
use zkvm as _;

fn main() {
    let x = 10;
    let y = 20;
    let z = x + y;
    assert_eq!(z, 30);
}
