//! Pay delegators what was set aside for them.
//!
//! Each payment to an operator sets the delegators' share aside in the pool's vaults. This moves it
//! into the staking program's vaults, where each delegator claims its part.
//!
//! Specification:
//! - Anybody can pay the delegators of an operator; the money goes to its delegation pool.
//! - All that was set aside is paid, tokens and stablecoin.
//! - Paying again is refused until something was set aside again.
//! - Another operator's delegation pool is refused.
//! - All payments together stay within the newest final root and what was allotted.
//! - It works while the network is paused.

use {
    crate::{
        error::RewardsError,
        event::DelegatorsPaid,
        groups, staking_calls,
        state::{Claim, State},
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        seeds::SEED_DISTRIBUTOR,
        units::{StableAmount, TokenAmount},
    },
    trestle_staking::{
        constants::{DISTRIBUTOR, DISTRIBUTOR_BUMP},
        state::DelegationPool,
        token_calls,
    },
};

#[derive(Accounts)]
pub struct DelegationPay {
    /// The pool, its vault and the final roots.
    pub from: Nested<groups::PayingPool>,
    /// The pool's stable vault: pays too; not touched if the pool pays no stablecoin.
    #[account(
        mut,
        constraint = !from.pool.has_stable()
            || address_eq(stable_vault.address(), &from.pool.stable_vault)
            @ RewardsError::WrongVault,
    )]
    pub stable_vault: UncheckedAccount,
    /// The operator's claim: what it owes to delegators falls to nothing.
    #[account(
        mut,
        constraint = claim.is_at(claim.address()) @ RewardsError::WrongAddress,
        constraint = address_eq(&claim.pool, from.pool.address()) @ RewardsError::WrongPool,
    )]
    pub claim: State<Claim>,
    /// Signs for this program.
    #[account(address = DISTRIBUTOR @ RewardsError::WrongAddress)]
    pub distributor: UncheckedAccount,
    /// The operator's network; the staking program checks it and what follows.
    pub network: UncheckedAccount,
    /// The operator's delegation pool.
    #[account(mut)]
    pub delegation_pool: UncheckedAccount,
    /// The record of what the delegators' vaults owe.
    #[account(mut)]
    pub delegator_vaults: UncheckedAccount,
    /// The delegators' vault of tokens: receives them.
    #[account(mut)]
    pub delegator_vault: UncheckedAccount,
    /// The delegators' vault of stablecoin: receives it.
    #[account(mut)]
    pub delegator_stable_vault: UncheckedAccount,
    /// The staking program.
    #[account(address = trestle_staking::ID @ RewardsError::WrongAddress)]
    pub staking_program: UncheckedAccount,
}

impl DelegationPay {
    fn validate(&self) -> Result<()> {
        let pool = State::<DelegationPool>::load(*self.delegation_pool.account())?;
        require!(
            address_eq(&pool.operator, &self.claim.operator)
                && pool.is_at(self.delegation_pool.address()),
            RewardsError::WrongDelegationPool
        );
        Ok(())
    }

    pub fn delegation_pay(&mut self) -> Result<DelegatorsPaid> {
        self.validate()?;
        let (tokens, stable) = self.claim.take_delegators_due()?;
        let totals = self.from.granted()?;
        if tokens.0 > 0 {
            self.from.pool.pay(tokens, tokens.0, &totals)?;
            let vault = self.delegator_vault.try_cpi_handle_mut()?;
            self.from.transfer(vault, tokens.0)?;
        }
        if stable.0 > 0 {
            self.from.pool.pay_stable(stable, stable.0, &totals)?;
            self.transfer_stable(stable)?;
        }
        self.fund(tokens, stable)?;
        self.from.pool.invariant()?;
        self.claim.invariant()?;
        Ok(DelegatorsPaid {
            pool: *self.from.pool.address(),
            operator: self.claim.operator,
            delegation_pool: *self.delegation_pool.address(),
            tokens: tokens.0,
            stable: stable.0,
            paid_total: self.from.pool.paid_total,
            stable_paid_total: self.from.pool.stable_paid_total,
        })
    }

    fn transfer_stable(&mut self, stable: StableAmount) -> Result<()> {
        let signer = self.from.pool.signer();
        token_calls::transfer(
            self.from.token_program.address(),
            self.stable_vault.try_cpi_handle_mut()?,
            self.delegator_stable_vault.try_cpi_handle_mut()?,
            self.from.pool.cpi_handle(),
            &[&signer.seeds()],
            stable.0,
        );
        Ok(())
    }

    fn fund(&mut self, tokens: TokenAmount, stable: StableAmount) -> Result<()> {
        staking_calls::DelegationFund {
            distributor: self.distributor.cpi_handle(),
            network: self.network.cpi_handle(),
            pool: self.delegation_pool.try_cpi_handle_mut()?,
            vaults: self.delegator_vaults.try_cpi_handle_mut()?,
            token_vault: self.delegator_vault.try_cpi_handle_mut()?,
            stable_vault: self.delegator_stable_vault.try_cpi_handle_mut()?,
        }
        .invoke(
            self.staking_program.address(),
            &[&[SEED_DISTRIBUTOR, &[DISTRIBUTOR_BUMP]]],
            tokens.0,
            stable.0,
        );
        Ok(())
    }
}
