//! What the credits program and Pyth say to an emission: a market, the revenue of a service and a
//! price, written into the chain as they would write them.

use {
    crate::{
        credits::{price, FEED},
        staking::World,
        svm::Svm,
    },
    bytemuck::Zeroable,
    solana_address::Address,
    trestle_core::{
        market::{MarketState, MARKET_DISCRIMINATOR, MARKET_VERSION},
        price::PriceUpdate,
        revenue::{RevenueState, REVENUE_DISCRIMINATOR, REVENUE_VERSION},
        seeds::{SEED_MARKET, SEED_REVENUE},
    },
    trestle_rewards::constants::{CREDITS_ID, PRICE_PROGRAM},
};

/// What the test market keeps of every sale, in basis points.
pub const PROTOCOL_FEE_BPS: u16 = 1_000;

/// A market, the revenue of a service and a price.
pub struct Sales {
    pub market: Address,
    pub revenue: Address,
    pub price_account: Address,
    market_state: MarketState,
    revenue_state: RevenueState,
}

impl Sales {
    /// A market that has sold nothing, with a price of two dollars; the service has no revenue yet.
    pub fn new(world: &mut World) -> Self {
        let (network, service) = (world.network, world.service);
        let find = |seeds: &[&[u8]]| Address::find_program_address(seeds, &CREDITS_ID);
        let (market, market_bump) = find(&[SEED_MARKET, network.as_ref()]);
        let (revenue, revenue_bump) = find(&[SEED_REVENUE, service.as_ref()]);
        let price_account = world.svm.fresh_address();
        let market_state = MarketState {
            version: MARKET_VERSION,
            bump: market_bump,
            max_conf_bps: 200,
            max_age_seconds: 60,
            network: network.to_bytes(),
            price_account: price_account.to_bytes(),
            feed_id: FEED,
            protocol_fee_bps: PROTOCOL_FEE_BPS,
            protocol_fee_floor_bps: PROTOCOL_FEE_BPS,
            ..MarketState::zeroed()
        };
        let revenue_state = RevenueState {
            version: REVENUE_VERSION,
            bump: revenue_bump,
            network: network.to_bytes(),
            service: service.to_bytes(),
            ..RevenueState::default()
        };
        let mut sales = Self {
            market,
            revenue,
            price_account,
            market_state,
            revenue_state,
        };
        sales.burn(&mut world.svm, 0);
        sales.quote(&mut world.svm);
        sales
    }

    /// Customers burn so many base units.
    pub fn burn(&mut self, svm: &mut Svm, tokens: u64) {
        self.market_state.tokens_burned += tokens;
        self.put_market(svm);
    }

    /// The market keeps another share of every sale.
    pub fn charge(&mut self, svm: &mut Svm, protocol_fee_bps: u16) {
        self.market_state.protocol_fee_bps = protocol_fee_bps;
        self.market_state.protocol_fee_floor_bps = protocol_fee_bps;
        self.put_market(svm);
    }

    /// Another share of every sale is proposed.
    pub fn announce(&mut self, svm: &mut Svm, protocol_fee_bps: u16) {
        let now = self.market_state.protocol_fee_bps;
        self.market_state.protocol_fee_floor_bps = now.min(protocol_fee_bps);
        self.put_market(svm);
    }

    /// Customers use up so many credits.
    pub fn consume(&mut self, svm: &mut Svm, credits: u64) {
        self.revenue_state.consumed += credits;
        let body = bytemuck::bytes_of(&self.revenue_state);
        let data = [&REVENUE_DISCRIMINATOR, body].concat();
        svm.put(self.revenue, CREDITS_ID, data);
    }

    /// The present price is two dollars on average.
    pub fn quote(&self, svm: &mut Svm) {
        let now = svm.now();
        self.post(svm, &price(now));
    }

    /// Pyth publishes this.
    pub fn post(&self, svm: &mut Svm, update: &PriceUpdate) {
        svm.put(self.price_account, PRICE_PROGRAM, update.encode().to_vec());
    }

    fn put_market(&self, svm: &mut Svm) {
        let body = bytemuck::bytes_of(&self.market_state);
        let data = [&MARKET_DISCRIMINATOR, body].concat();
        svm.put(self.market, CREDITS_ID, data);
    }
}
