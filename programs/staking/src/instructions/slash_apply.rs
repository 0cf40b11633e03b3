//! Apply a slash that a final root contains.
//!
//! The leaf of an operator counts all that was ever slashed; what has not been taken yet is taken
//! from its stake, then from its unbonding tickets, then from what others have delegated to it. Its
//! own pay comes before all that: the rewards program takes that first. A slash also jails the
//! operator. Nobody accuses here: the root was open to challenge before it became final, so the
//! challenger's share goes to insurance.
//!
//! Specification:
//! - Anybody can apply it, with the leaf of the operator in a root of the ring.
//! - The leaf's counter less what was taken before is taken, from stake first, then from tickets.
//! - What they do not cover is taken from the delegated stake, active and unbonding in proportion.
//! - What all of that does not cover stays owed.
//! - An operator that accepts delegations cannot be slashed without its pool.
//! - An operator that can be paid is slashed only after its pay was asked by `held_slash`.
//! - Once it was asked, nothing that its pool has or lacks stops the slash.
//! - The operator is jailed, each time for twice as long, up to a limit.
//! - One counter of a leaf jails once, in however many parts it is taken.
//! - The burn share is burned; the rest goes to the insurance vault.
//! - A leaf whose slashes have all been taken is refused.
//! - An operator with nothing left is refused.
//! - A leaf that is not in the root, or a root that is not in the ring, is refused.
//! - It works while the network is paused.

use {
    crate::{
        claim::slash_asked,
        error::StakingError,
        event::SlashApplied,
        groups,
        leaf::LeafProof,
        ring::FinalRoots,
        state::{is_pool_address, DelegationPool, SlashTaken, State},
        token_calls,
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{Mint, TokenAccount},
    trestle_core::slash::SlashSplit,
};

#[derive(Accounts)]
pub struct SlashApply {
    /// The final roots of the operator's service.
    #[account(
        constraint = ring.is_of(&stake.operator.service, ring.address()) @ StakingError::WrongRing,
    )]
    pub ring: State<FinalRoots>,
    /// The operator, its network and the vault.
    pub stake: Nested<groups::StakeVault>,
    /// The network's token: its supply falls.
    #[account(mut, address = stake.network.token_mint @ StakingError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// The network's insurance vault, which receives what is not burned.
    #[account(mut, address = stake.network.insurance_vault @ StakingError::WrongVault)]
    pub insurance_vault: Account<TokenAccount>,
    /// The operator's claim with the pool of its service, or the address where it would be: tells
    /// for which slash its pay was asked.
    pub claim: UncheckedAccount,
    /// The operator's delegation pool: what it holds changes. Looked at only if the operator has
    /// one, and then at its address.
    #[account(mut)]
    pub delegation_pool: UncheckedAccount,
}

impl SlashApply {
    /// What the leaf says was ever slashed.
    fn validate(&self, leaf: &LeafProof) -> Result<u64> {
        let operator = &self.stake.operator;
        let slashed = leaf.verify(&self.ring, operator.address())?.slashed;
        let asked = slash_asked(self.claim.account(), &operator.service, operator.address())?;
        let is_asked = asked.is_none_or(|asked| asked >= slashed);
        require!(is_asked, StakingError::HeldPayFirst);
        Ok(slashed)
    }

    pub fn slash_apply(&mut self, leaf: &LeafProof) -> Result<SlashApplied> {
        let slashed = self.validate(leaf)?;
        let taken = self.take(slashed)?;
        let now = Clock::get()?.unix_timestamp;
        self.stake.operator.jail(slashed, now)?;
        self.stake.network.stake_out(taken.total)?;
        let parts = self
            .stake
            .network
            .slash_shares()?
            .split_unchallenged(taken.total.0);
        self.pay(&parts)?;
        self.stake.invariant()?;
        Ok(SlashApplied {
            operator: *self.stake.operator.address(),
            epoch: leaf.epoch,
            amount: taken.total.0,
            burned: parts.burn,
            insured: parts.insurance,
            stake: self.stake.operator.stake,
            slashed_applied: self.stake.operator.slashed_applied,
            total_stake: self.stake.network.total_stake,
            from_delegation: taken.delegated.0,
            jailed_until: self.stake.operator.jailed_until,
            jail_count: self.stake.operator.jail_count,
            _pad: [0; 4],
        })
    }

    fn take(&mut self, slashed: u64) -> Result<SlashTaken> {
        let bump = self.stake.operator.delegation_bump;
        if bump == 0 {
            return self.stake.operator.slash(slashed, None);
        }
        let account = *self.delegation_pool.account();
        require!(
            is_pool_address(account.address(), self.stake.operator.address(), bump),
            StakingError::WrongAddress
        );
        // SAFETY: at its address there can be none of the named accounts, which are of other types:
        // no other reference to its data is alive.
        let mut pool = unsafe { State::<DelegationPool>::load_mut(account)? };
        let taken = self.stake.operator.slash(slashed, Some(&mut pool))?;
        pool.invariant()?;
        Ok(taken)
    }

    fn pay(&mut self, parts: &SlashSplit) -> Result<()> {
        let stake = &mut self.stake.0;
        let signer = stake.network.signer();
        token_calls::burn(
            stake.token_program.address(),
            stake.stake_vault.try_cpi_handle_mut()?,
            self.token_mint.try_cpi_handle_mut()?,
            stake.network.cpi_handle(),
            &[&signer.seeds()],
            parts.burn,
        );
        token_calls::transfer(
            stake.token_program.address(),
            stake.stake_vault.try_cpi_handle_mut()?,
            self.insurance_vault.try_cpi_handle_mut()?,
            stake.network.cpi_handle(),
            &[&signer.seeds()],
            parts.insurance,
        );
        Ok(())
    }
}
