//! The market that rewards read.

use trestle_core::{
    bytemuck::{self, Zeroable},
    hash::sha256,
    market::{MarketState, MARKET_DISCRIMINATOR, MARKET_VERSION},
};

#[test]
fn only_the_account_itself_is_read() {
    assert_eq!(MARKET_DISCRIMINATOR, sha256(&[b"account:Market"])[..8]);
    let mut market = MarketState::zeroed();
    market.tokens_burned = 7;
    market.version = MARKET_VERSION;
    let mut words = vec![u64::from_le_bytes(MARKET_DISCRIMINATOR)];
    words.extend_from_slice(bytemuck::cast_slice(bytemuck::bytes_of(&market)));
    let bytes: &[u8] = bytemuck::cast_slice(&words);
    assert!(MarketState::from_account_data(bytes) == Some(&market));
    assert!(MarketState::read_account_data(bytes) == Some(market));
    assert!(MarketState::from_account_data(&bytes[..bytes.len() - 8]).is_none());
    assert!(MarketState::from_account_data(&bytes[8..]).is_none());
    words[1] += 1;
    assert!(MarketState::read_account_data(bytemuck::cast_slice(&words)).is_none());
}
