//! Poseidon2 over KoalaBear, width 16 (ePrint 2023/323), for RV32IM: the prover's `poseidon2-koalabear.ts` with instructions
//! saved.
//!
//! An element x is x R mod p (R = 2^32, Montgomery) as any number of 32 bits with sign, most of the time not the least one.
//! Sums in the external layers are of the upper and lower halves of elements, so that none overflows; partial rounds scale the
//! state. The numbers behind it are computed, and explained, in `scripts/guest-constants.ts`.
use super::constants::{CAPACITY, CUBE, FIRST, LAST, PARTIAL, TO_MONTGOMERY, UNSCALE, UPPER};

/// The field's modulus, 2^31 - 2^24 + 1.
pub(super) const P: u32 = 0x7f00_0001;
const P_INVERSE: i32 = 0x8100_0001_u32 as i32;
const SHIFT: u32 = 12;

/// The digest of 32 elements below p, in four blocks of eight.
pub(super) fn hash(felts: &[u32; 32]) -> [u32; 8] {
    let mut state = [0; 16];
    state[8..].copy_from_slice(&CAPACITY);
    for block in felts.chunks_exact(8) {
        for (lane, felt) in state.iter_mut().zip(block) {
            *lane = product(*felt as i32, TO_MONTGOMERY);
        }
        permute(&mut state);
    }
    core::array::from_fn(|i| {
        let felt = product(state[i], 1);
        if felt < 0 { felt.wrapping_add(P as i32) as u32 } else { felt as u32 }
    })
}

fn permute(state: &mut [i32; 16]) {
    external_layer(state, |lane, _| lane);
    for constants in FIRST.chunks_exact(16) {
        full_round(state, constants);
    }
    for (constant, k) in PARTIAL.iter().zip(&CUBE) {
        partial_round(state, *constant, *k);
    }
    for lane in state.iter_mut() {
        // Makes room for a constant of a full round.
        *lane = shifted(*lane, SHIFT);
    }
    for constants in LAST.chunks_exact(16) {
        full_round(state, constants);
    }
    for lane in state {
        *lane = product(*lane, UNSCALE);
    }
}

/// Lanes that come in are below p / 2 + 2^23 in size and constants below p / 2: their sum has 32 bits.
fn full_round(state: &mut [i32; 16], constants: &[i32]) {
    external_layer(state, |lane, i| {
        let x = lane + constants[i];
        product(product(x, x), x)
    });
}

/// a b / R for any a, b: below |a b| / R + p / 2 in size, so always of 32 bits.
#[inline(always)]
fn product(a: i32, b: i32) -> i32 {
    high(a, b).wrapping_sub(high(a.wrapping_mul(b).wrapping_mul(P_INVERSE), P as i32))
}

/// The upper word of a product, in one instruction: compilers take four where a factor is a constant.
#[inline(always)]
fn high(a: i32, b: i32) -> i32 {
    #[cfg(target_arch = "riscv32")]
    {
        let word;
        // SAFETY: arithmetic on registers.
        unsafe {
            core::arch::asm!("mulh {}, {}, {}", lateout(reg) word, in(reg) a, in(reg) b, options(pure, nomem, nostack))
        };
        word
    }
    #[cfg(not(target_arch = "riscv32"))]
    {
        ((i64::from(a) * i64::from(b)) >> 32) as i32
    }
}

/// x / 2^k for 8 <= k <= 24: `product` with 2^(32-k), whose quotient is the lower word itself, since p is 1 mod 2^24. Below
/// |x| / 2^k + p / 2 in size.
#[inline(always)]
fn shifted(x: i32, k: u32) -> i32 {
    (x >> k).wrapping_sub(high(x << (32 - k), P as i32))
}

