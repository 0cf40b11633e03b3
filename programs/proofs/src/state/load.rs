//! What an operator has promised to keep, over all its commitments.

use {
    crate::{
        address::is_derived,
        constants::{GIB, VERSION},
        error::ProofsError,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{
        capacity::{capacity_kib, kib_of, stake_needed, LoadState, KIB, KIB_PER_GIB, LOAD_VERSION},
        seeds::SEED_LOAD,
    },
    trestle_staking::{
        state::{Operator, Service},
        versioned::Layout,
    },
};

/// PDA `["load", operator]`. The first commitment of an operator creates it; it stays.
#[account]
pub struct OperatorLoad {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 2],
    /// Commitments whose accounts exist.
    pub commitments: u32,
    /// The operator (staking account).
    pub operator: Address,
    /// KiB under these commitments, each rounded up.
    pub committed_kib: u64,
}

const _: () = {
    assert!(size_of::<OperatorLoad>() == size_of::<LoadState>());
    assert!(offset_of!(OperatorLoad, version) == offset_of!(LoadState, version));
    assert!(offset_of!(OperatorLoad, bump) == offset_of!(LoadState, bump));
    assert!(offset_of!(OperatorLoad, operator) == offset_of!(LoadState, operator));
    assert!(offset_of!(OperatorLoad, committed_kib) == offset_of!(LoadState, committed_kib));
    assert!(VERSION == LOAD_VERSION);
};
const _: () = assert!(KIB * KIB_PER_GIB == GIB);

impl Layout for OperatorLoad {
    const VERSION: u8 = VERSION;
}

impl OperatorLoad {
    /// Whether the account was just created.
    pub fn is_blank(&self) -> bool {
        self.version == 0
    }

    /// Writes the load of an operator without commitments.
    pub fn create(&mut self, bump: u8, operator: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.operator = operator;
    }

    /// Whether it stands at the address that follows from its operator.
    pub fn is_at(&self, address: &Address) -> bool {
        is_derived(&[SEED_LOAD, self.operator.as_ref()], self.bump, address)
    }

    /// Counts a commitment of this size, as far as capacity and stake of the operator reach.
    #[inline(never)]
    pub fn add(&mut self, size_bytes: u64, operator: &Operator, service: &Service) -> Result<()> {
        let committed = self
            .committed_kib
            .checked_add(kib_of(size_bytes))
            .ok_or(ProofsError::MathOverflow)?;
        let capacity =
            capacity_kib(operator.capacity_gib).map_err(|_| ProofsError::MathOverflow)?;
        require!(committed <= capacity, ProofsError::CapacityExceeded);
        let needed = stake_needed(service.stake_per_gib, committed)
            .map_err(|_| ProofsError::MathOverflow)?;
        require!(operator.stake >= needed, ProofsError::OperatorUnderstaked);
        self.committed_kib = committed;
        self.commitments = self
            .commitments
            .checked_add(1)
            .ok_or(ProofsError::MathOverflow)?;
        Ok(())
    }

    /// Takes back a commitment of this size, whose account closes.
    pub fn release(&mut self, size_bytes: u64) -> Result<()> {
        self.committed_kib = self
            .committed_kib
            .checked_sub(kib_of(size_bytes))
            .ok_or(ProofsError::InvariantViolated)?;
        self.commitments = self
            .commitments
            .checked_sub(1)
            .ok_or(ProofsError::InvariantViolated)?;
        Ok(())
    }

    /// What holds after every instruction that changes a load.
    ///
    /// - It has this layout.
    /// - Every commitment takes up a KiB at least, and nothing is taken up without one.
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.committed_kib >= u64::from(self.commitments)
            && (self.committed_kib == 0) == (self.commitments == 0);
        require!(holds, ProofsError::InvariantViolated);
        Ok(())
    }
}
