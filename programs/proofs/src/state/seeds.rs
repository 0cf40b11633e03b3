//! The ring of challenge seeds of a service.

use {
    crate::{
        address::is_derived,
        constants::{SEEDS_MAX, VERSION},
        error::ProofsError,
    },
    anchor_lang::prelude::*,
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{hash::Hash, seeds::SEED_SEEDS},
    trestle_staking::versioned::Layout,
};

/// PDA `["seeds", service]`: what was asked in each epoch follows from its seed.
#[account]
pub struct SeedRing {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Zero.
    pub _pad: [u8; 6],
    /// The service whose seeds these are.
    pub service: Address,
    /// Seeds ever recorded.
    pub count: u64,
    /// The seeds; number n stands at n modulo 64.
    pub entries: [SeedEntry; SEEDS_MAX],
}

impl Layout for SeedRing {
    const VERSION: u8 = VERSION;
}

/// The seed of one epoch.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct SeedEntry {
    /// The epoch that is challenged with it.
    pub epoch: u64,
    /// Slot whose hash went into it.
    pub slot: u64,
    /// The seed.
    pub seed: [u8; 32],
}

const _: () = assert!(size_of::<SeedEntry>() == 48);
const _: () = assert!(size_of::<SeedRing>() == 3_120);
const _: () = assert!(offset_of!(SeedRing, entries) == 48);

impl SeedRing {
    /// Writes an empty ring.
    pub fn create(&mut self, bump: u8, service: Address) {
        self.version = VERSION;
        self.bump = bump;
        self.service = service;
    }

    /// Whether this is the ring of its service, at the address that follows from it.
    pub fn is_at(&self, address: &Address) -> bool {
        is_derived(&[SEED_SEEDS, self.service.as_ref()], self.bump, address)
    }

    /// The seed that was recorded last.
    pub fn latest(&self) -> Option<&SeedEntry> {
        self.entries.get(slot_of(self.count.checked_sub(1)?))
    }

    /// The seed that was recorded first among those that the ring still holds.
    pub fn oldest(&self) -> Option<&SeedEntry> {
        let number = self.count.saturating_sub(SEEDS_MAX as u64);
        self.entries.get(slot_of(number)).filter(|_| self.count > 0)
    }

    /// The seed of an epoch, if it was recorded and is still in the ring.
    #[inline(never)]
    pub fn find(&self, epoch: u64) -> Option<&Hash> {
        let kept = usize::try_from(self.count.min(SEEDS_MAX as u64)).ok()?;
        self.entries
            .get(..kept)?
            .iter()
            .find(|entry| entry.epoch == epoch)
            .map(|entry| &entry.seed)
    }

    /// Records the seed of an epoch over the oldest. Each epoch gets one, and epochs ascend.
    #[inline(never)]
    pub fn record(&mut self, entry: &SeedEntry) -> Result<()> {
        let is_newer = self
            .latest()
            .is_none_or(|latest| latest.epoch < entry.epoch);
        require!(is_newer, ProofsError::SeedExists);
        let slot = self
            .entries
            .get_mut(slot_of(self.count))
            .ok_or(ProofsError::InvariantViolated)?;
        *slot = *entry;
        self.count = self.count.checked_add(1).ok_or(ProofsError::MathOverflow)?;
        Ok(())
    }

    /// What holds after every instruction that changes a ring of seeds.
    ///
    /// - It has this layout.
    /// - No seed is zero.
    pub fn invariant(&self) -> Result<()> {
        let holds =
            self.version == VERSION && self.latest().is_none_or(|entry| entry.seed != [0; 32]);
        require!(holds, ProofsError::InvariantViolated);
        Ok(())
    }
}

const fn slot_of(number: u64) -> usize {
    // Less than the length of the ring, so that no bit is lost.
    (number % SEEDS_MAX as u64) as usize
}
