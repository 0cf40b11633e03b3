//! Layout of the credits program's Market, which the rewards program reads to value revenue and to
//! see what was burned.

use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};

/// Anchor's discriminator of the account: the first 8 bytes of sha256("account:Market").
pub const MARKET_DISCRIMINATOR: [u8; 8] = [0xdb, 0xbe, 0xd5, 0x37, 0x00, 0xe3, 0xc6, 0x9a];
/// Layout version that programs of this release write.
pub const MARKET_VERSION: u8 = 1;

/// What a network sells credits for, and what it has sold. All counters are cumulative since
/// genesis, so that a reader that keeps the last value it saw counts everything once.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct MarketState {
    /// Layout version.
    pub version: u8,
    /// Bump of the account's own address.
    pub bump: u8,
    /// Widest confidence interval that a price may have, basis points of the price.
    pub max_conf_bps: u16,
    /// Greatest age that a price may have, seconds.
    pub max_age_seconds: u32,
    /// The network whose service the credits buy.
    pub network: [u8; 32],
    /// Mint of the credits.
    pub credit_mint: [u8; 32],
    /// The one account that prices are read from.
    pub price_account: [u8; 32],
    /// Token account with the stablecoin of all sales.
    pub revenue_vault: [u8; 32],
    /// The feed of the network's token in dollars.
    pub feed_id: [u8; 32],
    /// Credits ever sold.
    pub minted: u64,
    /// Credits ever used up.
    pub consumed: u64,
    /// Credits in customers' accounts.
    pub held: u64,
    /// Credits in leases.
    pub escrowed: u64,
    /// Network tokens ever burned for credits, base units.
    pub tokens_burned: u64,
    /// Stablecoin ever paid for credits, micro-dollars.
    pub stable_received: u64,
    /// What the protocol keeps of every sale, basis points.
    pub protocol_fee_bps: u16,
    /// What the insurance gets of every sale, basis points.
    pub insurance_fee_bps: u16,
    /// The lowest protocol fee that is in force or proposed, basis points.
    pub protocol_fee_floor_bps: u16,
    /// Room that this reader has no use for.
    pub _reserved: [u8; 58],
}

const _: () = {
    assert!(size_of::<MarketState>() == 280);
    assert!(offset_of!(MarketState, network) == 8);
    assert!(offset_of!(MarketState, price_account) == 72);
    assert!(offset_of!(MarketState, feed_id) == 136);
    assert!(offset_of!(MarketState, consumed) == 176);
    assert!(offset_of!(MarketState, tokens_burned) == 200);
    assert!(offset_of!(MarketState, protocol_fee_bps) == 216);
    assert!(offset_of!(MarketState, protocol_fee_floor_bps) == 220);
};

impl MarketState {
    /// The market in the bytes of an account. `None` if length or discriminator are another
    /// account's, or if the bytes are not aligned to 8. Owner and address are for the caller to
    /// check.
    pub fn from_account_data(data: &[u8]) -> Option<&Self> {
        let body = data.strip_prefix(&MARKET_DISCRIMINATOR)?;
        bytemuck::try_from_bytes(body).ok()
    }

    /// A copy of the market in bytes of any alignment, for clients. `None`
    /// also if its layout is of another version.
    #[cfg(feature = "host")]
    pub fn read_account_data(data: &[u8]) -> Option<Self> {
        let body = data.strip_prefix(&MARKET_DISCRIMINATOR)?;
        let market: Self = bytemuck::try_pod_read_unaligned(body).ok()?;
        (market.version == MARKET_VERSION).then_some(market)
    }
}
