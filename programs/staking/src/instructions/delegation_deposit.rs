//! Delegate stake to an operator.
//!
//! Tokens go from the delegator into the network's stake vault and buy shares of the operator's
//! delegation pool. They earn with the operator from now on, and can be slashed with it.
//!
//! Specification:
//! - Anybody can delegate; the first time it opens the delegation, whose rent the delegator pays.
//! - The amount moves into the vault and gets shares at what a share is worth.
//! - What was funded before is not shared with the new stake, except for the time that it is there.
//! - What the delegation has earned before stays its own.
//! - An amount of zero is refused.
//! - An operator that was jailed and not released is refused.
//! - An operator that has left is refused.
//! - A pool that slashes left without worth is refused.
//! - A paused network refuses.

use {
    crate::{
        constants::VERSION,
        error::StakingError,
        event::DelegationDeposited,
        groups,
        state::{Delegation, Operator, State},
        token_calls,
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::{seeds::SEED_DELEGATION, units::TokenAmount},
};

#[derive(Accounts)]
pub struct DelegationDeposit {
    /// The delegator: owner or delegate of the source account, which the token program checks.
    #[account(mut)]
    pub delegator: Signer,
    /// Where the tokens come from.
    #[account(
        mut,
        constraint = address_eq(source.mint(), delegated.stake_vault.mint())
            @ StakingError::WrongMint,
    )]
    pub source: Account<TokenAccount>,
    /// The operator's pool, its network and the vault.
    pub delegated: Nested<groups::DelegatedStake>,
    /// The operator, which must neither be jailed nor have left.
    #[account(address = delegated.pool.operator @ StakingError::WrongOperator)]
    pub operator: State<Operator>,
    /// What the delegator has with this operator.
    #[account(
        init_if_needed, payer = delegator,
        seeds = [
            SEED_DELEGATION,
            delegated.pool.address().as_ref(),
            delegator.address().as_ref(),
        ],
        bump,
    )]
    pub delegation: State<Delegation>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl DelegationDeposit {
    fn validate(&self) -> Result<()> {
        self.delegated.network.require_running()?;
        require!(
            self.operator.jailed_until == 0,
            StakingError::OperatorJailed
        );
        require!(!self.operator.has_exited(), StakingError::OperatorExited);
        Ok(())
    }

    pub fn delegation_deposit(
        &mut self,
        amount: TokenAmount,
        bumps: &DelegationDepositBumps,
    ) -> Result<DelegationDeposited> {
        self.validate()?;
        if self.delegation.version != VERSION {
            self.delegation.open(
                bumps.delegation,
                *self.delegated.pool.address(),
                *self.delegator.address(),
            );
        }
        let pool = &mut self.delegated.0.pool;
        pool.advance(Clock::get()?.unix_timestamp)?;
        self.delegation.accrue(pool)?;
        let shares = pool.deposit(amount)?;
        self.delegation.deposit(shares)?;
        self.delegated.network.stake_in(amount)?;
        let delegated = &mut self.delegated.0;
        token_calls::transfer(
            delegated.token_program.address(),
            self.source.try_cpi_handle_mut()?,
            delegated.stake_vault.try_cpi_handle_mut()?,
            self.delegator.cpi_handle(),
            &[],
            amount.0,
        );
        self.delegated.invariant()?;
        self.delegation.invariant(&self.delegated.pool)?;
        Ok(self.event(amount, shares))
    }

    fn event(&self, amount: TokenAmount, shares: u64) -> DelegationDeposited {
        DelegationDeposited {
            pool: *self.delegated.pool.address(),
            delegator: *self.delegator.address(),
            amount: amount.0,
            shares,
            delegated: self.delegated.pool.amount,
            pool_shares: self.delegated.pool.shares,
            total_stake: self.delegated.network.total_stake,
        }
    }
}
