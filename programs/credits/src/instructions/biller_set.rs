//! Set the biller of a market.
//!
//! Names the key that sells credits by card, with its daily cap and the time in which a sale can be
//! reversed. It takes effect at once, so that a stolen key can be replaced and a cap lowered. The
//! cap cannot be raised above the one in the market's rules, which changes with a delay.
//!
//! Specification:
//! - Only the network's authority sets the biller.
//! - A cap above the market's, and a chargeback time out of bounds, are refused.
//! - A new key or cap counts at once, and what was sold today counts on.

use {
    crate::{
        error::CreditsError,
        event::BillerSet,
        groups,
        state::{Biller, BillerParams, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_BILLER,
};

#[derive(Accounts)]
pub struct BillerSetKey {
    /// The network's authority: pays for the account.
    #[account(mut, address = rules.network.authority @ CreditsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The market, with its network.
    pub rules: Nested<groups::MarketRules>,
    /// The biller.
    #[account(
        init_if_needed,
        payer = authority,
        seeds = [SEED_BILLER, rules.market.address().as_ref()],
        bump,
    )]
    pub biller: State<Biller>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl BillerSetKey {
    pub fn biller_set(
        &mut self,
        params: &BillerParams,
        bumps: &BillerSetKeyBumps,
    ) -> Result<BillerSet> {
        params.validate(&self.rules.market)?;
        let market = *self.rules.market.address();
        self.biller.set(bumps.biller, market, params);
        self.biller.invariant()?;
        Ok(BillerSet {
            market,
            key: params.key,
            daily_cap: params.daily_cap,
            chargeback_seconds: params.chargeback_seconds,
            _pad: [0; 4],
        })
    }
}
