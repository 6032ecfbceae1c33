//! Integers modulo p = 2^256 - 2^32 - 977, the field of secp256k1, in eight 32-bit words.
//!
//! Source for the shape of p: SEC 2, section 2.4.1. 2^256 is congruent to 2^32 + 977, so what is above 256 bits is folded
//! back by a multiplication with that.

use k256::elliptic_curve::bigint::{Odd, U256};

/// 2^256 - p is 2^32 + FOLD.
const FOLD: u32 = 977;
const P: [u32; 8] = [0xffff_fc2f, 0xffff_fffe, !0, !0, !0, !0, !0, !0];

/// An element: any integer below 2^256, in little-endian words. p to 2^256 - 1 are second forms of 0 to 2^32 + 976.
#[derive(Clone, Copy, Debug)]
pub struct Fe([u32; 8]);

impl Fe {
    pub const ZERO: Fe = Fe([0; 8]);

    pub const fn from_words(words: [u32; 8]) -> Fe {
        Fe(words)
    }

    pub fn words(&self) -> &[u32; 8] {
        &self.0
    }

    /// The element with these big-endian bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Fe {
        let (words, _) = bytes.as_chunks::<4>();
        Fe(core::array::from_fn(|i| u32::from_be_bytes(words[7 - i])))
    }

    /// Big-endian bytes of the form below p.
    pub fn to_bytes(self) -> [u8; 32] {
        let mut words = self.0;
        if words[2..] == P[2..] && (words[1] == !0 || (words[1] == P[1] && words[0] >= P[0])) {
            subtract(&mut words, &P);
        }
        let mut bytes = [0; 32];
        for (to, word) in bytes.rchunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    pub fn is_zero(&self) -> bool {
        let w = &self.0;
        let any = w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7];
        any == 0 || *w == P
    }

    #[inline]
    pub fn add(&self, other: &Fe) -> Fe {
        let mut sum = self.0;
        let mut carry = false;
        for (word, other) in sum.iter_mut().zip(other.0) {
            (*word, carry) = carrying_add(*word, other, carry);
        }
        // At most twice: the second time 2^256 is left only if the sum was just above 2^257 - 2^33.
        while carry {
            carry = add_fold(&mut sum, 1, 0);
        }
        Fe(sum)
    }

    #[inline]
    pub fn sub(&self, other: &Fe) -> Fe {
        let mut difference = self.0;
        let mut borrow = subtract(&mut difference, &other.0);
        while borrow {
            borrow = subtract(&mut difference, &[FOLD, 1, 0, 0, 0, 0, 0, 0]);
        }
        Fe(difference)
    }

    #[inline]
    pub fn double(&self) -> Fe {
        self.add(self)
    }

    #[inline]
    pub fn neg(&self) -> Fe {
        Fe::ZERO.sub(self)
    }

    /// The product, row by row. The rows are written out so that the eight words in work stay in registers.
    #[inline(never)]
    pub fn mul(&self, other: &Fe) -> Fe {
        let (a, b) = (&self.0, &other.0);
        let mut low = [0; 8];
        let mut work = [0; 8];
        macro_rules! rows {
            ($($i:literal)*) => { $(
                let mut carry;
                (low[$i], carry) = multiply_add(a[$i], b[0], work[0], 0);
                for j in 1..8 {
                    (work[j - 1], carry) = multiply_add(a[$i], b[j], work[j], carry);
                }
                work[7] = carry;
            )* };
        }
        rows!(0 1 2 3 4 5 6 7);
        reduce(&low, &work)
    }

    /// The product with itself.
    #[inline(never)]
    pub fn square(&self) -> Fe {
        let a = &self.0;
        // Each product of two different words once,
        let mut product = [0_u32; 16];
        for i in 0..7 {
            let mut carry = 0;
            for j in i + 1..8 {
                (product[i + j], carry) = wide_multiply_add(a[i], a[j], product[i + j], carry);
            }
            product[i + 8] = carry;
        }
        // twice, and the squares of the words.
        let mut carry = 0_u32;
        let mut shifted_out = 0;
        for i in 0..8 {
            let [low, high] = [product[2 * i], product[2 * i + 1]];
            let square = u64::from(a[i]) * u64::from(a[i]);
            let sum = u64::from(low << 1 | shifted_out) + u64::from(square as u32) + u64::from(carry);
            product[2 * i] = sum as u32;
            let sum = u64::from(high << 1 | low >> 31) + (square >> 32) + (sum >> 32);
            product[2 * i + 1] = sum as u32;
            carry = (sum >> 32) as u32;
            shifted_out = high >> 31;
        }
        let [low, high] = [0, 8].map(|start| core::array::from_fn(|i| product[start + i]));
        reduce(&low, &high)
    }

    /// The inverse; `None` for 0.
    pub fn invert(&self) -> Option<Fe> {
        const PRIME: Odd<U256> =
            Odd::<U256>::from_be_hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
        let inverse = U256::from_be_slice(&self.to_bytes()).invert_odd_mod_vartime(&PRIME).into_option()?;
        Some(Fe::from_bytes(&inverse.to_be_bytes().into()))
    }
}

