//! ECDSA signatures over secp256k1, several times cheaper than by the crate `k256` alone.
//!
//! The expensive parts of a verification are divisions: every addition of points has one, and the usual way around them costs
//! three times as many multiplications. Here the quotients come from outside the proof, and the program checks each by one
//! multiplication; see [`zkvm::unconstrained_block`]. **The answer is right whatever the hints are**: a wrong one ends the
//! program with exit code 1.
mod combine;
mod field;
mod point;
mod scalar;

use combine::combine;
use field::Fe;
use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{Signature, VerifyingKey};
use point::{Computed, Given, Point, Slopes, Vertical};
use scalar::Scalars;

/// Whether `signature` (r and s) is a signature of `hash` by the key with the affine coordinates `public_key` (x and y); all in
/// big-endian bytes. Refuses coordinates off the curve, r and s that are zero or not below the order of the curve, and of the
/// two possible s the larger one (as Ethereum and `k256` do), so that nobody can make a second signature from one.
pub fn verify(public_key: &[u8; 64], hash: &[u8; 32], signature: &[u8; 64]) -> bool {
    let Some(claim) = Claim::new(public_key, hash, signature) else { return false };
    zkvm::unconstrained_block(|| {
        let hints: Vec<u8> = claim.hints().iter().flat_map(|word| word.to_le_bytes()).collect();
        zkvm::io::hint_slice(&hints);
    });
    let item = zkvm::io::read_vec();
    // SAFETY: every pattern of bits is a `u32`.
    let ([], hints, []) = (unsafe { item.align_to::<u32>() }) else { panic!("hints are not whole words") };
    claim.holds(hints)
}

/// A key, a hash and a signature, all of the right form.
struct Claim<'a> {
    key: VerifyingKey,
    point: Point,
    hash: &'a [u8; 32],
    signature: Signature,
}

impl<'a> Claim<'a> {
    fn new(public_key: &[u8; 64], hash: &'a [u8; 32], signature: &[u8; 64]) -> Option<Self> {
        let mut encoded = [4; 65];
        encoded[1..].copy_from_slice(public_key);
        let key = VerifyingKey::from_sec1_bytes(&encoded).ok()?;
        let signature = Signature::from_slice(signature).ok()?;
        let ([x, y], []) = public_key.as_chunks::<32>() else { unreachable!("64 bytes are two times 32") };
        let point = Point { x: Fe::from_bytes(x), y: Fe::from_bytes(y) };
        (signature.normalize_s() == signature).then_some(Claim { key, point, hash, signature })
    }

    /// What [`Claim::holds`] needs; nothing when a line is vertical on the way.
    fn hints(&self) -> Vec<u32> {
        let scalars = Scalars::new(self.hash, &self.signature);
        let hints = scalars.hints();
        let mut slopes = Computed(hints.to_vec());
        match scalars.factors(&hints).point(&self.point, &mut slopes) {
            Ok(_) => slopes.0,
            Err(Vertical) => Vec::new(),
        }
    }

    /// Whether the signature is valid. Panics when hints are wrong.
    fn holds(&self, hints: &[u32]) -> bool {
        let Some((first, slopes)) = hints.split_first_chunk() else {
            // Somebody chose numbers for which a line is vertical, or says so.
            return self.key.verify_prehash(self.hash, &self.signature).is_ok();
        };
        let scalars = Scalars::new(self.hash, &self.signature);
        let mut slopes = Given(slopes);
        match scalars.factors(first).point(&self.point, &mut slopes) {
            Ok(sum) => sum.is_some_and(|sum| scalars.is_r(&sum.x.to_bytes())),
            Err(Vertical) => unreachable!("given slopes are never vertical"),
        }
    }
}

impl scalar::Factors {
    /// hash / s times the generator plus r / s times the key.
    fn point(&self, key: &Point, slopes: &mut impl Slopes) -> Result<Option<Point>, Vertical> {
        combine(self.generator, key, self.key, slopes)
    }
}

#[cfg(test)]
mod tests;
