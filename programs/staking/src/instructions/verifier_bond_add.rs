//! Add to the bond of a verifier.
//!
//! Also the way back for a verifier whose bond was slashed below the smallest.
//!
//! Specification:
//! - Only an active verifier can add to its bond; one that is exiting is refused.
//! - The amount moves from the source account into the bond vault and is added to the bond.
//! - A round under way does not weigh it: votes weigh what was bonded when the round opened.
//! - An amount of zero is refused.
//! - A paused network refuses.

use {
    crate::{error::StakingError, event::VerifierBondAdded, groups},
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
    trestle_core::units::TokenAmount,
};

#[derive(Accounts)]
pub struct VerifierBondAdd {
    /// The verifier: its own verb finds it in the set. Owner or delegate of the source account.
    pub verifier: Signer,
    /// Where the tokens come from.
    #[account(
        mut,
        constraint = address_eq(source.mint(), bonds.bond_vault.mint()) @ StakingError::WrongMint,
    )]
    pub source: Account<TokenAccount>,
    /// The network, its verifiers and the vault.
    pub bonds: Nested<groups::BondVault>,
}

impl VerifierBondAdd {
    fn validate(&self) -> Result<()> {
        self.bonds.network.require_running()
    }

    pub fn verifier_bond_add(&mut self, amount: TokenAmount) -> Result<VerifierBondAdded> {
        self.validate()?;
        let verifier = *self.verifier.address();
        let (index, bond) = self.bonds.verifiers.add_bond(&verifier, amount)?;
        let source = self.source.try_cpi_handle_mut()?;
        self.bonds
            .pay_in(source, self.verifier.cpi_handle(), amount)?;
        Ok(VerifierBondAdded {
            network: *self.bonds.network.address(),
            verifier,
            amount: amount.0,
            bond: bond.0,
            total_bond: self.bonds.network.total_bond,
            index,
            _pad: [0; 4],
        })
    }
}
