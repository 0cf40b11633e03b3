//! The price feed of the local network: what a Pyth publisher would post, at a fixed price.

use anyhow::Result;
use solana_pubkey::Pubkey;
use trestle_core::price::{PriceUpdate, VerificationLevel};
use trestle_credits::constants::PRICE_PROGRAM;

use crate::Remote;

/// Feed id of the local token. Made up: no such feed exists on a public cluster.
pub const FEED_ID: [u8; 32] = *b"trestle local network token/usd.";
/// USD for one token, in units of 10^EXPONENT: $0.50.
const PRICE: i64 = 50_000_000;
/// Half a permille of the price: a calm market.
const CONFIDENCE: u64 = 25_000;
/// Decimal exponent that Pyth publishes crypto prices with.
const EXPONENT: i32 = -8;

/// Writes the price as of the chain's clock into `account`.
pub fn publish(remote: &Remote, account: &Pubkey) -> Result<()> {
    let clock = remote.clock()?;
    let update = PriceUpdate {
        write_authority: account.to_bytes(),
        verification_level: VerificationLevel::Full,
        feed_id: FEED_ID,
        price: PRICE,
        conf: CONFIDENCE,
        exponent: EXPONENT,
        publish_time: clock.unix_timestamp,
        prev_publish_time: clock.unix_timestamp,
        ema_price: PRICE,
        ema_conf: CONFIDENCE,
        posted_slot: clock.slot,
    };
    remote.set_account(account, &PRICE_PROGRAM, &update.encode())
}
