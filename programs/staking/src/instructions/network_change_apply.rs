//! Apply a change of a network's parameters.
//!
//! The change was public for its whole delay; to apply it when it is due needs nobody's consent.
//!
//! Specification:
//! - Anybody can apply it from its due epoch on.
//! - One that waits or has lapsed is refused.
//! - All parameters are replaced, and the version of the parameters counts one more.
//! - Stake and bonds that unbond already keep their unlock time.
//! - The change closes, and its rent goes back to who paid it.
//! - It works while the network is paused.

use {
    crate::{
        error::StakingError,
        event::NetworkChangeApplied,
        state::{require_due, Network, NetworkChange, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct NetworkChangeApply {
    /// The network to change.
    #[account(
        mut,
        constraint = network.is_at(network.address()) @ StakingError::WrongAddress,
    )]
    pub network: State<Network>,
    /// The change: it is closed.
    #[account(
        mut,
        constraint = change.network == *network.address() @ StakingError::WrongChange,
        constraint = change.is_at(change.address()) @ StakingError::WrongAddress,
    )]
    pub change: State<NetworkChange>,
    /// Receives the rent.
    #[account(mut, address = change.payer @ StakingError::WrongRecipient)]
    pub payer: UncheckedAccount,
}

impl NetworkChangeApply {
    pub fn network_change_apply(&mut self) -> Result<NetworkChangeApplied> {
        let epoch = self.network.epoch_at(Clock::get()?.unix_timestamp)?;
        require_due(self.change.due_epoch, epoch)?;
        self.change.invariant()?;
        let params = self.change.params(&self.network);
        params.validate()?;
        self.network.change(&params)?;
        self.network.invariant()?;
        self.change.close(*self.payer.account())?;
        Ok(NetworkChangeApplied {
            network: *self.network.address(),
            guardian: params.guardian,
            epoch: epoch.0,
            verifier_bond_min: params.verifier_bond_min,
            challenge_window_seconds: params.challenge_window_seconds,
            unbonding_seconds: params.unbonding_seconds,
            bond_slash_bps: params.bond_slash_bps,
            burn_bps: params.burn_bps,
            insurance_bps: params.insurance_bps,
            challenger_bps: params.challenger_bps,
            params_version: self.network.params_version,
            displacement_margin_bps: params.displacement_margin_bps,
            _pad: [0; 2],
        })
    }
}
