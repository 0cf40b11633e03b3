//! Which signatures are refuted: none that verifiers accept, and every forged one.

use {
    curve25519_dalek::{
        constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION},
        edwards::{CompressedEdwardsY, EdwardsPoint},
        scalar::Scalar,
        traits::IsIdentity,
    },
    ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey},
    proptest::prelude::*,
    sha2::{Digest, Sha512},
    trestle_core::ed25519::is_refuted,
};

/// The order of the group, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A key, what it should have signed, and a signature.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Case {
    key: [u8; 32],
    message: [u8; 32],
    signature: [u8; 64],
}

impl Case {
    fn signed(seed: &[u8; 32], message: [u8; 32]) -> Self {
        let signer = SigningKey::from_bytes(seed);
        Self {
            key: signer.verifying_key().to_bytes(),
            message,
            signature: signer.sign(&message).to_bytes(),
        }
    }

    fn new(key: &[u8; 32], message: [u8; 32], nonce: &[u8; 32], s: &[u8; 32]) -> Self {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(nonce);
        signature[32..].copy_from_slice(s);
        Self {
            key: *key,
            message,
            signature,
        }
    }

    fn is_refuted(&self) -> bool {
        is_refuted(&self.key, &self.message, &self.signature)
    }

    /// The rule of verifiers.
    fn is_accepted(&self) -> bool {
        VerifyingKey::from_bytes(&self.key).is_ok_and(|key| {
            let signature = Signature::from_bytes(&self.signature);
            key.verify_strict(&self.message, &signature).is_ok()
        })
    }

    fn nonce(&self) -> [u8; 32] {
        self.signature[..32].try_into().unwrap()
    }

    fn s(&self) -> [u8; 32] {
        self.signature[32..].try_into().unwrap()
    }

    fn challenge(&self) -> Scalar {
        challenge(&self.nonce(), &self.key, &self.message)
    }

    /// What is refuted, computed with points instead of with encodings and syscalls.
    fn breaks_equation(&self) -> bool {
        let s = Scalar::from_canonical_bytes(self.s()).into_option();
        let nonce = CompressedEdwardsY(self.nonce()).decompress();
        let key = CompressedEdwardsY(self.key).decompress();
        let (Some(s), Some(nonce), Some(key)) = (s, nonce, key) else {
            return true;
        };
        let sum = s * ED25519_BASEPOINT_POINT - self.challenge() * key - nonce;
        !sum.is_identity()
    }
}

fn challenge(nonce: &[u8; 32], key: &[u8; 32], message: &[u8; 32]) -> Scalar {
    let digest = Sha512::digest([&nonce[..], key, message].concat());
    Scalar::from_bytes_mod_order_wide(&digest.into())
}

/// A signature whose key and nonce have parts of small order, by their place in the list of them.
fn mixed(secret: [u8; 32], nonce: [u8; 32], message: [u8; 32], parts: (usize, usize)) -> Case {
    let (secret, nonce) = (
        Scalar::from_bytes_mod_order(secret),
        Scalar::from_bytes_mod_order(nonce),
    );
    let key = secret * ED25519_BASEPOINT_POINT + EIGHT_TORSION[parts.0];
    let shown = nonce * ED25519_BASEPOINT_POINT + EIGHT_TORSION[parts.1];
    let (key, shown) = (key.compress().to_bytes(), shown.compress().to_bytes());
    let s = nonce + challenge(&shown, &key, &message) * secret;
    Case::new(&key, message, &shown, &s.to_bytes())
}

/// Every encoding that decodes to a point of small order, the unusual ones included.
fn small_order() -> Vec<[u8; 32]> {
    let is_small = |bytes: &[u8; 32]| {
        let point = CompressedEdwardsY(*bytes).decompress();
        point.is_some_and(|point: EdwardsPoint| point.is_small_order())
    };
    let usual = EIGHT_TORSION.map(|point| point.compress().to_bytes());
    // The modulus and what follows it, up to 2^255: what these encode is encoded below it, too.
    let unusual = (0xed..=0xff_u8).map(|low| {
        let mut bytes = [0xff; 32];
        bytes[0] = low;
        bytes[31] = 0x7f;
        bytes
    });
    let other_sign = |mut bytes: [u8; 32]| {
        bytes[31] ^= 0x80;
        bytes
    };
    let plain: Vec<[u8; 32]> = usual.into_iter().chain(unusual).collect();
    let mut all: Vec<[u8; 32]> = plain.iter().copied().map(other_sign).collect();
    all.extend(plain);
    all.retain(is_small);
    all.sort_unstable();
    all.dedup();
    all
}

