//! Account groups that several instructions share, with their constraints.

use {
    crate::{
        error::ProofsError,
        event::EpochChallenged,
        staking_calls,
        state::{Proposal, State},
    },
    anchor_lang::{prelude::*, Id},
    trestle_core::{seeds::SEED_SLASHER, units::Bps},
    trestle_staking::state::{Network, VerifierSet},
};

/// Marks the staking program in lists of accounts.
pub struct Staking;

impl Id for Staking {
    fn id() -> Address {
        trestle_staking::ID
    }
    const IDL_ADDRESS: &'static str = "2wPoSvYkaEMWkMAYqfz52CNAywNkiPuDswqWLXWr4n1C";
}

/// A proposal under challenge, and all that it takes to slash those who signed it.
#[derive(Accounts)]
pub struct Challenge {
    /// Whoever challenges.
    pub challenger: Signer,
    /// Token account that the challenger's share of the slash goes to. The staking program checks
    /// its mint.
    #[account(mut)]
    pub challenger_token: UncheckedAccount,
    /// The proposal: it is lost when the challenge is proven.
    #[account(
        mut,
        constraint = proposal.is_at(proposal.address()) @ ProofsError::WrongAddress,
    )]
    pub proposal: State<Proposal>,
    /// The proposal's network: what its bond vault owes changes.
    #[account(mut, address = proposal.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The network's verifiers: the signers lose bond.
    #[account(
        mut,
        constraint = verifiers.network == *network.address() @ ProofsError::WrongVerifierSet,
        constraint = verifiers.is_at(verifiers.address()) @ ProofsError::WrongAddress,
    )]
    pub verifiers: State<VerifierSet>,
    /// The network's vault of bonds. The staking program checks it.
    #[account(mut)]
    pub bond_vault: UncheckedAccount,
    /// The network's insurance vault. The staking program checks it.
    #[account(mut)]
    pub insurance_vault: UncheckedAccount,
    /// The network's token. The staking program checks it.
    #[account(mut)]
    pub token_mint: UncheckedAccount,
    /// Signs for this program when it orders the slash.
    #[account(seeds = [b"slasher"], bump)]
    pub slasher: UncheckedAccount,
    /// Moves the bonds.
    pub token_program: Program<Token>,
    /// Slashes the bonds.
    pub staking_program: Program<Staking>,
}

/// What a challenge shows to be wrong; the number is the one in events.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeKind {
    /// A counter of an operator fell.
    Counters = 1,
    /// Operators out of order, or one twice.
    Order = 2,
    /// Totals below the sum of some leaves.
    Totals = 3,
    /// An opening recorded as good that does not open the commitment.
    Opening = 4,
    /// An operator without a leaf.
    Omitted = 5,
    /// Stake forfeited without a fault.
    Slash = 6,
    /// A loss that the node did not sign.
    Signature = 7,
    /// A good opening recorded as a loss.
    Loss = 8,
}

impl Challenge {
    /// Records that the proposal is proven wrong and takes the bonds of its signers. Signers
    /// without any bond left cannot keep the challenge from succeeding.
    pub fn convict(&mut self, kind: ChallengeKind, slasher_bump: u8) -> Result<EpochChallenged> {
        let signers = self.proposal.lose()?;
        let has_bond = has_bond(&self.network, &self.verifiers, &self.proposal)?;
        if has_bond {
            self.slash(signers, slasher_bump)?;
        }
        Ok(EpochChallenged {
            service: self.proposal.service,
            proposal: *self.proposal.address(),
            challenger: *self.challenger.address(),
            epoch: self.proposal.epoch,
            digest: self.proposal.digest,
            signers,
            kind: kind as u8,
            slashed: u8::from(has_bond),
            _pad: [0; 2],
        })
    }

    fn slash(&mut self, signers: u32, slasher_bump: u8) -> Result<()> {
        let accounts = staking_calls::BondSlash {
            slasher: self.slasher.cpi_handle(),
            network: self.network.try_cpi_handle_mut()?,
            verifiers: self.verifiers.try_cpi_handle_mut()?,
            bond_vault: self.bond_vault.try_cpi_handle_mut()?,
            token_program: self.token_program.cpi_handle(),
            token_mint: self.token_mint.try_cpi_handle_mut()?,
            insurance_vault: self.insurance_vault.try_cpi_handle_mut()?,
            challenger: self.challenger_token.try_cpi_handle_mut()?,
        };
        let program = self.staking_program.address();
        let seeds: [&[u8]; 2] = [SEED_SLASHER, &[slasher_bump]];
        accounts.invoke(program, &[&seeds], signers, self.proposal.voted_epoch);
        Ok(())
    }
}

/// Whether the staking program will find bond of the signers to take: it refuses a slash of
/// nothing.
#[inline(never)]
pub fn has_bond(network: &Network, verifiers: &VerifierSet, proposal: &Proposal) -> Result<bool> {
    let bps = Bps::new(network.bond_slash_bps).ok_or(ProofsError::InvariantViolated)?;
    for (index, entry) in verifiers.entries.iter().enumerate() {
        let is_signer = proposal.signers & (1 << index) != 0;
        let is_same = entry.admitted_epoch <= proposal.voted_epoch;
        if is_signer && is_same && bps.apply_floor(entry.slashable()?) > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The groups as clients fill them in: addresses only.
pub mod client {
    pub use super::__client_accounts_challenge::{Challenge, ChallengeResolved};
}

/// The groups as other programs fill them in when they call this one.
pub mod cpi {
    pub use super::__cpi_accounts_challenge::Challenge;
}
