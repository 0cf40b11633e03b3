//! Release held rewards.
//!
//! A new operator gets part of its pay later: in its first three months three quarters are held
//! back, half in the next three, a quarter until the ninth ends. As the rate falls with age, so
//! does what may be held of everything that was ever earned under it; the rest is paid. After nine
//! months nothing is held any more.
//!
//! Specification:
//! - Anybody can release for an operator; the pay goes to its payout account.
//! - What is held beyond the present rate of all pay that was held from is paid.
//! - After nine months everything is paid.
//! - Before the rate falls, and again at the same rate, a release is refused.
//! - A jailed operator gets nothing until it is free.
//! - An operator that owes a slash for which its pay was asked gets nothing until all of it is
//!   taken.
//! - All payments together stay within the newest final root and what was allotted.
//! - It works while the network is paused.

use {
    crate::{
        clock::network_epoch,
        error::RewardsError,
        event::HeldReleased,
        groups,
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_staking::state::{Network, Operator},
};

#[derive(Accounts)]
pub struct HeldRelease {
    /// The pool, its vault and the final roots.
    pub from: Nested<groups::PayingPool>,
    /// The pool's network: its clock tells the operator's age.
    #[account(address = from.pool.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The claim's operator: whether it is jailed.
    #[account(address = claim.operator @ RewardsError::WrongOperator)]
    pub operator: State<Operator>,
    /// The operator's claim: what it holds falls.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&claim.pool, from.pool.address()) @ RewardsError::WrongPool,
    )]
    pub claim: State<Claim>,
    /// Where the pay goes; the token program checks that it holds the same token.
    #[account(mut, address = claim.payout @ RewardsError::WrongPayout)]
    pub payout: UncheckedAccount,
}

impl HeldRelease {
    fn validate(&self, now: i64) -> Result<()> {
        require!(self.operator.jailed_until <= now, RewardsError::Jailed);
        require!(
            self.claim.slash_asked <= self.operator.slashed_applied,
            RewardsError::SlashOwed
        );
        Ok(())
    }

    pub fn held_release(&mut self) -> Result<HeldReleased> {
        let now = Clock::get()?.unix_timestamp;
        self.validate(now)?;
        let epoch = network_epoch(&self.network, now)?;
        let amount = self.claim.release(epoch, self.from.pool.epochs_per_month)?;
        let totals = self.from.granted()?;
        self.from.pool.pay(amount, amount.0, &totals)?;
        let payout = self.payout.try_cpi_handle_mut()?;
        self.from.transfer(payout, amount.0)?;
        self.from.pool.invariant()?;
        self.claim.invariant()?;
        Ok(HeldReleased {
            pool: *self.from.pool.address(),
            operator: self.claim.operator,
            payout: self.claim.payout,
            paid: amount.0,
            held: self.claim.held,
            paid_total: self.from.pool.paid_total,
        })
    }
}
