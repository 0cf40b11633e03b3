//! Remove a verifier from the set.
//!
//! The network's authority can end what it admitted. The verifier leaves exactly as if it had asked
//! to: nothing of its bond is taken, and the bond comes back after the unbonding time.
//!
//! Specification:
//! - Only the network's authority can remove a verifier.
//! - Its whole bond starts to unbond and stops counting as weight in rounds opened later.
//! - A round under way keeps its weights: the vote that the verifier has in it stays its own.
//! - Its bond can be slashed until it is out, and only the verifier can withdraw it.
//! - A key that is not in the set is refused, and so is one that is exiting already.
//! - It cannot register again before its bond has unlocked and was withdrawn.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::VerifierRemoved,
        state::{Network, State, VerifierSet},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct VerifierRemove {
    /// The network's authority.
    #[account(address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network: it knows the unbonding time.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
    /// The network's verifiers.
    #[account(
        mut,
        constraint = address_eq(&verifiers.network, network.address())
            @ StakingError::WrongVerifierSet,
        constraint = verifiers.is_at(verifiers.address()) @ StakingError::WrongAddress,
    )]
    pub verifiers: State<VerifierSet>,
}

impl VerifierRemove {
    pub fn verifier_remove(&mut self, verifier: Address) -> Result<VerifierRemoved> {
        let unlock_at = self.network.unlock_at(Clock::get()?.unix_timestamp)?;
        let (index, bond) = self.verifiers.start_exit(&verifier, unlock_at)?;
        self.verifiers.invariant(self.network.total_bond)?;
        Ok(VerifierRemoved {
            network: *self.network.address(),
            by: *self.authority.address(),
            verifier,
            bond: bond.0,
            unlock_at,
            index,
            _pad: [0; 4],
        })
    }
}
