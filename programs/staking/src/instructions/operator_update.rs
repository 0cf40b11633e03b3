//! Update an operator.
//!
//! Replaces what the operator says about itself: node key, zone, capacity, endpoint and payout
//! account. It works while the network is paused: a stolen node key must be replaceable.
//!
//! Specification:
//! - Only the operator's controller can update it.
//! - The whole profile and the payout account are replaced.
//! - The payout account holds the network's token and is none of the network's vaults.
//! - The capacity does not fall below what the operator has committed to.
//! - Another node key counts from the next epoch on, the same one from when it did.
//! - The profile has a node key, a capacity in bounds and an http(s) URL.
//! - Stake, tickets and what was slashed stay as they are.

use {
    crate::{
        error::StakingError,
        event::OperatorUpdated,
        load::committed_kib,
        state::{Network, Operator, OperatorProfile, State},
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::capacity::capacity_kib,
};

#[derive(Accounts)]
pub struct OperatorUpdate {
    /// The operator's controller.
    #[account(address = operator.controller @ StakingError::NotOperatorAuthority)]
    pub authority: Signer,
    /// The operator's network.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
        address = operator.network @ StakingError::WrongNetwork,
    )]
    pub network: State<Network>,
    /// Token account that rewards will go to.
    #[account(
        constraint = address_eq(payout.mint(), &network.token_mint) @ StakingError::BadPayout,
        constraint = !address_eq(payout.owner(), network.address()) @ StakingError::BadPayout,
    )]
    pub payout: Account<TokenAccount>,
    /// The operator to update.
    #[account(
        mut,
        constraint = operator.is_at(operator.address()) @ StakingError::WrongAddress,
    )]
    pub operator: State<Operator>,
    /// What the operator has committed to: an account of the proofs program, which is empty as long
    /// as it never committed to anything.
    pub load: UncheckedAccount,
}

impl OperatorUpdate {
    fn validate(&self, profile: &OperatorProfile) -> Result<()> {
        profile.validate()?;
        // Pay asks for the stake of the capacity: less of it would put less at risk for the same
        // commitments.
        let committed = committed_kib(self.load.account(), self.operator.address())?;
        let capacity = capacity_kib(profile.capacity_gib);
        let capacity = capacity.map_err(|_| StakingError::MathOverflow)?;
        require!(committed <= capacity, StakingError::CapacityCommitted);
        Ok(())
    }

    pub fn operator_update(&mut self, profile: &OperatorProfile) -> Result<OperatorUpdated> {
        self.validate(profile)?;
        let epoch = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        let payout = *self.payout.address();
        self.operator.update(profile, payout, epoch.0)?;
        self.operator.invariant()?;
        Ok(OperatorUpdated {
            operator: *self.operator.address(),
            payout: self.operator.payout,
            node_key: self.operator.node_key,
            capacity_gib: self.operator.capacity_gib,
            zone: self.operator.zone,
            _pad: [0; 4],
        })
    }
}
