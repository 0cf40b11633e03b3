//! Record what a slash took of held pay.
//!
//! The rewards program calls this when it has taken pay of an operator for a slash that a final
//! root contains: that much is owed no more. The stake is not touched.
//!
//! Specification:
//! - Only the rewards program can call it, by the signature of the pool of the operator's service.
//! - What was taken counts as slashed, and never more than the leaf's counter says.
//! - The operator is jailed as by a slash of its stake, once for one counter.
//! - It works while the network is paused.

use {
    crate::{
        claim::require_pool,
        error::StakingError,
        event::SlashRecorded,
        state::{Operator, State},
    },
    anchor_lang::prelude::*,
    trestle_core::units::TokenAmount,
};

#[derive(Accounts)]
pub struct SlashRecord {
    /// The reward pool of the operator's service.
    pub pool: Signer,
    /// The operator that is slashed.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
}

impl SlashRecord {
    fn validate(&self) -> Result<()> {
        require_pool(self.pool.account(), &self.operator.service)
    }

    pub fn slash_record(&mut self, slashed: u64, amount: TokenAmount) -> Result<SlashRecorded> {
        self.validate()?;
        self.operator.record_slash(slashed, amount)?;
        self.operator.jail(slashed, Clock::get()?.unix_timestamp)?;
        self.operator.invariant()?;
        Ok(SlashRecorded {
            operator: *self.operator.address(),
            amount: amount.0,
            slashed_applied: self.operator.slashed_applied,
            jailed_until: self.operator.jailed_until,
            jail_count: self.operator.jail_count,
            _pad: [0; 4],
        })
    }
}
