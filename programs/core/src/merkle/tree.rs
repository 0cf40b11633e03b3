//! The whole tree in memory, built with all cores.

use super::{check_multiproof_leaves, depth_for, node, ProofError, EMPTY_LEAF, MAX_LEAVES};
use crate::hash::Hash;
use rayon::prelude::*;
use std::vec::Vec;

/// Parents that one task computes; less would cost more to schedule than to hash.
const PARENTS_PER_TASK: usize = 1024;

/// A sha256 tree with all its nodes. Padding is not stored: of each level only the nodes that
/// have a real leaf below them are.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Levels from the leaves to the root; never empty, and no level is.
    levels: Vec<Vec<Hash>>,
    /// What stands right of the stored nodes of each level.
    padding: Vec<Hash>,
    leaf_count: u32,
    root: Hash,
}

impl Tree {
    /// Builds the tree over leaf hashes in their order.
    pub fn build(leaves: Vec<Hash>) -> Result<Self, ProofError> {
        let leaf_count = u32::try_from(leaves.len()).map_err(|_| ProofError::TooMany)?;
        if leaf_count > MAX_LEAVES {
            return Err(ProofError::TooMany);
        }
        let mut root = *leaves.first().ok_or(ProofError::Empty)?;
        let mut padding = std::vec![EMPTY_LEAF];
        let mut levels = std::vec![leaves];
        let mut empty = EMPTY_LEAF;
        for _ in 0..depth_for(leaf_count) {
            let parents = levels
                .last()
                .map(|level| parents(level, &empty))
                .unwrap_or_default();
            root = *parents.first().ok_or(ProofError::Empty)?;
            empty = node(&empty, &empty);
            levels.push(parents);
            padding.push(empty);
        }
        Ok(Self {
            levels,
            padding,
            leaf_count,
            root,
        })
    }

    /// Root of the tree.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Number of leaves without padding.
    pub fn leaf_count(&self) -> u32 {
        self.leaf_count
    }

    /// Levels above the leaves, which is the length of each proof.
    pub fn depth(&self) -> u8 {
        depth_for(self.leaf_count)
    }

    /// Siblings from the leaf at `index` to the root.
    pub fn proof(&self, index: u32) -> Result<Vec<Hash>, ProofError> {
        let mut proof = Vec::with_capacity(usize::from(self.depth()));
        self.proof_into(index, &mut proof)?;
        Ok(proof)
    }

    /// Like [`Self::proof`], into memory that the caller keeps between proofs.
    pub fn proof_into(&self, index: u32, proof: &mut Vec<Hash>) -> Result<(), ProofError> {
        if index >= self.leaf_count {
            return Err(ProofError::IndexOutOfRange);
        }
        proof.clear();
        let mut position = index;
        for level in 0..usize::from(self.depth()) {
            proof.push(self.at(level, position ^ 1)?);
            position >>= 1;
        }
        Ok(())
    }

    /// The nodes that [`super::multiproof_verify`] asks for beside the leaves at `indices`, which
    /// ascend strictly.
    pub fn multiproof(&self, indices: &[u32]) -> Result<Vec<Hash>, ProofError> {
        let leaves: Vec<(u32, Hash)> = indices.iter().map(|index| (*index, EMPTY_LEAF)).collect();
        check_multiproof_leaves(self.leaf_count, &leaves)?;
        let mut proof = Vec::new();
        let mut positions = indices.to_vec();
        for level in 0..usize::from(self.depth()) {
            let mut parents: Vec<u32> = Vec::with_capacity(positions.len());
            let mut rest = positions.iter().peekable();
            while let Some(position) = rest.next() {
                if position & 1 == 0 && rest.peek() == Some(&&(position | 1)) {
                    rest.next();
                } else {
                    proof.push(self.at(level, position ^ 1)?);
                }
                parents.push(position >> 1);
            }
            positions = parents;
        }
        Ok(proof)
    }

    fn at(&self, level: usize, position: u32) -> Result<Hash, ProofError> {
        let position = usize::try_from(position).map_err(|_| ProofError::TooMany)?;
        let stored = self.levels.get(level).and_then(|nodes| nodes.get(position));
        stored
            .or_else(|| self.padding.get(level))
            .copied()
            .ok_or(ProofError::WrongLength)
    }
}

fn parents(level: &[Hash], empty: &Hash) -> Vec<Hash> {
    level
        .par_chunks(2)
        .with_min_len(PARENTS_PER_TASK)
        .map(|pair| match pair {
            [left, right] => node(left, right),
            [left] => node(left, empty),
            _ => *empty,
        })
        .collect()
}
