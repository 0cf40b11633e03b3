//! Apply a change of a market's rules.
//!
//! Specification:
//! - Anybody applies a change that is due.
//! - A change whose delay has not passed, or that has lapsed, is refused.
//! - The change's rent goes back to whoever proposed it.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MarketChanged,
        state::{Market, MarketChange, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct MarketChangeApply {
    /// The market's network: its clock counts the epochs.
    #[account(address = market.network @ CreditsError::WrongNetwork)]
    pub network: State<Network>,
    /// The market: its rules change.
    #[account(mut, constraint = market.is_at(market.address()) @ CreditsError::WrongAddress)]
    pub market: State<Market>,
    /// The change; it is closed.
    #[account(
        mut,
        constraint = change.is_at(change.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&change.market, market.address()) @ CreditsError::WrongMarket,
    )]
    pub change: State<MarketChange>,
    /// Whoever proposed it: gets the rent back.
    #[account(mut, address = change.proposer @ CreditsError::NotNetworkAuthority)]
    pub proposer: UncheckedAccount,
}

impl MarketChangeApply {
    fn validate(&self) -> Result<()> {
        let epoch = network_epoch(&self.network, Clock::get()?.unix_timestamp)?;
        self.change.require_due(epoch)
    }

    pub fn market_change_apply(&mut self) -> Result<MarketChanged> {
        self.validate()?;
        let terms = self.change.terms();
        terms.validate()?;
        self.market.apply(&terms);
        self.market.invariant()?;
        self.change.close(*self.proposer.account())?;
        Ok(MarketChanged {
            market: *self.market.address(),
            biller_cap: terms.biller_cap,
            max_age_seconds: terms.max_age_seconds,
            max_conf_bps: terms.max_conf_bps,
            protocol_fee_bps: terms.protocol_fee_bps,
            insurance_fee_bps: terms.insurance_fee_bps,
            _pad: [0; 6],
        })
    }
}
