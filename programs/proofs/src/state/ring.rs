//! The ring of final roots of a service: the layout is that of `trestle_core::root::RootRing`,
//! spelled out here so that it describes itself in the interface.

use {
    crate::{
        address::is_derived,
        constants::{ESCAPE_EPOCHS, ROOTS_MAX},
        error::ProofsError,
    },
    anchor_lang::prelude::*,
    bytemuck::{must_cast_mut, must_cast_ref, Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{
        hash::ZERO_HASH,
        leaf,
        root::{self, FinalRoot, ROOT_RING_VERSION},
        seeds::SEED_RING,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["ring", service]`: the newest final roots; other programs pay and slash by them.
#[account]
pub struct RootRing {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 while the service is declared stalled; the next root takes it back.
    pub stalled: u8,
    /// Zero.
    pub _pad: [u8; 5],
    /// The service whose roots these are.
    pub service: Address,
    /// Epoch of the newest root; 0 while there is none.
    pub latest_epoch: u64,
    /// Roots ever finalized.
    pub count: u64,
    /// The roots; number n stands at n modulo 64.
    pub entries: [RootEntry; ROOTS_MAX],
}

impl Layout for RootRing {
    const VERSION: u8 = ROOT_RING_VERSION;
}

/// The final root of one epoch.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct RootEntry {
    /// The epoch that the root closes.
    pub epoch: u64,
    /// Root of the payout tree.
    pub tree_root: [u8; 32],
    /// Digest of the whole record, which binds the digest of the root before.
    pub digest: [u8; 32],
    /// Digest of what the tree was computed from.
    pub inputs_digest: [u8; 32],
    /// Sums over the leaves.
    pub totals: Totals,
    /// Number of leaves.
    pub leaf_count: u32,
    /// Version of the verification rules.
    pub rules_version: u32,
    /// Unix seconds at which the root became final.
    pub finalized_at: i64,
}

/// Sums over all leaves of a tree, cumulative since genesis.
#[repr(C)]
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Pod,
    Zeroable,
    AnchorSerialize,
    AnchorDeserialize,
    IdlType,
)]
pub struct Totals {
    /// Network tokens earned, in base units.
    pub tokens: u64,
    /// Stablecoin earned, in 1e-6 USD.
    pub stable: u64,
    /// Stake forfeited, in base units of the network token.
    pub slashed: u64,
    /// Units of work (storage: KiB kept for an epoch).
    pub units: u64,
}

const _: () = {
    assert!(offset_of!(RootEntry, totals) == offset_of!(FinalRoot, totals));
    assert!(offset_of!(RootEntry, inputs_digest) == offset_of!(FinalRoot, inputs_digest));
    assert!(offset_of!(RootEntry, finalized_at) == offset_of!(FinalRoot, finalized_at));
    assert!(size_of::<RootEntry>() == size_of::<FinalRoot>());
    assert!(offset_of!(RootRing, stalled) == offset_of!(root::RootRing, stalled));
    assert!(offset_of!(RootRing, service) == offset_of!(root::RootRing, service));
    assert!(offset_of!(RootRing, latest_epoch) == offset_of!(root::RootRing, latest_epoch));
    assert!(offset_of!(RootRing, count) == offset_of!(root::RootRing, count));
    assert!(offset_of!(RootRing, entries) == offset_of!(root::RootRing, entries));
    assert!(size_of::<RootRing>() == 9_784);
};

impl From<Totals> for leaf::Totals {
    fn from(totals: Totals) -> Self {
        let Totals {
            tokens,
            stable,
            slashed,
            units,
        } = totals;
        Self {
            tokens,
            stable,
            slashed,
            units,
        }
    }
}

impl RootRing {
    /// Writes an empty ring.
    pub fn create(&mut self, bump: u8, service: Address) {
        self.version = ROOT_RING_VERSION;
        self.bump = bump;
        self.service = service;
    }

    /// Whether this is the ring of its service, at the address that follows from it.
    pub fn is_at(&self, address: &Address) -> bool {
        is_derived(&[SEED_RING, self.service.as_ref()], self.bump, address)
    }

    /// The ring as other programs and clients read it.
    #[inline(always)]
    pub fn roots(&self) -> &root::RootRing {
        must_cast_ref(self)
    }

    /// The newest final root.
    pub fn latest(&self) -> Option<&FinalRoot> {
        self.roots().latest()
    }

    /// Digest of the newest final root, zero before the first.
    pub fn latest_digest(&self) -> [u8; 32] {
        self.latest().map_or(ZERO_HASH, |root| root.digest)
    }

    /// Whether the epoch, or a later one, has a final root.
    pub fn has_passed(&self, epoch: u64) -> bool {
        self.count > 0 && epoch <= self.latest_epoch
    }

    /// Unix seconds when the epoch got a final root behind it. If the ring has forgotten that root,
    /// those of the oldest one that it holds, which is later.
    pub fn passed_at(&self, epoch: u64) -> Option<i64> {
        let root = self.roots().oldest_from(epoch);
        root.map(|root| root.finalized_at)
    }

    /// Whether anybody has declared that the service's verifiers stopped, and no root came since.
    pub fn is_stalled(&self) -> bool {
        self.stalled == 1
    }

    /// Declares the service stalled. Without any root its clock starts with the oldest seed, which
    /// anybody can record; `oldest_seed` is the epoch of that.
    pub fn stall(&mut self, now_epoch: u64, oldest_seed: Option<u64>) -> Result<u64> {
        require!(!self.is_stalled(), ProofsError::ServiceStalled);
        let since = self
            .latest()
            .map(|root| root.epoch)
            .or(oldest_seed)
            .ok_or(ProofsError::NotStalled)?;
        let epochs = now_epoch.saturating_sub(since);
        require!(epochs > ESCAPE_EPOCHS, ProofsError::NotStalled);
        self.stalled = 1;
        Ok(epochs)
    }

    /// Adds a final root over the oldest, which ends a stall.
    #[inline(never)]
    pub fn push(&mut self, root: &FinalRoot) -> Result<()> {
        must_cast_mut::<Self, root::RootRing>(self)
            .push(root)
            .map_err(|_| ProofsError::EpochFinal.into())
    }

    /// What holds after every instruction that changes a ring.
    ///
    /// - It has this layout.
    /// - The newest root is the one of the latest epoch.
    /// - Without roots there is no latest epoch.
    /// - It is stalled or not.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == ROOT_RING_VERSION
            && self.stalled <= 1
            && self
                .latest()
                .map_or(self.count == 0 && self.latest_epoch == 0, |root| {
                    root.epoch == self.latest_epoch
                });
        require!(holds, ProofsError::InvariantViolated);
        Ok(())
    }
}
