//! Open a claim.
//!
//! An operator needs one claim with a pool to be paid from it. It remembers what was paid, and
//! where to: a copy of the operator's payout account, so that paying reads one account less.
//!
//! Specification:
//! - Anybody can open the claim of an operator of the pool's service, once.
//! - It pays to the operator's payout account, and knows since when the operator is registered.

use {
    crate::{
        error::RewardsError,
        event::ClaimOpened,
        state::{Claim, Pool, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::seeds::SEED_CLAIM,
    trestle_staking::state::Operator,
};

#[derive(Accounts)]
pub struct ClaimOpen {
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer,
    /// The pool that will pay.
    #[account(constraint = pool.is_at(pool.address()) @ RewardsError::WrongAddress)]
    pub pool: State<Pool>,
    /// The operator that will be paid.
    #[account(
        constraint = operator.is_at(operator.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&operator.service, &pool.service) @ RewardsError::WrongService,
    )]
    pub operator: State<Operator>,
    /// The claim.
    #[account(
        init,
        payer = payer,
        seeds = [SEED_CLAIM, pool.address().as_ref(), operator.address().as_ref()],
        bump,
    )]
    pub claim: State<Claim>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl ClaimOpen {
    pub fn claim_open(&mut self, bumps: &ClaimOpenBumps) -> Result<ClaimOpened> {
        let pool = *self.pool.address();
        self.claim.open(bumps.claim, pool, &self.operator);
        self.claim.invariant()?;
        Ok(ClaimOpened {
            claim: *self.claim.address(),
            pool,
            operator: self.claim.operator,
            payout: self.claim.payout,
        })
    }
}
