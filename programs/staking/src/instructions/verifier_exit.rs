//! Leave the verifier set.
//!
//! The verifier has no weight in rounds that open from now on; in one under way it keeps its vote.
//! Its bond unbonds, and can be slashed until it is out.
//!
//! Specification:
//! - Only a verifier itself can exit.
//! - Its whole bond starts to unbond and stops counting as weight.
//! - A verifier that is exiting already is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::VerifierExited,
        state::{Network, State, VerifierSet},
    },
    anchor_lang::{address_eq, prelude::*},
};

#[derive(Accounts)]
pub struct VerifierExit {
    /// The verifier: its own verb finds it in the set.
    pub verifier: Signer,
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

impl VerifierExit {
    pub fn verifier_exit(&mut self) -> Result<VerifierExited> {
        let authority = *self.verifier.address();
        let unlock_at = self.network.unlock_at(Clock::get()?.unix_timestamp)?;
        let (index, bond) = self.verifiers.start_exit(&authority, unlock_at)?;
        self.verifiers.invariant(self.network.total_bond)?;
        Ok(VerifierExited {
            network: *self.network.address(),
            authority,
            bond: bond.0,
            unlock_at,
            index,
            _pad: [0; 4],
        })
    }
}