/// circ(2 M4, M4, M4, M4), on halves: upper ones get up to 21 bits and a sign, lower ones 22 bits.
#[inline(always)]
fn external_layer(state: &mut [i32; 16], before: impl Fn(i32, usize) -> i32) {
    let mut sums = [0; 8];
    // Four lanes at a time, so that sums and all that is needed stay in registers.
    let halves: [[i32; 8]; 4] = core::array::from_fn(|i| {
        let lanes: [i32; 4] = core::array::from_fn(|j| before(state[4 * i + j], 4 * i + j));
        let upper = mix(lanes.map(|lane| lane >> 16));
        let lower = mix(lanes.map(|lane| lane & 0xffff));
        let halves = core::array::from_fn(|j| if j < 4 { upper[j] } else { lower[j - 4] });
        for (sum, half) in sums.iter_mut().zip(halves) {
            *sum += half;
        }
        halves
    });
    for (lanes, halves) in state.as_chunks_mut::<4>().0.iter_mut().zip(&halves) {
        for j in 0..4 {
            lanes[j] = product(halves[j] + sums[j], UPPER) + (halves[4 + j] + sums[4 + j]);
        }
    }
}

/// M4 = circ(2, 3, 1, 1).
#[inline(always)]
fn mix([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    let (left, right) = (a + b, c + d);
    let (with_b, with_d) = (left + right + b, left + right + d);
    [with_b + left, with_b + 2 * c, with_d + right, with_d + 2 * a]
}

/// J + diag(-2, 1, 2, 1/2, 3, 4, -1/2, -3, -4, 2^-8, 1/8, 2^-24, -2^-8, -1/8, -1/16, -2^-24), all of it over 2^12.
///
/// The sum is below p / 2 + 2^23 in size and what is added to it below p / 2 + 2^21: lanes have 32 bits.
#[inline(always)]
fn partial_round(state: &mut [i32; 16], constant: i32, k: i32) {
    // Between -p and 0 for a lane that is not negative, else between 0 and p.
    let x = state[0] + (constant + if state[0] < 0 { P as i32 } else { 0 });
    state[0] = product(product(product(x, x), x), k);
    let mut upper = 0;
    let mut lower = 0;
    for lane in state.iter() {
        upper += lane >> SHIFT;
        lower += lane & ((1 << SHIFT) - 1);
    }
    let sum = upper + shifted(lower, SHIFT);
    // 3 / 2^12, whose quotient is the lower word as well.
    let thrice = |x: i32| {
        let factor = 3 << (32 - SHIFT);
        high(x, factor).wrapping_sub(high(x.wrapping_mul(factor), P as i32))
    };
    let [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15] = *state;
    *state = [
        sum - shifted(s0, SHIFT - 1),
        sum + shifted(s1, SHIFT),
        sum + shifted(s2, SHIFT - 1),
        sum + shifted(s3, SHIFT + 1),
        sum + thrice(s4),
        sum + shifted(s5, SHIFT - 2),
        sum - shifted(s6, SHIFT + 1),
        sum - thrice(s7),
        sum - shifted(s8, SHIFT - 2),
        sum + shifted(s9, SHIFT + 8),
        sum + shifted(s10, SHIFT + 3),
        sum + shifted(shifted(s11, 24), SHIFT),
        sum - shifted(s12, SHIFT + 8),
        sum - shifted(s13, SHIFT + 3),
        sum - shifted(s14, SHIFT + 4),
        sum - shifted(shifted(s15, 24), SHIFT),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same function without any of the savings: canonical numbers in 64 bits.
    mod plain {
        use super::super::P;
        pub fn mul(a: u64, b: u64) -> u64 {
            a * b % u64::from(P)
        }
    }

    #[test]
    fn products_are_those_of_the_field() {
        let r_inverse = {
            let (mut power, mut base, mut e) = (1, (1_u64 << 32) % u64::from(P), P - 2);
            while e > 0 {
                if e & 1 == 1 {
                    power = plain::mul(power, base);
                }
                base = plain::mul(base, base);
                e >>= 1;
            }
            power
        };
        let field = |x: i64| x.rem_euclid(i64::from(P)) as u64;
        let edges = [i32::MIN, -(P as i32), -1, 0, 1, 0x0fff, 0x1000, 1 << 24, P as i32 - 1, P as i32, i32::MAX];
        for a in edges {
            for b in edges {
                let expected = plain::mul(plain::mul(field(a.into()), field(b.into())), r_inverse);
                assert_eq!(field(product(a, b).into()), expected, "{a} {b}");
            }
            for k in 8..=24 {
                assert_eq!(plain::mul(field(shifted(a, k).into()), 1 << k), field(a.into()), "{a} {k}");
            }
        }
    }
}
