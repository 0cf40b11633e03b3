//! Sync a claim with its operator.
//!
//! Copies into the claim again what the operator and its delegators have changed: the payout
//! account, the delegators' share of the pay, and what was taken of the operator's slashes.
//!
//! Specification:
//! - Anybody can sync a claim with its own operator.
//! - It pays to the operator's present payout account from then on.
//! - It sets aside the share that delegated stake and commission give now, of what is paid from
//!   then on.
//! - It pays by leaves whose slashes have all been taken, from then on.
//! - An operator that nobody can delegate to shares with nobody.
//! - Another operator's delegation pool is refused.
//! - It notes the running epoch: leaves of the epochs before are paid from then on.
//! - Syncing a claim that is in step changes nothing.

use {
    crate::{
        clock::network_epoch,
        error::RewardsError,
        event::ClaimSynced,
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::units::{Bps, Epoch},
    trestle_staking::state::{DelegationPool, Network, Operator},
};

#[derive(Accounts)]
pub struct ClaimSync {
    /// The claim's operator: names the payout account.
    #[account(address = claim.operator @ RewardsError::WrongOperator)]
    pub operator: State<Operator>,
    /// The claim.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
    )]
    pub claim: State<Claim>,
    /// The operator's network: its clock tells which commission holds.
    #[account(address = operator.network @ RewardsError::WrongNetwork)]
    pub network: State<Network>,
    /// The operator's delegation pool; not read if it has none.
    pub delegation_pool: UncheckedAccount,
}

impl ClaimSync {
    pub fn claim_sync(&mut self) -> Result<ClaimSynced> {
        let payout = self.operator.payout;
        let share_before = self.claim.delegators_bps;
        let epoch = Epoch(network_epoch(&self.network, Clock::get()?.unix_timestamp)?);
        let share = self.delegators_share(epoch)?;
        let payout_before = self.claim.sync(&self.operator, share, epoch);
        self.claim.invariant()?;
        Ok(ClaimSynced {
            claim: *self.claim.address(),
            payout_before,
            payout,
            delegators_bps_before: share_before,
            delegators_bps: share.get(),
            _pad: [0; 4],
        })
    }

    fn delegators_share(&self, epoch: Epoch) -> Result<Bps> {
        if self.operator.delegation_bump == 0 {
            return Ok(Bps::ZERO);
        }
        let pool = State::<DelegationPool>::load(*self.delegation_pool.account())?;
        require!(
            address_eq(&pool.operator, self.operator.address())
                && pool.is_at(self.delegation_pool.address()),
            RewardsError::WrongDelegationPool
        );
        Ok(pool.delegators_bps(self.operator.stake, epoch))
    }
}
