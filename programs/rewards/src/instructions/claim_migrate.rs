//! Bring a claim to the present layout.
//!
//! Claims of layout 1 do not say when they were last synced. Every other instruction refuses them.
//!
//! Specification:
//! - Anybody can migrate a claim of layout 1.
//! - It keeps all that it knows, and counts as never synced.
//! - Until then no instruction pays by it or slashes its pay.
//! - A claim of any other layout is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::RewardsError,
        event::ClaimMigrated,
        state::{ClaimV1, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct ClaimMigrate {
    /// The claim, as it was written by layout 1.
    #[account(
        mut,
        constraint = claim.account.is_at(claim.address()) @ RewardsError::WrongAddress,
    )]
    pub claim: State<ClaimV1>,
}

impl ClaimMigrate {
    pub fn claim_migrate(&mut self) -> Result<ClaimMigrated> {
        let address = *self.claim.address();
        let claim = &mut self.claim.account;
        let from = claim.version;
        claim.migrate();
        claim.invariant()?;
        Ok(ClaimMigrated {
            claim: address,
            operator: claim.operator,
            from,
            to: claim.version,
            _pad: [0; 6],
        })
    }
}
