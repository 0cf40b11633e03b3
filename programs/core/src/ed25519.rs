//! Whether an ed25519 signature certainly does not verify: what it takes to convict who passed it
//! off as good.
//!
//! Verifiers check signatures strictly (`verify_strict` of ed25519-dalek). This verdict is
//! one-sided on purpose. It refutes a signature only for what that rule, and every other one for
//! ed25519 that multiplies by no cofactor, rejects:
//! - the key or `R` is no point of the curve;
//! - `s` is not below the order of the group;
//! - `sB = R + hA` does not hold, where `h` is SHA-512 over `R`, key and message.
//!
//! What strict rules reject beyond that, keys and `R` of small order and points that are encoded in
//! another way than the usual one, it leaves alone: whoever followed the rule is never convicted.
//!
//! The chain has syscalls for the points. It has none for SHA-512 that every cluster knows, nor for
//! scalars: these are computed in the program.

use crate::{hash::Hash, precompile::SIGNATURE_BYTES};
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};
use solana_curve25519::{
    edwards::{multiscalar_multiply_edwards, validate_edwards, PodEdwardsPoint},
    scalar::PodScalar,
};

/// Bytes of a key, of a point and of a scalar.
const POINT_BYTES: usize = 32;

/// The base point.
const BASE: PodEdwardsPoint = PodEdwardsPoint([
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
]);

/// The neutral point, as results of the syscalls encode it.
const NEUTRAL: PodEdwardsPoint = PodEdwardsPoint([
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/// The bit of an encoded point that says which of two opposite points it is.
const SIGN_BIT: u8 = 0x80;

/// Whether this is certainly no signature of `key` over `message`. `false` shows nothing: the
/// signature may be good, or bad for a reason that not every verifier knows.
pub fn is_refuted(
    key: &[u8; POINT_BYTES],
    message: &Hash,
    signature: &[u8; SIGNATURE_BYTES],
) -> bool {
    let Some((nonce, s)) = signature.split_first_chunk::<POINT_BYTES>() else {
        return false;
    };
    let Ok(s) = <[u8; POINT_BYTES]>::try_from(s) else {
        return false;
    };
    let is_canonical = bool::from(Scalar::from_canonical_bytes(s).is_some());
    if !is_canonical || !is_point(nonce) || !is_point(key) {
        return true;
    }
    let scalars = [
        PodScalar(s),
        PodScalar(challenge(nonce, key, message)),
        PodScalar(Scalar::ONE.to_bytes()),
    ];
    // The points are negated, not the scalars: a key with a part of small order has no multiple by
    // the order of the group that is neutral.
    let points = [BASE, negated(key), negated(nonce)];
    multiscalar_multiply_edwards(&scalars, &points).is_some_and(|sum| sum != NEUTRAL)
}

/// `h`: SHA-512 over `R`, key and message, modulo the order of the group.
#[inline(never)]
fn challenge(nonce: &[u8; POINT_BYTES], key: &[u8; POINT_BYTES], message: &Hash) -> [u8; 32] {
    let digest = Sha512::new()
        .chain_update(nonce)
        .chain_update(key)
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&digest.into()).to_bytes()
}

fn is_point(bytes: &[u8; POINT_BYTES]) -> bool {
    validate_edwards(&PodEdwardsPoint(*bytes))
}

fn negated(bytes: &[u8; POINT_BYTES]) -> PodEdwardsPoint {
    let mut point = *bytes;
    if let Some(last) = point.last_mut() {
        *last ^= SIGN_BIT;
    }
    PodEdwardsPoint(point)
}
