//! A change of a network's parameters that waits until it is due.

use {
    super::{Network, NetworkParams},
    crate::{constants::VERSION, error::StakingError, versioned::Layout, ID},
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        change::{change_state, ChangeState},
        seeds::SEED_CHANGE,
        units::Epoch,
    },
};

/// PDA `["change", network]`. Whole: what a change does not mean to change stands in it as it was.
#[account]
pub struct NetworkChange {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Seconds of the challenge window.
    pub challenge_window_seconds: u32,
    /// The network to change.
    pub network: Address,
    /// Who paid the rent and gets it back.
    pub payer: Address,
    /// Can pause, and nothing else.
    pub guardian: Address,
    /// First epoch in which the change can be applied.
    pub due_epoch: u64,
    /// Smallest bond of a verifier in base units of the token.
    pub verifier_bond_min: u64,
    /// Seconds of unbonding.
    pub unbonding_seconds: u32,
    /// Share of a bond that a lost root costs.
    pub bond_slash_bps: u16,
    /// Share of a slash that is burned.
    pub burn_bps: u16,
    /// Share of a slash that goes to insurance.
    pub insurance_bps: u16,
    /// Share of a slash that goes to the challenger.
    pub challenger_bps: u16,
    /// By how much a newcomer's bond must exceed the smallest to displace it; zero: it cannot.
    pub displacement_margin_bps: u16,
    /// Zero; room for parameters to come.
    pub _reserved: [u8; 26],
}

const _: () = assert!(size_of::<NetworkChange>() == 160);
const _: () = assert!(offset_of!(NetworkChange, network) == 8);
const _: () = assert!(offset_of!(NetworkChange, due_epoch) == 104);

impl Layout for NetworkChange {
    const VERSION: u8 = VERSION;
}

impl NetworkChange {
    /// Writes a proposed change.
    pub fn propose(&mut self, bump: u8, network: Address, payer: Address, due: Epoch) {
        self.version = VERSION;
        self.bump = bump;
        self.network = network;
        self.payer = payer;
        self.due_epoch = due.0;
    }

    /// Takes over what is proposed.
    pub fn set_params(&mut self, params: &NetworkParams) {
        self.guardian = params.guardian;
        self.challenge_window_seconds = params.challenge_window_seconds;
        self.unbonding_seconds = params.unbonding_seconds;
        self.verifier_bond_min = params.verifier_bond_min;
        self.bond_slash_bps = params.bond_slash_bps;
        self.burn_bps = params.burn_bps;
        self.insurance_bps = params.insurance_bps;
        self.challenger_bps = params.challenger_bps;
        self.displacement_margin_bps = params.displacement_margin_bps;
    }

    /// What is proposed for a network, whose epochs keep their length.
    pub fn params(&self, network: &Network) -> NetworkParams {
        NetworkParams {
            guardian: self.guardian,
            epoch_seconds: network.epoch_seconds,
            challenge_window_seconds: self.challenge_window_seconds,
            unbonding_seconds: self.unbonding_seconds,
            verifier_bond_min: self.verifier_bond_min,
            bond_slash_bps: self.bond_slash_bps,
            burn_bps: self.burn_bps,
            insurance_bps: self.insurance_bps,
            challenger_bps: self.challenger_bps,
            displacement_margin_bps: self.displacement_margin_bps,
        }
    }

    /// Whether `address` is the one that the network gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        is_change_at(&self.network, self.bump, address)
    }

    /// What holds after every instruction that writes a change: it has this layout, and belongs to
    /// a network.
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION && self.network != Address::default();
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}

/// Whether `address` is that of the change of `target`.
pub(super) fn is_change_at(target: &Address, bump: u8, address: &Address) -> bool {
    let seeds = [SEED_CHANGE, target.as_ref()];
    address_eq(address, &Address::derive_address(&seeds, Some(bump), &ID))
}

/// Refuses a change that is not due, or no more.
pub fn require_due(due_epoch: u64, now: Epoch) -> Result<()> {
    match change_state(Epoch(due_epoch), now) {
        ChangeState::Waiting => Err(StakingError::ChangeNotDue.into()),
        ChangeState::Due => Ok(()),
        ChangeState::Lapsed => Err(StakingError::ChangeLapsed.into()),
    }
}
