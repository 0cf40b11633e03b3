//! What an operator has promised to keep, against what it offers and what it has at stake.

use crate::math::MathError;
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};

/// Bytes in a KiB, the unit in which promises are counted.
pub const KIB: u64 = 1 << 10;
/// KiB in a GiB, the unit in which operators offer and stake.
pub const KIB_PER_GIB: u64 = 1 << 20;

/// Anchor's discriminator of the account: the first 8 bytes of sha256("account:OperatorLoad").
pub const LOAD_DISCRIMINATOR: [u8; 8] = [0x51, 0xcb, 0x1b, 0x96, 0x6c, 0xc3, 0x3c, 0xfc];
/// Layout version that programs of this release write.
pub const LOAD_VERSION: u8 = 1;

/// Account of the proofs program: what an operator has committed to. The staking program reads it
/// before an operator offers less.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct LoadState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Commitments whose accounts exist.
    pub commitments: u32,
    /// The operator.
    pub operator: [u8; 32],
    /// KiB under these commitments.
    pub committed_kib: u64,
}

const _: () = {
    assert!(size_of::<LoadState>() == 48);
    assert!(offset_of!(LoadState, operator) == 8);
    assert!(offset_of!(LoadState, committed_kib) == 40);
};

impl LoadState {
    /// The load in the bytes of an account. `None` if length or discriminator are another
    /// account's, or if the bytes are not aligned to 8. Owner and address are for the caller to
    /// check.
    pub fn from_account_data(data: &[u8]) -> Option<&Self> {
        let body = data.strip_prefix(&LOAD_DISCRIMINATOR)?;
        bytemuck::try_from_bytes(body).ok()
    }
}

/// KiB that data of this size takes up; a KiB that is begun counts whole.
pub const fn kib_of(bytes: u64) -> u64 {
    bytes.div_ceil(KIB)
}

/// KiB that an operator offers.
pub const fn capacity_kib(capacity_gib: u64) -> Result<u64, MathError> {
    match capacity_gib.checked_mul(KIB_PER_GIB) {
        Some(kib) => Ok(kib),
        None => Err(MathError::Overflow),
    }
}

/// Stake that promises of this size need, token base units. Rounded up, so that many small
/// promises never need less than one large one.
pub fn stake_needed(stake_per_gib: u64, kib: u64) -> Result<u64, MathError> {
    // A product of two u64 fits a u128 always.
    let product = u128::from(stake_per_gib).saturating_mul(u128::from(kib));
    u64::try_from(product.div_ceil(u128::from(KIB_PER_GIB))).map_err(|_| MathError::Overflow)
}
