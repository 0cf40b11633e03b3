//! Slash the bonds of verifiers that signed a wrong root.
//!
//! The proofs program calls this when a challenge is proven there. Each signer loses the
//! network's share of its bond; part of it pays whoever proved the fault.
//!
//! Specification:
//! - Only the proofs program can call it, by the signature of its slasher address.
//! - Each verifier in the mask loses the network's share of its bond, also when it is exiting.
//! - A verifier admitted after the vote is spared: it only took over the number.
//! - The shares of the network go to burn, insurance and challenger, and nothing is lost.
//! - A mask that hits no bond is refused.
//! - It works while the network is paused.

use {
    crate::{constants::SLASHER, error::StakingError, event::BondSlashed, groups, token_calls},
    anchor_lang::{address_eq, prelude::*},
    anchor_spl::token::{Mint, TokenAccount},
    trestle_core::{slash::SlashSplit, units::Bps},
};

#[derive(Accounts)]
pub struct BondSlash {
    /// The proofs program's slasher address.
    #[account(address = SLASHER @ StakingError::NotSlasher)]
    pub slasher: Signer,
    /// The network, its verifiers and the vault.
    pub bonds: Nested<groups::BondVault>,
    /// The network's token: its supply falls.
    #[account(mut, address = bonds.network.token_mint @ StakingError::WrongMint)]
    pub token_mint: Account<Mint>,
    /// The network's insurance vault.
    #[account(mut, address = bonds.network.insurance_vault @ StakingError::WrongVault)]
    pub insurance_vault: Account<TokenAccount>,
    /// Token account of whoever proved the fault.
    #[account(
        mut,
        constraint = address_eq(challenger.mint(), bonds.bond_vault.mint())
            @ StakingError::WrongMint,
    )]
    pub challenger: Account<TokenAccount>,
}

impl BondSlash {
    pub fn bond_slash(&mut self, signers: u32, voted_epoch: u64) -> Result<BondSlashed> {
        let bps =
            Bps::new(self.bonds.network.bond_slash_bps).ok_or(StakingError::InvariantViolated)?;
        let taken = self.bonds.verifiers.slash(signers, voted_epoch, bps)?;
        self.bonds.network.bond_out(taken.amount)?;
        let parts = self.bonds.network.slash_shares()?.split(taken.amount.0);
        self.pay(&parts)?;
        self.bonds.invariant()?;
        Ok(BondSlashed {
            network: *self.bonds.network.address(),
            challenger: *self.challenger.address(),
            amount: taken.amount.0,
            burned: parts.burn,
            insured: parts.insurance,
            rewarded: parts.challenger,
            total_bond: self.bonds.network.total_bond,
            mask: taken.mask,
            _pad: [0; 4],
        })
    }

    fn pay(&mut self, parts: &SlashSplit) -> Result<()> {
        let bonds = &mut self.bonds.0;
        let signer = bonds.network.signer();
        let seeds = signer.seeds();
        token_calls::burn(
            bonds.token_program.address(),
            bonds.bond_vault.try_cpi_handle_mut()?,
            self.token_mint.try_cpi_handle_mut()?,
            bonds.network.cpi_handle(),
            &[&seeds],
            parts.burn,
        );
        let payments = [
            (&mut self.insurance_vault, parts.insurance),
            (&mut self.challenger, parts.challenger),
        ];
        for (destination, amount) in payments {
            token_calls::transfer(
                bonds.token_program.address(),
                bonds.bond_vault.try_cpi_handle_mut()?,
                destination.try_cpi_handle_mut()?,
                bonds.network.cpi_handle(),
                &[&seeds],
                amount,
            );
        }
        Ok(())
    }
}
