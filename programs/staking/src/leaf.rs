//! A payout leaf and its proof, as instructions carry them.

use {
    crate::{error::StakingError, ring::FinalRoots},
    anchor_lang::prelude::*,
    trestle_core::{
        leaf::{LeafCounters, PayoutLeaf},
        merkle,
    },
};

/// A leaf of a final root. The operator is not part of it: whoever reads it knows whose leaf it
/// must be. Rewards and credits take the same arguments.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct LeafProof {
    /// Epoch of the final root.
    pub epoch: u64,
    /// Position of the leaf.
    pub index: u32,
    /// Counters of the leaf.
    pub counters: Counters,
    /// Sibling hashes from the leaf up; as many as the tree is deep.
    pub proof: Vec<[u8; 32]>,
}

/// The counters of a leaf, all cumulative since genesis.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType,
)]
pub struct Counters {
    /// Network token earned, in base units.
    pub tokens: u64,
    /// Stablecoin earned, in 1e-6 USD.
    pub stable: u64,
    /// Stake to be taken, in base units of the network token.
    pub slashed: u64,
    /// Units of work (storage: KiB-epochs).
    pub units: u64,
    /// Windows in which all challenges were answered.
    pub windows_ok: u32,
    /// Windows in which there were challenges.
    pub windows_total: u32,
}

impl From<Counters> for LeafCounters {
    fn from(counters: Counters) -> Self {
        let Counters {
            tokens,
            stable,
            slashed,
            units,
            windows_ok,
            windows_total,
        } = counters;
        Self {
            tokens,
            stable,
            slashed,
            units,
            windows_ok,
            windows_total,
        }
    }
}

impl From<LeafCounters> for Counters {
    fn from(counters: LeafCounters) -> Self {
        let LeafCounters {
            tokens,
            stable,
            slashed,
            units,
            windows_ok,
            windows_total,
        } = counters;
        Self {
            tokens,
            stable,
            slashed,
            units,
            windows_ok,
            windows_total,
        }
    }
}

impl LeafProof {
    /// Checks that this is the leaf of `operator` (a staking account) in the final root of its
    /// epoch, and returns its counters.
    pub fn verify(&self, roots: &FinalRoots, operator: &Address) -> Result<LeafCounters> {
        let root = roots.find(self.epoch).ok_or(StakingError::RootNotFound)?;
        let counters = LeafCounters::from(self.counters);
        let leaf = PayoutLeaf::from_parts(operator.as_array(), &counters);
        merkle::verify(
            &root.tree_root,
            root.leaf_count,
            self.index,
            &leaf.hash(),
            &self.proof,
        )
        .map_err(|_| StakingError::LeafNotProven)?;
        Ok(counters)
    }
}
