//! The payout leaf: what one operator earned and lost in one service since genesis.

use crate::hash::{sha256, Hash, TAG_LEAF};
use bytemuck::{Pod, Zeroable};
use core::mem::{offset_of, size_of};

/// Leaf of the payout tree. Every counter is cumulative since genesis and never falls, which makes
/// each use idempotent: a claim pays `tokens - claimed`, a slash takes `slashed - applied`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct PayoutLeaf {
    /// Address of the staking program's Operator account (not of the wallet).
    pub operator: [u8; 32],
    /// Network tokens earned, base units.
    pub tokens: u64,
    /// Stablecoin earned, micro-dollars.
    pub stable: u64,
    /// Stake forfeited, token base units.
    pub slashed: u64,
    /// Work delivered in the unit of the service; KiB kept for an epoch in storage.
    pub units: u64,
    /// Windows (commitment and epoch) in which every challenge was answered.
    pub windows_ok: u32,
    /// Windows that were challenged.
    pub windows_total: u32,
}

/// The counters of a leaf, without its operator.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct LeafCounters {
    /// Network tokens earned, base units.
    pub tokens: u64,
    /// Stablecoin earned, micro-dollars.
    pub stable: u64,
    /// Stake forfeited, token base units.
    pub slashed: u64,
    /// Work delivered in the unit of the service.
    pub units: u64,
    /// Windows in which every challenge was answered.
    pub windows_ok: u32,
    /// Windows that were challenged.
    pub windows_total: u32,
}

/// Sums over all leaves of a tree.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Totals {
    /// Network tokens earned, base units.
    pub tokens: u64,
    /// Stablecoin earned, micro-dollars.
    pub stable: u64,
    /// Stake forfeited, token base units.
    pub slashed: u64,
    /// Work delivered in the unit of the service.
    pub units: u64,
}

const _: () = {
    assert!(size_of::<PayoutLeaf>() == 72);
    assert!(offset_of!(PayoutLeaf, tokens) == 32);
    assert!(offset_of!(PayoutLeaf, windows_total) == 68);
    assert!(size_of::<LeafCounters>() == 40);
    assert!(size_of::<Totals>() == 32);
};

impl PayoutLeaf {
    /// A leaf of an operator and its counters.
    pub fn from_parts(operator: &[u8; 32], counters: &LeafCounters) -> Self {
        Self {
            operator: *operator,
            tokens: counters.tokens,
            stable: counters.stable,
            slashed: counters.slashed,
            units: counters.units,
            windows_ok: counters.windows_ok,
            windows_total: counters.windows_total,
        }
    }

    /// The leaf without its operator.
    pub fn counters(&self) -> LeafCounters {
        LeafCounters {
            tokens: self.tokens,
            stable: self.stable,
            slashed: self.slashed,
            units: self.units,
            windows_ok: self.windows_ok,
            windows_total: self.windows_total,
        }
    }

    /// What stands in the payout tree for this leaf.
    pub fn hash(&self) -> Hash {
        sha256(&[&[TAG_LEAF], bytemuck::bytes_of(self)])
    }

    /// Whether any counter is lower than in an older leaf of the same operator.
    pub fn fell_since(&self, older: &Self) -> bool {
        self.counters().fell_since(&older.counters())
    }
}

impl LeafCounters {
    /// Whether any counter is lower than it was.
    pub fn fell_since(&self, older: &Self) -> bool {
        self.tokens < older.tokens
            || self.stable < older.stable
            || self.slashed < older.slashed
            || self.units < older.units
            || self.windows_ok < older.windows_ok
            || self.windows_total < older.windows_total
    }

    /// Whether stake was forfeited since although no window was bad. No schedule of penalties may
    /// do that: what is slashed is slashed for a fault, and a fault spoils its window.
    pub fn slashed_without_fault(&self, older: &Self) -> bool {
        let bad = |one: &Self| one.windows_total.checked_sub(one.windows_ok);
        match (bad(self), bad(older)) {
            (Some(now), Some(before)) => self.slashed > older.slashed && now <= before,
            // Counters with more good windows than windows say nothing about faults.
            _ => false,
        }
    }
}

impl Totals {
    /// The sums with one leaf more; `None` if a sum leaves its range.
    pub fn checked_add(&self, counters: &LeafCounters) -> Option<Self> {
        Some(Self {
            tokens: self.tokens.checked_add(counters.tokens)?,
            stable: self.stable.checked_add(counters.stable)?,
            slashed: self.slashed.checked_add(counters.slashed)?,
            units: self.units.checked_add(counters.units)?,
        })
    }

    /// The sums over `leaves`; `None` if one leaves its range.
    pub fn of(leaves: &[PayoutLeaf]) -> Option<Self> {
        leaves.iter().try_fold(Self::default(), |sum, leaf| {
            sum.checked_add(&leaf.counters())
        })
    }

    /// Whether any sum is lower than it was.
    pub fn fell_since(&self, older: &Self) -> bool {
        self.tokens < older.tokens
            || self.stable < older.stable
            || self.slashed < older.slashed
            || self.units < older.units
    }

    /// Whether any sum is higher than in `bound`.
    pub fn exceeds(&self, bound: &Self) -> bool {
        bound.fell_since(self)
    }
}
