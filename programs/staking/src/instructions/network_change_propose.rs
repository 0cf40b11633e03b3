//! Propose other parameters for a network.
//!
//! Nothing changes before the change is due, so that whoever dislikes it can leave under the old
//! terms: tickets that unbond keep their unlock time, and every vote that was cast before anybody
//! knew of the change is settled by then.
//!
//! Specification:
//! - Only the network's authority can propose, and it pays the rent.
//! - The proposal names every parameter, within the bounds of creation.
//! - The length of epochs cannot change: the numbers of all epochs depend on it.
//! - It is due after two whole epochs and as many more as the challenge window takes.
//! - A window that bonds which unbond already would not outlast is refused: unbonding comes first.
//! - What is in force already is refused: a change changes something.
//! - While one change is pending a second is refused: cancel the first.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::NetworkChangeProposed,
        state::{Network, NetworkChange, NetworkParams, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_CHANGE,
};

#[derive(Accounts)]
pub struct NetworkChangePropose {
    /// The network's authority, who pays the rent.
    #[account(mut, address = network.authority @ StakingError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network to change.
    #[account(
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
    /// The pending change.
    #[account(
        init, payer = authority, seeds = [SEED_CHANGE, network.address().as_ref()], bump,
    )]
    pub change: State<NetworkChange>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl NetworkChangePropose {
    fn validate(&self, params: &NetworkParams) -> Result<()> {
        params.validate()?;
        require!(
            params.epoch_seconds == self.network.epoch_seconds,
            StakingError::EpochFixed
        );
        require!(*params != self.network.params(), StakingError::ChangeEmpty);
        // A bond that started to unbond before the change must still be there when the longer
        // window of a root that it signed has ended.
        require!(
            params.reach_seconds() < self.network.unbonding_seconds,
            StakingError::WindowBeyondUnbonding
        );
        Ok(())
    }

    pub fn network_change_propose(
        &mut self,
        params: &NetworkParams,
        bumps: &NetworkChangeProposeBumps,
    ) -> Result<NetworkChangeProposed> {
        self.validate(params)?;
        let epoch = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        let due = self.network.change_due(epoch)?;
        let (network, payer) = (*self.network.address(), *self.authority.address());
        self.change.propose(bumps.change, network, payer, due);
        self.change.set_params(params);
        self.change.invariant()?;
        Ok(NetworkChangeProposed {
            network,
            authority: payer,
            guardian: params.guardian,
            due_epoch: due.0,
            verifier_bond_min: params.verifier_bond_min,
            challenge_window_seconds: params.challenge_window_seconds,
            unbonding_seconds: params.unbonding_seconds,
            bond_slash_bps: params.bond_slash_bps,
            burn_bps: params.burn_bps,
            insurance_bps: params.insurance_bps,
            challenger_bps: params.challenger_bps,
            displacement_margin_bps: params.displacement_margin_bps,
            _pad: [0; 6],
        })
    }
}
