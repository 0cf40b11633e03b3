//! Claim what delegated stake has earned.
//!
//! Pays all that has reached the delegation's shares, of both assets, however many epochs it was
//! earned in.
//!
//! Specification:
//! - Only the delegator can claim, to token accounts of its own.
//! - It pays what has reached its shares since its last claim, in both assets, once.
//! - What was funded a moment ago has not reached the shares yet.
//! - When nothing has been earned, it is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::DelegationClaimed,
        groups,
        state::{Delegation, Rewards, State},
        token_calls,
    },
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
};

#[derive(Accounts)]
pub struct DelegationClaim {
    /// The delegator.
    #[account(address = delegation.delegator @ StakingError::NotDelegator)]
    pub delegator: Signer,
    /// Where rewards in the network's token go.
    #[account(
        mut,
        constraint = address_eq(token_destination.mint(), rewards.token_vault.mint())
            @ StakingError::WrongMint,
        constraint = address_eq(token_destination.owner(), delegator.address())
            @ StakingError::NotDestinationOwner,
    )]
    pub token_destination: Account<TokenAccount>,
    /// Where rewards in stablecoin go.
    #[account(
        mut,
        constraint = address_eq(stable_destination.mint(), rewards.stable_vault.mint())
            @ StakingError::WrongMint,
        constraint = address_eq(stable_destination.owner(), delegator.address())
            @ StakingError::NotDestinationOwner,
    )]
    pub stable_destination: Account<TokenAccount>,
    /// The operator's pool and the vaults that pay.
    pub rewards: Nested<groups::DelegatorRewards>,
    /// What the delegator has with this operator.
    #[account(
        mut,
        constraint = delegation.is_at(delegation.address()) @ StakingError::WrongAddress,
        constraint = address_eq(&delegation.pool, rewards.pool.address())
            @ StakingError::WrongDelegationPool,
    )]
    pub delegation: State<Delegation>,
    /// The token program of both assets.
    pub token_program: Program<Token>,
}

impl DelegationClaim {
    pub fn delegation_claim(&mut self) -> Result<DelegationClaimed> {
        let pool = &mut self.rewards.0.pool;
        pool.advance(Clock::get()?.unix_timestamp)?;
        self.delegation.accrue(pool)?;
        let paid = self.delegation.claim()?;
        pool.pay(paid.tokens, paid.stable)?;
        self.rewards.vaults.pay(paid.tokens, paid.stable)?;
        self.pay(&paid)?;
        self.rewards.invariant()?;
        self.delegation.invariant(&self.rewards.pool)?;
        Ok(DelegationClaimed {
            pool: *self.rewards.pool.address(),
            delegator: self.delegation.delegator,
            tokens: paid.tokens.0,
            stable: paid.stable.0,
            owed_tokens: self.rewards.pool.tokens.owed,
            owed_stable: self.rewards.pool.stable.owed,
        })
    }

    fn pay(&mut self, paid: &Rewards) -> Result<()> {
        let rewards = &mut self.rewards.0;
        let signer = rewards.vaults.signer();
        let seeds = signer.seeds();
        let payments = [
            (
                &mut rewards.token_vault,
                &mut self.token_destination,
                paid.tokens.0,
            ),
            (
                &mut rewards.stable_vault,
                &mut self.stable_destination,
                paid.stable.0,
            ),
        ];
        for (vault, destination, amount) in payments {
            if amount == 0 {
                continue;
            }
            token_calls::transfer(
                self.token_program.address(),
                vault.try_cpi_handle_mut()?,
                destination.try_cpi_handle_mut()?,
                rewards.vaults.cpi_handle(),
                &[&seeds],
                amount,
            );
        }
        Ok(())
    }
}