proptest! {
    #[test]
    fn a_signature_that_verifiers_accept_is_never_refuted(seed: [u8; 32], message: [u8; 32]) {
        let case = Case::signed(&seed, message);
        prop_assert!(case.is_accepted());
        prop_assert!(!case.is_refuted());
    }

    #[test]
    fn a_flipped_bit_is_refuted(seed: [u8; 32], message: [u8; 32], bit in 0..1024_usize) {
        let mut case = Case::signed(&seed, message);
        let (byte, mask) = (bit / 8, 1 << (bit % 8));
        match byte {
            0..=63 => case.signature[byte] ^= mask,
            64..=95 => case.key[byte - 64] ^= mask,
            _ => case.message[byte - 96] ^= mask,
        }
        prop_assert!(!case.is_accepted());
        prop_assert!(case.is_refuted());
    }

    #[test]
    fn random_bytes_are_refuted(key: [u8; 32], message: [u8; 32], half: [u8; 32], s: [u8; 32]) {
        let case = Case::new(&key, message, &half, &s);
        prop_assert!(!case.is_accepted());
        prop_assert!(case.is_refuted());
    }

    #[test]
    fn a_signature_of_another_key_is_refuted(
        seed: [u8; 32], other: [u8; 32], message: [u8; 32],
    ) {
        prop_assume!(seed != other);
        let mut case = Case::signed(&seed, message);
        case.key = SigningKey::from_bytes(&other).verifying_key().to_bytes();
        prop_assert!(case.is_refuted());
    }

    #[test]
    fn a_scalar_that_is_not_reduced_is_refuted(seed: [u8; 32], message: [u8; 32]) {
        let mut case = Case::signed(&seed, message);
        let mut carry = 0_u16;
        for (byte, part) in case.signature[32..].iter_mut().zip(ORDER) {
            carry += u16::from(*byte) + u16::from(part);
            *byte = carry as u8;
            carry >>= 8;
        }
        prop_assert!(!case.is_accepted());
        prop_assert!(case.is_refuted());
    }

    /// The equation is that without a cofactor, as verifiers have it, also where key and nonce
    /// have a part of small order: half of such signatures would pass a rule with a cofactor only.
    #[test]
    fn parts_of_small_order_are_judged_by_the_equation(
        secret: [u8; 32], nonce: [u8; 32], message: [u8; 32], parts in (0..8_usize, 0..8_usize),
    ) {
        let case = mixed(secret, nonce, message, parts);
        prop_assert_eq!(case.is_refuted(), case.breaks_equation());
        prop_assert!(!(case.is_accepted() && case.is_refuted()));
    }
}

/// Strict verifiers accept none of these; where the equation holds, others do, and nobody is
/// convicted.
#[test]
fn small_orders_alone_do_not_convict() {
    let points = small_order();
    assert_eq!(points.len(), 14, "eight points, six of them also otherwise");
    let mut left_alone = 0;
    for message in (0..8_u8).map(|number| [number; 32]) {
        for key in &points {
            for nonce in &points {
                let case = Case::new(key, message, nonce, &[0; 32]);
                assert!(!case.is_accepted());
                assert_eq!(case.is_refuted(), case.breaks_equation(), "{case:?}");
                left_alone += u32::from(!case.is_refuted());
            }
        }
    }
    assert!(left_alone > 100, "only {left_alone} met the equation");
}

#[test]
fn a_neutral_key_does_not_convict() {
    let neutral = EIGHT_TORSION[0].compress().to_bytes();
    let s = Scalar::from(5_u64);
    let nonce = (s * ED25519_BASEPOINT_POINT).compress().to_bytes();
    let case = Case::new(&neutral, [1; 32], &nonce, &s.to_bytes());
    assert!(!case.is_accepted());
    assert!(!case.is_refuted());
    let other = Case::new(&neutral, [1; 32], &nonce, &Scalar::from(6_u64).to_bytes());
    assert!(other.is_refuted());
}

#[test]
fn the_largest_scalar_is_judged_by_the_equation() {
    let below = (-Scalar::ONE).to_bytes();
    let nonce = (-ED25519_BASEPOINT_POINT).compress().to_bytes();
    let neutral = EIGHT_TORSION[0].compress().to_bytes();
    assert!(!Case::new(&neutral, [0; 32], &nonce, &below).is_refuted());
    assert!(Case::new(&neutral, [0; 32], &nonce, &ORDER).is_refuted());
}

#[test]
fn bytes_that_are_no_point_are_refuted() {
    // y = 2 has no x.
    let mut no_point = [0; 32];
    no_point[0] = 2;
    assert!(CompressedEdwardsY(no_point).decompress().is_none());
    let good = Case::signed(&[1; 32], [2; 32]);
    let with_key = Case {
        key: no_point,
        ..good
    };
    assert!(with_key.is_refuted());
    assert!(Case::new(&good.key, good.message, &no_point, &good.s()).is_refuted());
}

#[test]
fn a_key_is_certain_from_the_third_epoch_after_its_change() {
    use trestle_core::answer::is_key_certain;
    // Changed in epoch 6: 7 is the first epoch that began with it.
    assert_eq!([6, 7, 8].map(|epoch| is_key_certain(7, epoch)), [false; 3]);
    assert!(is_key_certain(7, 9) && is_key_certain(7, u64::MAX));
    assert!(is_key_certain(0, 0), "there was no other key");
    assert!(!is_key_certain(u64::MAX, u64::MAX - 1));
}
