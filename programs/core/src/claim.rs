//! Layout of the rewards program's Claim, which the staking program reads before it takes stake:
//! an operator's own pay comes first.

use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};

/// Anchor's discriminator of the account: the first 8 bytes of sha256("account:Claim").
pub const CLAIM_DISCRIMINATOR: [u8; 8] = [0x9b, 0x46, 0x16, 0xb0, 0x7b, 0xd7, 0xf6, 0x66];
/// Layout version that programs of this release write. Version 1 did not say when the claim was
/// last synced.
pub const CLAIM_VERSION: u8 = 2;

/// Account of the rewards program: what the pool of a service has paid to one operator.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct ClaimState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// The pool that pays.
    pub pool: [u8; 32],
    /// The operator that is paid.
    pub operator: [u8; 32],
    /// What the staking program does not read: what was paid, and to where.
    pub _paid: [u8; 128],
    /// What had been taken of the operator's `slashed` counter when the claim last looked, token
    /// base units.
    pub slashed_applied: u64,
    /// The `slashed` counter of the newest leaf by which the operator's pay was taken, as far as
    /// there was any, token base units.
    pub slash_asked: u64,
    /// What the staking program does not read either: the epoch of the last sync, and room.
    pub _rest: [u8; 48],
}

const _: () = {
    assert!(size_of::<ClaimState>() == 264);
    assert!(offset_of!(ClaimState, pool) == 8);
    assert!(offset_of!(ClaimState, slashed_applied) == 200);
};

impl ClaimState {
    /// The claim in the bytes of an account. `None` if length or discriminator are another
    /// account's, or if the bytes are not aligned to 8. Owner and address are for the caller to
    /// check.
    pub fn from_account_data(data: &[u8]) -> Option<&Self> {
        let body = data.strip_prefix(&CLAIM_DISCRIMINATOR)?;
        bytemuck::try_from_bytes(body).ok()
    }
}
