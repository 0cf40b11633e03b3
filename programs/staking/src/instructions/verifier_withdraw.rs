//! Withdraw the bond of a verifier that has left.
//!
//! Pays out what is left of the bond and frees the verifier's number for another. Nobody can keep a
//! number by leaving the bond where it is.
//!
//! Specification:
//! - Anybody can have a bond paid out, to a token account of the verifier's own.
//! - A verifier that has not asked to exit is refused.
//! - The bond is locked until its unlock time, not a second longer.
//! - What is left after slashes is paid, and the number becomes free.
//! - It works while the network is paused.

use {
    crate::{error::StakingError, event::VerifierWithdrawn, groups, token_calls},
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::TokenAccount,
};

#[derive(Accounts)]
pub struct VerifierWithdraw {
    /// The verifier: looked up in the set.
    pub verifier: UncheckedAccount,
    /// Where the tokens go.
    #[account(
        mut,
        constraint = address_eq(destination.mint(), bonds.bond_vault.mint())
            @ StakingError::WrongMint,
        constraint = address_eq(destination.owner(), verifier.address())
            @ StakingError::NotDestinationOwner,
    )]
    pub destination: Account<TokenAccount>,
    /// The network, its verifiers and the vault.
    pub bonds: Nested<groups::BondVault>,
}

impl VerifierWithdraw {
    pub fn verifier_withdraw(&mut self) -> Result<VerifierWithdrawn> {
        let authority = *self.verifier.address();
        let now = Clock::get()?.unix_timestamp;
        let (index, amount) = self.bonds.verifiers.withdraw(&authority, now)?;
        self.bonds.network.bond_out(amount)?;
        let signer = self.bonds.network.signer();
        let bonds = &mut self.bonds.0;
        token_calls::transfer(
            bonds.token_program.address(),
            bonds.bond_vault.try_cpi_handle_mut()?,
            self.destination.try_cpi_handle_mut()?,
            bonds.network.cpi_handle(),
            &[&signer.seeds()],
            amount.0,
        );
        self.bonds.invariant()?;
        Ok(VerifierWithdrawn {
            network: *self.bonds.network.address(),
            authority,
            destination: *self.destination.address(),
            amount: amount.0,
            total_bond: self.bonds.network.total_bond,
            index,
            _pad: [0; 4],
        })
    }
}
