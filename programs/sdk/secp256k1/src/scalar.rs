//! Numbers modulo the order n of the curve: from a hash and a signature to the factors of generator and key.
use crate::combine::Factor;
use k256::ecdsa::Signature;
use k256::elliptic_curve::bigint::U256;
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::scalar::IsHigh;
use k256::{FieldBytes, Scalar};

/// Words of hints: 1 / s, the amounts of two factors, and their signs in one word.
const HINTS: usize = 8 + 4 + 4 + 1;

/// A cube root of 1 modulo n that belongs to `BETA`: LAMBDA (x, y) = (BETA x, y).
const LAMBDA: &str = "5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72";

/// What is signed, and the two numbers of the signature.
pub struct Scalars {
    hash: Scalar,
    r: Scalar,
    s: Scalar,
}

/// The factors of the generator, in halves of 128 bits, and of the key, in halves of which one is multiplied by LAMBDA.
pub struct Factors {
    pub generator: [u128; 2],
    pub key: [Factor; 2],
}

impl Scalars {
    pub fn new(hash: &[u8; 32], signature: &Signature) -> Scalars {
        let (r, s) = signature.split_scalars();
        Scalars { hash: reduced(hash), r: *r, s: *s }
    }

    /// Whether r is this x modulo n.
    pub fn is_r(&self, x: &[u8; 32]) -> bool {
        reduced(x) == self.r
    }

    /// hash / s and r / s, each checked.
    pub fn factors(&self, hints: &[u32; HINTS]) -> Factors {
        let inverse = element(&hints[..8]);
        assert!(self.s * inverse == Scalar::ONE, "a hint is wrong");
        let signs = hints[16];
        let [a, b] = [(&hints[8..12], signs & 1), (&hints[12..16], signs >> 1 & 1)]
            .map(|(words, sign)| Factor { amount: half(words), is_negative: sign == 1 });
        assert!(signed(a) + signed(b) * lambda() == self.r * inverse, "a hint is wrong");
        let generator = (self.hash * inverse).to_bytes();
        let [high, low] = [&generator[..16], &generator[16..]]
            .map(|bytes| u128::from_be_bytes(bytes.try_into().expect("32 bytes are two times 16")));
        Factors { generator: [low, high], key: [a, b] }
    }

    /// Hints for [`Scalars::factors`].
    pub fn hints(&self) -> [u32; HINTS] {
        let inverse = self.s.invert_vartime().into_option().expect("s is not zero");
        let [a, b] = split(&(self.r * inverse));
        let mut hints = [0; HINTS];
        for (to, bytes) in hints.iter_mut().zip(inverse.to_bytes().rchunks(4)) {
            *to = u32::from_be_bytes(bytes.try_into().expect("words of 4 bytes"));
        }
        for (at, factor) in [(8, a), (12, b)] {
            for i in 0..4 {
                hints[at + i] = (factor.amount >> (32 * i)) as u32;
            }
        }
        hints[16] = u32::from(a.is_negative) | u32::from(b.is_negative) << 1;
        hints
    }
}

/// Two factors a, b of at most 128 bits with a + LAMBDA b = k.
///
/// Source: Guide to Elliptic Curve Cryptography, algorithm 3.74, with the short vectors of secp256k1 and their quotients by n
/// scaled by 2^384, as libsecp256k1 has them. What comes out is checked by who uses it.
fn split(k: &Scalar) -> [Factor; 2] {
    let k_integer = U256::from_be_slice(&k.to_bytes());
    let quotient = |factor: &str| {
        let (_, high): (U256, U256) = k_integer.widening_mul(&U256::from_be_hex(factor));
        let nearest = high.shr_vartime(127).wrapping_add(&U256::ONE).shr_vartime(1);
        reduced(&bytes(&nearest))
    };
    let first = quotient("3086d221a7d46bcde86c90e49284eb153daa8a1471e8ca7fe893209a45dbb031");
    let second = quotient("e4437ed6010e88286f547fa90abfe4c4221208ac9df506c61571b4ae8ac47f71");
    let minus_b1 = constant("00000000000000000000000000000000e4437ed6010e88286f547fa90abfe4c3");
    let minus_b2 = constant("fffffffffffffffffffffffffffffffe8a280ac50774346dd765cda83db1562c");
    let b = first * minus_b1 + second * minus_b2;
    [k - &(b * lambda()), b].map(|scalar| {
        let is_negative = bool::from(scalar.is_high());
        let amount = if is_negative { -scalar } else { scalar };
        let bytes = amount.to_bytes();
        let half: [u8; 16] = bytes[16..].try_into().expect("32 bytes are two times 16");
        Factor { amount: u128::from_be_bytes(half), is_negative }
    })
}

fn lambda() -> Scalar {
    constant(LAMBDA)
}

fn constant(hex: &str) -> Scalar {
    reduced(&bytes(&U256::from_be_hex(hex)))
}

fn bytes(integer: &U256) -> [u8; 32] {
    integer.to_be_bytes().into()
}

/// The integer with these big-endian bytes modulo n.
fn reduced(bytes: &[u8; 32]) -> Scalar {
    Scalar::reduce(&FieldBytes::from(*bytes))
}

/// The scalar with these little-endian words, modulo n.
fn element(words: &[u32]) -> Scalar {
    let mut bytes = [0; 32];
    for (to, word) in bytes.rchunks_exact_mut(4).zip(words) {
        to.copy_from_slice(&word.to_be_bytes());
    }
    reduced(&bytes)
}

fn half(words: &[u32]) -> u128 {
    words.iter().rev().fold(0, |half, word| half << 32 | u128::from(*word))
}

fn signed(factor: Factor) -> Scalar {
    let mut bytes = [0; 32];
    bytes[16..].copy_from_slice(&factor.amount.to_be_bytes());
    let amount = reduced(&bytes);
    if factor.is_negative { -amount } else { amount }
}
