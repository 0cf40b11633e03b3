//! Leaves of a payout tree, as instructions carry them.

use {
    anchor_lang::prelude::*,
    trestle_core::{hash::Hash, leaf::PayoutLeaf},
    trestle_staking::leaf::Counters,
};

/// A leaf and where it stands in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct IndexedLeaf {
    /// Position of the leaf.
    pub index: u32,
    /// The operator (staking account) whose leaf it is.
    pub operator: Address,
    /// Its counters.
    pub counters: Counters,
}

impl IndexedLeaf {
    /// The leaf as it is hashed.
    pub fn payout(&self) -> PayoutLeaf {
        PayoutLeaf::from_parts(self.operator.as_array(), &self.counters.into())
    }

    /// Position and hash, as multiproofs take them.
    pub fn node(&self) -> (u32, Hash) {
        (self.index, self.payout().hash())
    }
}
