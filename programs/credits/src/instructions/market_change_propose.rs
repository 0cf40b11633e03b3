//! Propose a change of a market's rules.
//!
//! Everybody sees the rules to come for at least two whole epochs before they can be applied, so
//! that whoever dislikes them has the time to leave.
//!
//! Specification:
//! - Only the network's authority proposes a change, one at a time.
//! - The rules to come are within the bounds of a new market.
//! - The change can be applied after two whole epochs.
//! - From now on no emission counts on a higher fee than the lower of the two.

use {
    crate::{
        clock::network_epoch,
        error::CreditsError,
        event::MarketChangeProposed,
        groups,
        state::{MarketChange, MarketTerms, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_CHANGE,
};

#[derive(Accounts)]
pub struct MarketChangePropose {
    /// The network's authority: pays for the account.
    #[account(mut, address = rules.network.authority @ CreditsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The market, with its network.
    pub rules: Nested<groups::MarketRules>,
    /// The change.
    #[account(
        init_if_needed,
        payer = authority,
        seeds = [SEED_CHANGE, rules.market.address().as_ref()],
        bump,
    )]
    pub change: State<MarketChange>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl MarketChangePropose {
    fn validate(&self, terms: &MarketTerms) -> Result<()> {
        require!(self.change.version == 0, CreditsError::ChangePending);
        terms.validate()
    }

    pub fn market_change_propose(
        &mut self,
        terms: &MarketTerms,
        bumps: &MarketChangeProposeBumps,
    ) -> Result<MarketChangeProposed> {
        self.validate(terms)?;
        let rules = &mut *self.rules;
        let epoch = network_epoch(&rules.network, Clock::get()?.unix_timestamp)?;
        let (market, proposer) = (*rules.market.address(), *self.authority.address());
        self.change
            .propose(bumps.change, market, proposer, terms, epoch);
        self.change.invariant()?;
        rules.market.expect_change(terms);
        rules.market.invariant()?;
        Ok(MarketChangeProposed {
            market,
            due_epoch: self.change.due_epoch,
            biller_cap: terms.biller_cap,
            max_age_seconds: terms.max_age_seconds,
            max_conf_bps: terms.max_conf_bps,
            protocol_fee_bps: terms.protocol_fee_bps,
            insurance_fee_bps: terms.insurance_fee_bps,
            _pad: [0; 6],
        })
    }
}
