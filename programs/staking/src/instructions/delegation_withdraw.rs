//! Withdraw delegated stake that has finished unbonding.
//!
//! Sweeps all matured tickets of a delegation at once.
//!
//! Specification:
//! - Only the delegator can withdraw, to a token account of its own.
//! - All matured tickets are paid what slashes have left of them and become free; the others stay.
//! - A ticket matures at its unlock time, not a second earlier.
//! - Tickets that slashes left without worth become free and pay nothing.
//! - When nothing has matured, it is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::DelegationWithdrawn,
        groups,
        state::{Delegation, State},
        token_calls,
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::units::TokenAmount,
};

#[derive(Accounts)]
pub struct DelegationWithdraw {
    /// The delegator.
    #[account(address = delegation.delegator @ StakingError::NotDelegator)]
    pub delegator: Signer,
    /// Where the tokens go.
    #[account(
        mut,
        constraint = address_eq(destination.mint(), delegated.stake_vault.mint())
            @ StakingError::WrongMint,
        constraint = address_eq(destination.owner(), delegator.address())
            @ StakingError::NotDestinationOwner,
    )]
    pub destination: Account<TokenAccount>,
    /// The operator's pool, its network and the vault.
    pub delegated: Nested<groups::DelegatedStake>,
    /// What the delegator has with this operator.
    #[account(
        mut,
        constraint = delegation.is_at(delegation.address()) @ StakingError::WrongAddress,
        constraint = address_eq(&delegation.pool, delegated.pool.address())
            @ StakingError::WrongDelegationPool,
    )]
    pub delegation: State<Delegation>,
}

impl DelegationWithdraw {
    pub fn delegation_withdraw(&mut self) -> Result<DelegationWithdrawn> {
        let now = Clock::get()?.unix_timestamp;
        let pool = &mut self.delegated.0.pool;
        let shares = self.delegation.withdraw(pool, now)?;
        let amount = pool.withdraw(shares)?;
        self.delegated.network.stake_out(amount)?;
        self.pay(amount)?;
        self.delegated.invariant()?;
        self.delegation.invariant(&self.delegated.pool)?;
        Ok(DelegationWithdrawn {
            pool: *self.delegated.pool.address(),
            delegator: self.delegation.delegator,
            destination: *self.destination.address(),
            amount: amount.0,
            total_stake: self.delegated.network.total_stake,
        })
    }

    fn pay(&mut self, amount: TokenAmount) -> Result<()> {
        let signer = self.delegated.network.signer();
        let delegated = &mut self.delegated.0;
        token_calls::transfer(
            delegated.token_program.address(),
            delegated.stake_vault.try_cpi_handle_mut()?,
            self.destination.try_cpi_handle_mut()?,
            delegated.network.cpi_handle(),
            &[&signer.seeds()],
            amount.0,
        );
        Ok(())
    }
}