impl PartialEq for Fe {
    /// Equality modulo p.
    fn eq(&self, other: &Fe) -> bool {
        self.sub(other).is_zero()
    }
}

/// Low and high word of `a * b + c + d`, which is below 2^64.
#[inline(always)]
fn wide_multiply_add(a: u32, b: u32, c: u32, d: u32) -> (u32, u32) {
    let sum = u64::from(a) * u64::from(b) + u64::from(c) + u64::from(d);
    (sum as u32, (sum >> 32) as u32)
}

#[cfg(not(target_arch = "riscv32"))]
use wide_multiply_add as multiply_add;

/// The same in eight instructions. Left to itself, the compiler first computes many products, to hide the time that they take
/// on other machines, and has to keep them in memory then.
#[cfg(target_arch = "riscv32")]
#[inline(always)]
fn multiply_add(a: u32, b: u32, c: u32, d: u32) -> (u32, u32) {
    let (low, high);
    // SAFETY: arithmetic only.
    unsafe {
        core::arch::asm!(
            "mul {low}, {a}, {b}",
            "mulhu {high}, {a}, {b}",
            "add {low}, {low}, {c}",
            "sltu {c}, {low}, {c}",
            "add {low}, {low}, {d}",
            "sltu {d}, {low}, {d}",
            "add {high}, {high}, {c}",
            "add {high}, {high}, {d}",
            a = in(reg) a,
            b = in(reg) b,
            c = inout(reg) c => _,
            d = inout(reg) d => _,
            low = out(reg) low,
            high = out(reg) high,
            options(pure, nomem, nostack),
        );
    }
    (low, high)
}

#[inline(always)]
fn carrying_add(a: u32, b: u32, carry: bool) -> (u32, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(u32::from(carry));
    (sum, first | second)
}

/// `a -= b`; true when that went below zero and 2^256 was added.
#[inline(always)]
fn subtract(a: &mut [u32; 8], b: &[u32; 8]) -> bool {
    let mut borrow = false;
    for (word, other) in a.iter_mut().zip(b) {
        let (difference, first) = word.overflowing_sub(*other);
        let (difference, second) = difference.overflowing_sub(u32::from(borrow));
        (*word, borrow) = (difference, first | second);
    }
    borrow
}

