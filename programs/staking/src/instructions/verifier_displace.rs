//! Displace the verifier with the smallest bond.
//!
//! Where a network allows it, nobody needs the authority's word to verify: whoever bonds more than
//! the smallest verifier, by the network's margin, takes its place. The displaced verifier leaves
//! as if it had asked to: nothing of its bond is taken, and a round under way keeps its vote.
//!
//! Specification:
//! - The verifier signs, and the authority does not.
//! - A network without a margin refuses.
//! - The bond must exceed the smallest active bond by the margin, and be the network's smallest.
//! - The verifier with the smallest active bond leaves: of equal ones, that with the lowest number.
//! - What it bonded unbonds, and is slashable until it is out.
//! - The bond moves from the source account into the bond vault.
//! - A key that is in the set already is refused, also when its bond is the smallest.
//! - Without an active verifier there is nobody to displace.
//! - A set without a free number refuses until a bond is withdrawn.
//! - A paused network refuses.

use {
    crate::{error::StakingError, event::VerifierDisplaced, groups},
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::units::TokenAmount,
};

#[derive(Accounts)]
pub struct VerifierDisplace {
    /// The newcomer: will sign votes; owner or delegate of the source account.
    pub verifier: Signer,
    /// Where the bond comes from.
    #[account(
        mut,
        constraint = address_eq(source.mint(), bonds.bond_vault.mint()) @ StakingError::WrongMint,
    )]
    pub source: Account<TokenAccount>,
    /// The network, its verifiers and the vault.
    pub bonds: Nested<groups::BondVault>,
}

impl VerifierDisplace {
    fn validate(&self, bond: TokenAmount) -> Result<()> {
        self.bonds.network.require_running()?;
        require!(
            self.bonds.network.displacement_margin_bps > 0,
            StakingError::DisplacementClosed
        );
        require!(
            bond.0 >= self.bonds.network.verifier_bond_min,
            StakingError::BondTooSmall
        );
        Ok(())
    }

    pub fn verifier_displace(&mut self, bond: TokenAmount) -> Result<VerifierDisplaced> {
        self.validate(bond)?;
        let verifier = *self.verifier.address();
        let now = Clock::get()?.unix_timestamp;
        let epoch = self.bonds.network.epoch_at(now)?;
        let unlock_at = self.bonds.network.unlock_at(now)?;
        let margin = self.bonds.network.displacement_margin()?;
        let left = self.bonds.verifiers.displace(bond, margin, unlock_at)?;
        let index = self.bonds.verifiers.admit(verifier, bond, epoch.0)?;
        let source = self.source.try_cpi_handle_mut()?;
        self.bonds
            .pay_in(source, self.verifier.cpi_handle(), bond)?;
        Ok(VerifierDisplaced {
            network: *self.bonds.network.address(),
            verifier,
            displaced: left.authority,
            bond: bond.0,
            displaced_bond: left.bond.0,
            unlock_at,
            total_bond: self.bonds.network.total_bond,
            admitted_epoch: epoch.0,
            index,
            displaced_index: left.index,
        })
    }
}
