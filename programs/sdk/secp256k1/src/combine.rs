//! Sums of multiples of points: all multiples share the doublings (Straus), in digits of which few are not zero.
use crate::field::Fe;
use crate::point::{Point, Slopes, Vertical};

include!(concat!(env!("OUT_DIR"), "/generator.rs"));

/// Digits of a multiple: bits of a 128-bit number, and one for a carry.
const DIGITS: usize = 129;
/// Width of digits: for the generator with its tables in the program, and for other points.
const WIDE: u32 = 8;
const NARROW: u32 = 5;
const NARROW_POINTS: usize = 1 << (NARROW - 2);

/// A cube root of 1: (x, y) multiplied by LAMBDA is (BETA x, y). Source: Gallant, Lambert, Vanstone (2001); SEC 2.
const BETA: Fe =
    Fe::from_words([0x719501ee, 0xc1396c28, 0x12f58995, 0x9cf04975, 0xac3434e9, 0x6e64479e, 0x657c0710, 0x7ae96a2b]);

/// A factor: its amount and whether it is negative.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    pub amount: u128,
    pub is_negative: bool,
}

/// `(low + 2^128 high) G + (a + LAMBDA b) point`, where a and b are the factors. `None` is the point at infinity.
pub fn combine(
    [low, high]: [u128; 2],
    point: &Point,
    [a, b]: [Factor; 2],
    slopes: &mut impl Slopes,
) -> Result<Option<Point>, Vertical> {
    let multiples = odd_multiples(point, slopes)?;
    let turned = multiples.map(|Point { x, y }| Point { x: x.mul(&BETA), y });
    let terms: [(&[Point], Digits); 4] = [
        (&LOW, digits::<WIDE>(low, false)),
        (&HIGH, digits::<WIDE>(high, false)),
        (&multiples, digits::<NARROW>(a.amount, a.is_negative)),
        (&turned, digits::<NARROW>(b.amount, b.is_negative)),
    ];
    let mut sum: Option<Point> = None;
    for position in (0..DIGITS).rev() {
        let mut is_doubled = false;
        for (table, digits) in &terms {
            let digit = digits[position];
            if digit == 0 {
                continue;
            }
            let Point { x, y } = &table[usize::from(digit.unsigned_abs() / 2)];
            let y = if digit < 0 { y.neg() } else { *y };
            match &mut sum {
                None => sum = Some(Point { x: *x, y }),
                Some(sum) if is_doubled => sum.add(x, &y, slopes)?,
                Some(sum) => sum.double_add(x, &y, slopes)?,
            }
            is_doubled = true;
        }
        if let (Some(sum), false) = (&mut sum, is_doubled) {
            sum.double(slopes)?;
        }
    }
    Ok(sum)
}

/// 1, 3, 5 ... times a point.
fn odd_multiples(point: &Point, slopes: &mut impl Slopes) -> Result<[Point; NARROW_POINTS], Vertical> {
    let mut twice = *point;
    twice.double(slopes)?;
    let mut multiples = [*point; NARROW_POINTS];
    for i in 1..NARROW_POINTS {
        multiples[i] = multiples[i - 1];
        multiples[i].add(&twice.x, &twice.y, slopes)?;
    }
    Ok(multiples)
}

type Digits = [i8; DIGITS];

/// A number in digits that are zero or odd and less than 2^(W - 1) in amount; of W neighbours at most one is not zero.
/// Source: Hankerson, Menezes, Vanstone, Guide to Elliptic Curve Cryptography, algorithm 3.35.
fn digits<const W: u32>(number: u128, is_negative: bool) -> Digits {
    let words: [u32; 6] = core::array::from_fn(|i| if i < 4 { (number >> (32 * i)) as u32 } else { 0 });
    let window = |at: usize| {
        let pair = u64::from(words[at / 32 + 1]) << 32 | u64::from(words[at / 32]);
        (pair >> (at % 32)) as u32 & ((1 << W) - 1)
    };
    let mut digits = [0; DIGITS];
    let mut carry = 0;
    let mut at = 0;
    while at < DIGITS {
        if words[at / 32] >> (at % 32) & 1 == carry {
            at += 1;
            continue;
        }
        let value = window(at) + carry;
        carry = value >> (W - 1);
        let digit = (value as i32 - ((carry << W) as i32)) as i8;
        digits[at] = if is_negative { -digit } else { digit };
        at += W as usize;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(digits: &Digits) -> (u128, u128) {
        let sum = |sign: i8| {
            let parts = digits.iter().enumerate().filter(|(_, digit)| digit.signum() == sign);
            parts.fold(0_u128, |sum, (at, digit)| {
                sum.wrapping_add(u128::from(digit.unsigned_abs()) << at.min(127) << (at / 128))
            })
        };
        (sum(1), sum(-1))
    }

    #[test]
    fn digits_are_those_of_the_number() {
        let mut number = 1_u128;
        for i in 0..2000_u128 {
            number = number.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(i);
            for number in [number, number >> (i % 128), !0 << (i % 128), (1 << (i % 128)) - 1] {
                for (digits, width) in [(digits::<WIDE>(number, false), 8), (digits::<NARROW>(number, false), 5)] {
                    let (plus, minus) = value(&digits);
                    assert_eq!(plus.wrapping_sub(minus), number);
                    for (at, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
                        assert!(digit % 2 != 0 && digit.unsigned_abs() < 1 << (width - 1));
                        assert!(digits[at + 1..].iter().take(width - 1).all(|next| *next == 0));
                    }
                }
                assert_eq!(digits::<NARROW>(number, true), digits::<NARROW>(number, false).map(|digit| -digit));
            }
        }
    }
}