/// Adds `(low + 2^32 high) (2^32 + 977)`; true when 2^256 was left out of the sum. `high` is 0 or 1.
#[inline(always)]
fn add_fold(words: &mut [u32; 8], low: u32, high: u32) -> bool {
    let (first, carry) = multiply_add(low, FOLD, words[0], 0);
    words[0] = first;
    // Below 2^32 + 2^32 + 2 * 977 + 2^10.
    let sum = u64::from(words[1]) + u64::from(low) + u64::from(carry) + u64::from(high * FOLD);
    words[1] = sum as u32;
    let sum = u64::from(words[2]) + u64::from(high) + (sum >> 32);
    words[2] = sum as u32;
    let mut carry = sum >> 32 != 0;
    for word in &mut words[3..] {
        if !carry {
            return false;
        }
        (*word, carry) = word.overflowing_add(1);
    }
    carry
}

/// Folds 512 bits into 256: low + 977 high + 2^32 high.
#[inline(always)]
fn reduce(low: &[u32; 8], high: &[u32; 8]) -> Fe {
    let mut words = [0; 8];
    // Below 979.
    let mut carry = 0;
    let mut before = 0;
    for i in 0..8 {
        let (word, next) = multiply_add(high[i], FOLD, low[i], carry);
        let (word, is_over) = word.overflowing_add(before);
        words[i] = word;
        carry = next + u32::from(is_over);
        before = high[i];
    }
    // What is above 256 bits.
    let (top, is_over) = before.overflowing_add(carry);
    let mut is_left = add_fold(&mut words, top, u32::from(is_over));
    while is_left {
        is_left = add_fold(&mut words, 1, 0);
    }
    Fe(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use k256::elliptic_curve::bigint::NonZero;

    fn prime() -> U256 {
        U256::from_words(
            P.map(u64::from)
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[a, b]| a | b << 32)
                .collect::<Vec<_>>()
                .try_into()
                .unwrap(),
        )
    }

    fn integer(x: &Fe) -> U256 {
        U256::from_be_slice(&x.0.iter().rev().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>())
    }

    /// Elements near the ends of the range and of words, and others.
    fn samples() -> Vec<Fe> {
        let ends = [0_u32, 1, 2, 976, 977, 978, 0x7fff_ffff, 0xffff_fc2e, 0xffff_fc2f, 0xffff_fc30, !1, !0];
        let mut all = Vec::new();
        for low in ends {
            for second in [0, 1, !1, !0] {
                for rest in [0, 1, !0] {
                    all.push(Fe([low, second, rest, rest, rest, rest, rest, rest]));
                }
            }
        }
        let mut state = 1_u32;
        for _ in 0..100 {
            all.push(Fe(core::array::from_fn(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state
            })));
        }
        all
    }

    #[test]
    fn agrees_with_crypto_bigint() {
        let p = NonZero::new(prime()).unwrap();
        let reduced = |x: U256| x.rem_vartime(&p);
        for a in samples() {
            let x = reduced(integer(&a));
            assert_eq!(U256::from_be_slice(&a.to_bytes()), x);
            assert_eq!(a.is_zero(), x == U256::ZERO);
            assert_eq!(U256::from_be_slice(&a.square().to_bytes()), x.mul_mod_vartime(&x, &p), "{a:?}");
            assert_eq!(U256::from_be_slice(&a.neg().to_bytes()), U256::ZERO.sub_mod(&x, &p));
            match a.invert() {
                Some(inverse) => assert!(inverse.mul(&a) == Fe([1, 0, 0, 0, 0, 0, 0, 0])),
                None => assert!(a.is_zero()),
            }
            for b in samples() {
                let y = reduced(integer(&b));
                assert_eq!(U256::from_be_slice(&a.mul(&b).to_bytes()), x.mul_mod_vartime(&y, &p), "{a:?} {b:?}");
                assert_eq!(U256::from_be_slice(&a.add(&b).to_bytes()), x.add_mod(&y, &p), "{a:?} {b:?}");
                assert_eq!(U256::from_be_slice(&a.sub(&b).to_bytes()), x.sub_mod(&y, &p), "{a:?} {b:?}");
                assert_eq!(a == b, x == y);
                assert_eq!(Fe::from_bytes(&a.to_bytes()).to_bytes(), a.to_bytes());
            }
        }
    }
}
