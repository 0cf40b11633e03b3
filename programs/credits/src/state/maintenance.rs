//! Maintenance that an operator declared ahead.

use {
    crate::{address::is_derived, constants::VERSION, error::CreditsError, ID},
    anchor_lang::prelude::*,
    bytemuck::{must_cast_ref, Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        maintenance::{self, EpochRange, MaintenanceError, MAINTENANCE_WINDOWS_MAX},
        seeds::SEED_MAINTENANCE,
        units::Epoch,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["maintenance", operator]`. An operator who never declared any has none.
#[account]
pub struct Maintenance {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Where the next window goes: over the oldest.
    pub next: u8,
    /// Zero.
    pub _pad: [u8; 5],
    /// The staking account of the operator.
    pub operator: Address,
    /// The last windows. They are in order, and none overlap.
    pub windows: [MaintenanceWindow; MAINTENANCE_WINDOWS_MAX],
}

impl Layout for Maintenance {
    const VERSION: u8 = VERSION;
}

/// Consecutive epochs of maintenance: the layout is that of `EpochRange` in core, spelled out here
/// so that it describes itself in the interface.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct MaintenanceWindow {
    /// First epoch.
    pub first: u64,
    /// How many there are; zero if the place is free.
    pub epochs: u64,
}

const _: () = {
    assert!(size_of::<Maintenance>() == 168);
    assert!(offset_of!(Maintenance, operator) == 8);
    assert!(offset_of!(Maintenance, windows) == 40);
    assert!(offset_of!(MaintenanceWindow, epochs) == offset_of!(EpochRange, epochs));
};

impl Maintenance {
    /// Writes the account before its first window; changes nothing of one that is written.
    pub fn open(&mut self, bump: u8, operator: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.operator = operator;
    }

    /// Whether `address` is the one that the operator gives.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_MAINTENANCE, self.operator.as_ref(), &[]];
        is_derived(address, seeds, self.bump, &ID)
    }

    /// The windows as the kernels read them.
    pub fn ranges(&self) -> &[EpochRange; MAINTENANCE_WINDOWS_MAX] {
        must_cast_ref(&self.windows)
    }

    /// Remembers one more window.
    pub fn declare(&mut self, first: u64, epochs: u64, now: u64) -> Result<()> {
        let slot = usize::from(self.next);
        let range = EpochRange { first, epochs };
        maintenance::declare(self.ranges(), slot, &range, Epoch(now)).map_err(
            |error| match error {
                MaintenanceError::Empty | MaintenanceError::TooMuch => {
                    CreditsError::TooMuchMaintenance
                }
                MaintenanceError::TooSoon => CreditsError::MaintenanceTooSoon,
                MaintenanceError::OutOfOrder => CreditsError::MaintenanceOutOfOrder,
                MaintenanceError::Full => CreditsError::MaintenanceFull,
            },
        )?;
        let place = self
            .windows
            .get_mut(slot)
            .ok_or(CreditsError::InvariantViolated)?;
        *place = MaintenanceWindow { first, epochs };
        let next = slot.saturating_add(1) % MAINTENANCE_WINDOWS_MAX;
        self.next = u8::try_from(next).map_err(|_| CreditsError::InvariantViolated)?;
        Ok(())
    }

    /// What holds after every instruction that changes an operator's maintenance.
    ///
    /// - It has this layout and an operator.
    /// - The next window has a place.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.operator != Address::default()
            && usize::from(self.next) < MAINTENANCE_WINDOWS_MAX;
        require!(holds, CreditsError::InvariantViolated);
        Ok(())
    }
}
