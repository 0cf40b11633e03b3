//! Set where a claim pays stablecoin.
//!
//! Tokens go to the payout account that the operator names; stablecoin is another token and needs
//! an account of its own.
//!
//! Specification:
//! - Only the operator's controller sets the account.
//! - It must hold the stablecoin of the pool's network.
//! - Stablecoin goes to it from then on.
//! - It works while the network is paused.

use {
    crate::{
        error::RewardsError,
        event::ClaimStablePayoutChanged,
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_staking::state::{Network, Operator},
};

#[derive(Accounts)]
pub struct ClaimStablePayoutSet {
    /// The operator's controller.
    #[account(address = operator.controller @ RewardsError::NotController)]
    pub controller: Signer,
    /// The claim's operator.
    #[account(address = claim.operator @ RewardsError::WrongOperator)]
    pub operator: State<Operator>,
    /// The operator's network: names the stablecoin.
    #[account(address = operator.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The claim.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
    )]
    pub claim: State<Claim>,
    /// Where the stablecoin is to go.
    #[account(
        constraint = address_eq(stable_payout.mint(), &network.stable_mint)
            @ RewardsError::WrongMint,
    )]
    pub stable_payout: Account<TokenAccount>,
}

impl ClaimStablePayoutSet {
    pub fn claim_stable_payout_set(&mut self) -> Result<ClaimStablePayoutChanged> {
        let payout = *self.stable_payout.address();
        let payout_before = self.claim.set_stable_payout(payout);
        self.claim.invariant()?;
        Ok(ClaimStablePayoutChanged {
            claim: *self.claim.address(),
            payout_before,
            payout,
        })
    }
}
