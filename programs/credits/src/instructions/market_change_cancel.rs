//! Cancel a change of a market's rules.
//!
//! Specification:
//! - Only the network's authority cancels a change, also one that is due or has lapsed.
//! - The change's rent goes to the authority.
//! - The market's fee counts again as it is.

use {
    crate::{
        error::CreditsError,
        event::MarketChangeCancelled,
        groups,
        state::{MarketChange, State},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct MarketChangeCancel {
    /// The network's authority: gets the rent.
    #[account(mut, address = rules.network.authority @ CreditsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The market, with its network.
    pub rules: Nested<groups::MarketRules>,
    /// The change; it is closed.
    #[account(
        mut,
        constraint = change.is_at(change.address()) @ CreditsError::WrongAddress,
        constraint = address_eq(&change.market, rules.market.address())
            @ CreditsError::WrongMarket,
    )]
    pub change: State<MarketChange>,
}

impl MarketChangeCancel {
    pub fn market_change_cancel(&mut self) -> Result<MarketChangeCancelled> {
        let due_epoch = self.change.due_epoch;
        self.rules.market.forget_change();
        self.rules.market.invariant()?;
        self.change.close(*self.authority.account())?;
        Ok(MarketChangeCancelled {
            market: *self.rules.market.address(),
            due_epoch,
        })
    }
}
