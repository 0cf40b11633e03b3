//! Layout of the credits program's ServiceRevenue, which the rewards program reads to tie emission
//! to what customers really paid.

use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};

/// Anchor's discriminator of the account: the first 8 bytes of sha256("account:ServiceRevenue").
pub const REVENUE_DISCRIMINATOR: [u8; 8] = [0xba, 0xe3, 0x19, 0x57, 0x38, 0xb0, 0xd2, 0xb0];
/// Layout version that programs of this release write.
pub const REVENUE_VERSION: u8 = 1;

/// What customers paid for one service. All counters are cumulative since genesis, so that a reader
/// that keeps the last value it saw counts each credit once.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct RevenueState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// Network of the service.
    pub network: [u8; 32],
    /// The service that was paid for.
    pub service: [u8; 32],
    /// Credits used up by delivered work.
    pub consumed: u64,
    /// Credits of `consumed` whose stablecoin has been released.
    pub released_credits: u64,
    /// Stablecoin released to the service's operators, millionths of a dollar.
    pub released_stable: u64,
    /// Zero.
    pub _reserved: [u8; 32],
}

const _: () = {
    assert!(size_of::<RevenueState>() == 128);
    assert!(offset_of!(RevenueState, network) == 8);
    assert!(offset_of!(RevenueState, consumed) == 72);
};

impl RevenueState {
    /// The revenue in the bytes of an account. `None` if length or discriminator are another
    /// account's, or if the bytes are not aligned to 8. Owner and address are for the caller to
    /// check.
    pub fn from_account_data(data: &[u8]) -> Option<&Self> {
        let body = data.strip_prefix(&REVENUE_DISCRIMINATOR)?;
        bytemuck::try_from_bytes(body).ok()
    }
}
