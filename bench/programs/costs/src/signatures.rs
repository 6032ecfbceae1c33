//! Checks of signatures. Keys and signatures are made before the count begins.
use crate::{noise, repeat};
use ed25519_dalek::Verifier;

pub fn run(what: &str, times: u32) -> bool {
    match what {
        "k256 verify" | "k256 recover" => k256_new(what, times),
        "k256 0.13 verify" | "k256 0.13 recover" => k256_old(what, times),
        "zkvm-secp256k1 verify" => zkvm_secp256k1(times),
        "p256 verify" => p256(times),
        "ed25519 verify" => ed25519(times),
        _ => return false,
    }
    true
}

/// The hash that is signed.
fn hash() -> [u8; 32] {
    noise(64)[32..].try_into().expect("32 bytes")
}

/// Both versions of k256 have the same functions, as far as they are called here.
macro_rules! secp256k1 {
    ($name:ident, $k256:ident) => {
        fn $name(what: &str, times: u32) {
            use $k256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
            use $k256::ecdsa::{RecoveryId, Signature};
            let hash = hash();
            let key = $k256::ecdsa::SigningKey::from_slice(&noise(32)).expect("a key");
            let (signature, recovery): (Signature, RecoveryId) = key.sign_prehash(&hash).expect("a signature");
            let public = key.verifying_key();
            if what.ends_with("recover") {
                repeat(times, |_| {
                    let found = $k256::ecdsa::VerifyingKey::recover_from_prehash(&hash, &signature, recovery);
                    assert_eq!(found.expect("a key"), *public);
                });
            } else {
                repeat(times, |_| public.verify_prehash(&hash, &signature).expect("a signature"));
            }
        }
    };
}
secp256k1!(k256_new, k256);
secp256k1!(k256_old, k256_13);

fn zkvm_secp256k1(times: u32) {
    use k256::ecdsa::signature::hazmat::PrehashSigner;
    let hash = hash();
    let key = k256::ecdsa::SigningKey::from_slice(&noise(32)).expect("a key");
    let signature: k256::ecdsa::Signature = key.sign_prehash(&hash).expect("a signature");
    let public: [u8; 64] = key.verifying_key().to_sec1_point(false).as_bytes()[1..].try_into().expect("64 bytes");
    let signature: [u8; 64] = signature.to_bytes().into();
    repeat(times, |_| assert!(zkvm_secp256k1::verify(&public, &hash, &signature)));
}

fn p256(times: u32) {
    use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
    let hash = hash();
    let key = p256::ecdsa::SigningKey::from_slice(&noise(32)).expect("a key");
    let signature: p256::ecdsa::Signature = key.sign_prehash(&hash).expect("a signature");
    let public = key.verifying_key();
    repeat(times, |_| public.verify_prehash(&hash, &signature).expect("a signature"));
}

fn ed25519(times: u32) {
    use ed25519_dalek::Signer;
    let message = hash();
    let key = ed25519_dalek::SigningKey::from_bytes(&noise(32).try_into().expect("32 bytes"));
    let signature = key.sign(&message);
    let public = key.verifying_key();
    repeat(times, |_| public.verify(&message, &signature).expect("a signature"));
}
