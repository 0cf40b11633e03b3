//! Register a verifier.
//!
//! A verifier bonds tokens and may then propose and attest roots with a weight equal to its bond.
//!
//! Specification:
//! - The verifier and the network's authority both sign.
//! - The bond moves from the source account into the bond vault.
//! - A bond below the network's smallest is refused.
//! - A key that is in the set already is refused.
//! - A full set of 32 refuses.
//! - Where verifiers can be displaced, the last eight numbers are kept free for that.
//! - The first free number is taken, with the current epoch as the one of admission.
//! - A paused network refuses.

use {
    crate::{error::StakingError, event::VerifierRegistered, groups},
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::units::TokenAmount,
};

#[derive(Accounts)]
pub struct VerifierRegister {
    /// The verifier: will sign votes; owner or delegate of the source account.
    pub verifier: Signer,
    /// The network's authority, which admits the verifier.
    #[account(address = bonds.network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// Where the bond comes from.
    #[account(
        mut,
        constraint = address_eq(source.mint(), bonds.bond_vault.mint()) @ StakingError::WrongMint,
    )]
    pub source: Account<TokenAccount>,
    /// The network, its verifiers and the vault.
    pub bonds: Nested<groups::BondVault>,
}

impl VerifierRegister {
    fn validate(&self, bond: TokenAmount) -> Result<()> {
        self.bonds.network.require_running()?;
        require!(
            bond.0 >= self.bonds.network.verifier_bond_min,
            StakingError::BondTooSmall
        );
        let is_open = self.bonds.network.displacement_margin_bps > 0;
        require!(
            !(is_open && self.bonds.verifiers.is_crowded()),
            StakingError::SeatsReserved
        );
        Ok(())
    }

    pub fn verifier_register(&mut self, bond: TokenAmount) -> Result<VerifierRegistered> {
        self.validate(bond)?;
        let verifier = *self.verifier.address();
        let epoch = self.bonds.network.epoch_at(Clock::get()?.unix_timestamp)?;
        let index = self.bonds.verifiers.admit(verifier, bond, epoch.0)?;
        let source = self.source.try_cpi_handle_mut()?;
        self.bonds
            .pay_in(source, self.verifier.cpi_handle(), bond)?;
        Ok(VerifierRegistered {
            network: *self.bonds.network.address(),
            authority: verifier,
            bond: bond.0,
            total_bond: self.bonds.network.total_bond,
            admitted_epoch: epoch.0,
            index,
            _pad: [0; 4],
        })
    }
}
