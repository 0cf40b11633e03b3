//! Sync a claim with its operator.
//!
//! Copies the operator's payout account into the claim again, after the operator changed it.
//!
//! Specification:
//! - Anybody can sync a claim with its own operator.
//! - It pays to the operator's present payout account from then on.
//! - Syncing a claim that is in step changes nothing.

use {
    crate::{error::RewardsError, event::ClaimSynced, state::Claim},
    anchor_lang::prelude::*,
    trestle_staking::state::Operator,
};

#[derive(Accounts)]
pub struct ClaimSync {
    /// The claim's operator: names the payout account.
    #[account(address = claim.operator @ RewardsError::WrongOperator)]
    pub operator: Account<Operator>,
    /// The claim.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
    )]
    pub claim: Account<Claim>,
}

impl ClaimSync {
    pub fn claim_sync(&mut self) -> Result<ClaimSynced> {
        let payout = self.operator.payout;
        let payout_before = self.claim.sync(payout);
        self.claim.invariant()?;
        Ok(ClaimSynced {
            claim: *self.claim.address(),
            payout_before,
            payout,
        })
    }
}
