//! A change of a service's parameters that waits until it is due.

use {
    super::{network_change::is_change_at, Service, ServiceParams},
    crate::{constants::VERSION, error::StakingError, versioned::Layout},
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::units::Epoch,
};

/// PDA `["change", service]`. Whole: what a change does not mean to change stands in it as it was.
#[account]
pub struct ServiceChange {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Share of missing data that challenges must find.
    pub missing_bps: u16,
    /// Milliseconds to answer a challenge.
    pub answer_deadline_ms: u32,
    /// The service to change.
    pub service: Address,
    /// Who paid the rent and gets it back.
    pub payer: Address,
    /// First epoch in which the change can be applied.
    pub due_epoch: u64,
    /// Stake for each GiB in base units of the token.
    pub stake_per_gib: u64,
    /// Probability with which missing data must be found in an epoch.
    pub detect_bps: u16,
    /// Share of the stake that repeated missing costs.
    pub miss_slash_bps: u16,
    /// Share of the stake that proven loss costs.
    pub lost_slash_bps: u16,
    /// Epochs of notice.
    pub notice_epochs: u16,
    /// Zero; room for parameters to come.
    pub _reserved: [u8; 32],
}

const _: () = assert!(size_of::<ServiceChange>() == 128);
const _: () = assert!(offset_of!(ServiceChange, service) == 8);
const _: () = assert!(offset_of!(ServiceChange, due_epoch) == 72);

impl Layout for ServiceChange {
    const VERSION: u8 = VERSION;
}

impl ServiceChange {
    /// Writes a proposed change.
    pub fn propose(&mut self, bump: u8, service: Address, payer: Address, due: Epoch) {
        self.version = VERSION;
        self.bump = bump;
        self.service = service;
        self.payer = payer;
        self.due_epoch = due.0;
    }

    /// Takes over what is proposed.
    pub fn set_params(&mut self, params: &ServiceParams) {
        self.stake_per_gib = params.stake_per_gib;
        self.missing_bps = params.missing_bps;
        self.detect_bps = params.detect_bps;
        self.miss_slash_bps = params.miss_slash_bps;
        self.lost_slash_bps = params.lost_slash_bps;
        self.answer_deadline_ms = params.answer_deadline_ms;
        self.notice_epochs = params.notice_epochs;
    }

    /// What is proposed for a service, whose kind stays.
    pub fn params(&self, service: &Service) -> ServiceParams {
        ServiceParams {
            kind: service.kind,
            stake_per_gib: self.stake_per_gib,
            missing_bps: self.missing_bps,
            detect_bps: self.detect_bps,
            miss_slash_bps: self.miss_slash_bps,
            lost_slash_bps: self.lost_slash_bps,
            answer_deadline_ms: self.answer_deadline_ms,
            notice_epochs: self.notice_epochs,
        }
    }

    /// Whether `address` is the one that the service gives.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        is_change_at(&self.service, self.bump, address)
    }

    /// What holds after every instruction that writes a change: it has this layout, and belongs to
    /// a service.
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION && self.service != Address::default();
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}
