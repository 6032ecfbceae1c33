//! Against the crate `k256`, with honest hints and with wrong ones.
use super::*;
use k256::ecdsa::SigningKey;
use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::elliptic_curve::bigint::U256;
use sha2::{Digest, Sha256};

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

fn key(seed: &str) -> SigningKey {
    SigningKey::from_slice(&hash(seed)).unwrap()
}

fn coordinates(key: &SigningKey) -> [u8; 64] {
    key.verifying_key().to_sec1_point(false).as_bytes()[1..].try_into().unwrap()
}

fn sign(key: &SigningKey, hash: &[u8; 32]) -> [u8; 64] {
    let signature: Signature = key.sign_prehash(hash).unwrap();
    signature.to_bytes().into()
}

/// Our answer with our own hints.
fn answer(public_key: &[u8; 64], hash: &[u8; 32], signature: &[u8; 64]) -> bool {
    let Some(claim) = Claim::new(public_key, hash, signature) else { return false };
    let hints = claim.hints();
    assert!(!hints.is_empty());
    claim.holds(&hints)
}

fn expected(public_key: &[u8; 64], hash: &[u8; 32], signature: &[u8; 64]) -> bool {
    let encoded: Vec<u8> = [4].iter().chain(public_key).copied().collect();
    let Ok(key) = VerifyingKey::from_sec1_bytes(&encoded) else { return false };
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok())
}

#[test]
fn accepts_signatures_and_refuses_changed_ones() {
    for i in 0..100 {
        let key = key(&format!("key {i}"));
        let (public_key, hash) = (coordinates(&key), hash(&format!("message {i}")));
        let signature = sign(&key, &hash);
        assert!(answer(&public_key, &hash, &signature));
        let other = coordinates(&self::key("another"));
        assert!(!answer(&other, &hash, &signature));
        let mut changed = hash;
        changed[i % 32] ^= 1;
        assert!(!answer(&public_key, &changed, &signature));
        let mut changed = signature;
        changed[i % 64] ^= 1;
        assert_eq!(answer(&public_key, &hash, &changed), expected(&public_key, &hash, &changed));
        assert!(!expected(&public_key, &hash, &changed));
    }
}

/// What `holds` says with these hints; `None` when it panics.
fn outcome(claim: &Claim, hints: &[u32]) -> Option<bool> {
    std::panic::catch_unwind(|| claim.holds(hints)).ok()
}

#[test]
fn a_wrong_hint_never_changes_the_answer() {
    std::panic::set_hook(Box::new(|_| ()));
    let key = key("key");
    let (public_key, signed) = (coordinates(&key), hash("message"));
    let signature = sign(&key, &signed);
    for (hash, is_valid) in [(signed, true), (hash("another message"), false)] {
        let claim = Claim::new(&public_key, &hash, &signature).unwrap();
        let hints = claim.hints();
        assert_eq!(outcome(&claim, &hints), Some(is_valid));
        for at in 0..hints.len() {
            for change in [1, 1 << 31] {
                let mut wrong = hints.clone();
                wrong[at] ^= change;
                // Only the unused bits of the word of signs may change.
                assert_eq!(outcome(&claim, &wrong), (at == 16 && change != 1).then_some(is_valid), "hint {at}");
            }
            // Without the hints for scalars the answer is that of k256.
            assert_eq!(outcome(&claim, &hints[..at]), (at < 17).then_some(is_valid), "{at} hints");
        }
    }
}

#[test]
fn a_second_form_of_a_slope_makes_no_difference() {
    // The field has two forms of the numbers below 2^32 + 977: here 1 and p + 1.
    let mut given = Given(&[0xffff_fc30, !1, !0, !0, !0, !0, !0, !0]);
    let [one, other_one] = [[1, 0, 0, 0, 0, 0, 0, 0], [0xffff_fc30, !1, !0, !0, !0, !0, !0, !0]].map(Fe::from_words);
    assert!(given.slope(&one, &one).unwrap() == other_one);
}

#[test]
fn vertical_lines_are_left_to_k256() {
    // The generator as key: multiples of the key meet multiples of the generator.
    let key = SigningKey::from_slice(&[&[0; 31][..], &[1]].concat()).unwrap();
    let public_key = coordinates(&key);
    let mut met = 0;
    for i in 0..300 {
        let hash = hash(&format!("message {i}"));
        let signature = sign(&key, &hash);
        let claim = Claim::new(&public_key, &hash, &signature).unwrap();
        let hints = claim.hints();
        met += u32::from(hints.is_empty());
        assert!(claim.holds(&hints));
    }
    assert!(met > 0);
}

#[test]
fn the_point_at_infinity_is_no_signature() {
    // hash = -r d gives hash / s G + r / s d G = 0.
    let key = key("key");
    let (r, s) = (k256::Scalar::from(5_u64), k256::Scalar::from(7_u64));
    let hash: [u8; 32] = (-(r * key.as_nonzero_scalar().as_ref())).to_bytes().into();
    let signature: [u8; 64] = [r.to_bytes(), s.to_bytes()].concat().try_into().unwrap();
    let public_key = coordinates(&key);
    let claim = Claim::new(&public_key, &hash, &signature).unwrap();
    assert!(claim.hints().is_empty());
    assert!(!claim.holds(&[]));
}

#[test]
fn refuses_what_is_out_of_range() {
    let key = key("key");
    let (public_key, hash) = (coordinates(&key), hash("message"));
    let signature = sign(&key, &hash);
    let n = U256::from_be_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").to_be_bytes();
    for number in [[0; 32], n.into(), [0xff; 32]] {
        let [r, s] = [[&number, &signature[32..]].concat(), [&signature[..32], &number].concat()];
        for wrong in [r, s] {
            assert!(Claim::new(&public_key, &hash, &wrong.try_into().unwrap()).is_none());
        }
    }
    let (_, s) = Signature::from_slice(&signature).unwrap().split_scalars();
    let high: [u8; 64] = [&signature[..32], &(-*s).to_bytes()].concat().try_into().unwrap();
    assert!(Claim::new(&public_key, &hash, &high).is_none());
    let mut off = public_key;
    off.rotate_left(32);
    assert!(Claim::new(&off, &hash, &signature).is_none());
    assert!(Claim::new(&[0; 64], &hash, &signature).is_none());
    // x and x + p are the same number, but only one of them is an encoding.
    assert!(Claim::new(&[0xff; 64], &hash, &signature).is_none());
}
