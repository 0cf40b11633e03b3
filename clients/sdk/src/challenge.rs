//! What of a proposed root can be proven wrong on chain, out of the leaves and the evidence behind
//! it.

mod evidence;

pub use evidence::{find_false_record, EvidenceError, SuspectEvidence};

use std::collections::BTreeMap;

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_core::{
    leaf::{PayoutLeaf, Totals},
    merkle::{ProofError, Tree},
};
use trestle_proofs::{constants::TOTALS_LEAVES_MAX, leaf::IndexedLeaf};

use crate::instruction::{
    proofs::{
        epoch_challenge_counters, epoch_challenge_loss, epoch_challenge_omitted,
        epoch_challenge_opening, epoch_challenge_order, epoch_challenge_signature,
        epoch_challenge_slash, epoch_challenge_totals, Challenger, CountersClaim, LossClaim,
        OmittedClaim, OpeningClaim, OrderClaim, SignatureClaim, TotalsClaim,
    },
    rewards::LeafProof,
};

/// A proposed root with all that its leaves are compared with.
#[derive(Debug, Clone, Copy)]
pub struct Suspect<'a> {
    /// The leaves behind the root, in its order.
    pub leaves: &'a [PayoutLeaf],
    /// The totals that it states.
    pub totals: Totals,
    /// Epoch and leaves of the final root that it builds on directly.
    pub previous: Option<(u64, &'a [PayoutLeaf])>,
    /// Operators that registered no later than its epoch.
    pub operators: &'a [Pubkey],
}

/// What is wrong, as the program takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Operators out of order, or one twice.
    Order(OrderClaim),
    /// A counter of an operator fell.
    Counters(CountersClaim),
    /// Stake forfeited without a fault.
    Slash(CountersClaim),
    /// Totals below the sum of some leaves.
    Totals(TotalsClaim),
    /// An operator without a leaf.
    Omitted(Pubkey, OmittedClaim),
    /// An answer about a commitment that is recorded as good and opens nothing.
    Opening(Pubkey, OpeningClaim),
    /// An answer about a commitment that is recorded as a loss and opens it.
    Loss(Pubkey, LossClaim),
    /// A loss of a commitment that the node of its operator did not sign.
    Signature(Pubkey, Pubkey, SignatureClaim),
}

impl Fault {
    /// Its name, as that of the challenge.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Order(_) => "order",
            Self::Counters(_) => "counters",
            Self::Slash(_) => "slash",
            Self::Totals(_) => "totals",
            Self::Omitted(..) => "omitted",
            Self::Opening(..) => "opening",
            Self::Loss(..) => "loss",
            Self::Signature(..) => "signature",
        }
    }

    /// The challenge that proves it.
    pub fn instruction(self, challenger: &Challenger) -> Instruction {
        match self {
            Self::Order(claim) => epoch_challenge_order(challenger, claim),
            Self::Counters(claim) => epoch_challenge_counters(challenger, claim),
            Self::Slash(claim) => epoch_challenge_slash(challenger, claim),
            Self::Totals(claim) => epoch_challenge_totals(challenger, claim),
            Self::Omitted(operator, claim) => epoch_challenge_omitted(challenger, &operator, claim),
            Self::Opening(commitment, claim) => {
                epoch_challenge_opening(challenger, &commitment, claim)
            }
            Self::Loss(commitment, claim) => epoch_challenge_loss(challenger, &commitment, claim),
            Self::Signature(commitment, operator, claim) => {
                epoch_challenge_signature(challenger, &commitment, &operator, claim)
            }
        }
    }
}

/// The first fault of the leaves that the chain would see, cheapest proof first.
pub fn find_fault(suspect: &Suspect<'_>) -> Result<Option<Fault>, ProofError> {
    let tree = tree(suspect.leaves)?;
    if let Some(claim) = order(suspect, &tree)? {
        return Ok(Some(Fault::Order(claim)));
    }
    if let Some(fault) = counters(suspect, &tree)? {
        return Ok(Some(fault));
    }
    if let Some(claim) = totals(suspect, &tree)? {
        return Ok(Some(Fault::Totals(claim)));
    }
    omitted(suspect, &tree)
}

fn tree(leaves: &[PayoutLeaf]) -> Result<Tree, ProofError> {
    Tree::build(leaves.iter().map(PayoutLeaf::hash).collect())
}

fn indexed(position: usize, leaf: &PayoutLeaf) -> Result<IndexedLeaf, ProofError> {
    Ok(IndexedLeaf {
        index: u32::try_from(position).map_err(|_| ProofError::TooMany)?,
        operator: Pubkey::new_from_array(leaf.operator),
        counters: leaf.counters().into(),
    })
}

fn order(suspect: &Suspect<'_>, tree: &Tree) -> Result<Option<OrderClaim>, ProofError> {
    let pairs = suspect.leaves.iter().zip(suspect.leaves.iter().skip(1));
    let Some((position, (first, second))) = pairs
        .enumerate()
        .find(|(_, (first, second))| first.operator >= second.operator)
    else {
        return Ok(None);
    };
    let first = indexed(position, first)?;
    let second = indexed(position.saturating_add(1), second)?;
    Ok(Some(OrderClaim {
        first,
        second,
        proof: tree.multiproof(&[first.index, second.index])?,
    }))
}

fn counters(suspect: &Suspect<'_>, tree: &Tree) -> Result<Option<Fault>, ProofError> {
    let Some((epoch, previous)) = suspect.previous else {
        return Ok(None);
    };
    let before: BTreeMap<&[u8; 32], (usize, &PayoutLeaf)> = previous
        .iter()
        .enumerate()
        .map(|(position, leaf)| (&leaf.operator, (position, leaf)))
        .collect();
    for (position, leaf) in suspect.leaves.iter().enumerate() {
        let Some((old_position, old)) = before.get(&leaf.operator) else {
            continue;
        };
        let fell = leaf.fell_since(old);
        if !fell && !leaf.counters().slashed_without_fault(&old.counters()) {
            continue;
        }
        let old = indexed(*old_position, old)?;
        let new = indexed(position, leaf)?;
        let claim = CountersClaim {
            old: LeafProof {
                epoch,
                index: old.index,
                counters: old.counters,
                proof: self::tree(previous)?.proof(old.index)?,
            },
            new_proof: tree.proof(new.index)?,
            new,
        };
        let fault = if fell { Fault::Counters } else { Fault::Slash };
        return Ok(Some(fault(claim)));
    }
    Ok(None)
}

/// The leaves that weigh most in one of the sums, if as many as a challenge can carry exceed it.
fn totals(suspect: &Suspect<'_>, tree: &Tree) -> Result<Option<TotalsClaim>, ProofError> {
    let parts: [fn(&PayoutLeaf) -> u64; 4] = [
        |leaf| leaf.tokens,
        |leaf| leaf.stable,
        |leaf| leaf.slashed,
        |leaf| leaf.units,
    ];
    for part in parts {
        let mut heaviest: Vec<(usize, &PayoutLeaf)> = suspect.leaves.iter().enumerate().collect();
        heaviest.sort_by_key(|(_, leaf)| std::cmp::Reverse(part(leaf)));
        for count in 1..=TOTALS_LEAVES_MAX.min(heaviest.len()) {
            let some = heaviest.get(..count).unwrap_or_default();
            if is_exceeded(&suspect.totals, some) {
                return totals_claim(some, tree).map(Some);
            }
        }
    }
    Ok(None)
}

fn is_exceeded(totals: &Totals, leaves: &[(usize, &PayoutLeaf)]) -> bool {
    leaves
        .iter()
        .try_fold(Totals::default(), |sum, (_, leaf)| {
            sum.checked_add(&leaf.counters())
        })
        .is_none_or(|sum| sum.exceeds(totals))
}

fn totals_claim(leaves: &[(usize, &PayoutLeaf)], tree: &Tree) -> Result<TotalsClaim, ProofError> {
    let mut leaves = leaves
        .iter()
        .map(|(position, leaf)| indexed(*position, leaf))
        .collect::<Result<Vec<_>, _>>()?;
    leaves.sort_by_key(|leaf| leaf.index);
    let indices: Vec<u32> = leaves.iter().map(|leaf| leaf.index).collect();
    Ok(TotalsClaim {
        proof: tree.multiproof(&indices)?,
        leaves,
    })
}

/// The leaves are in order here.
fn omitted(suspect: &Suspect<'_>, tree: &Tree) -> Result<Option<Fault>, ProofError> {
    for operator in suspect.operators {
        let place = suspect
            .leaves
            .binary_search_by(|leaf| leaf.operator.cmp(operator.as_array()));
        let Err(place) = place else {
            continue;
        };
        let at = |position: Option<usize>| -> Result<Option<IndexedLeaf>, ProofError> {
            let found = position.and_then(|one| Some((one, suspect.leaves.get(one)?)));
            found.map(|(one, leaf)| indexed(one, leaf)).transpose()
        };
        let (before, after) = (at(place.checked_sub(1))?, at(Some(place))?);
        let indices: Vec<u32> = before.iter().chain(&after).map(|leaf| leaf.index).collect();
        let claim = OmittedClaim {
            before,
            after,
            proof: tree.multiproof(&indices)?,
        };
        return Ok(Some(Fault::Omitted(*operator, claim)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(operator: u8, units: u64) -> PayoutLeaf {
        PayoutLeaf {
            operator: [operator; 32],
            units,
            windows_ok: 5,
            windows_total: 6,
            ..PayoutLeaf::default()
        }
    }

    fn find(leaves: &[PayoutLeaf], totals: Totals, old: &[PayoutLeaf]) -> Option<Fault> {
        let operators = [1, 3, 5].map(|n| Pubkey::new_from_array([n; 32]));
        find_fault(&Suspect {
            leaves,
            totals,
            previous: Some((7, old)),
            operators: &operators,
        })
        .expect("a tree")
    }

    fn honest() -> Vec<PayoutLeaf> {
        [1, 3, 5].map(|n| leaf(n, 10)).to_vec()
    }

    #[test]
    fn each_fault_is_found_and_an_honest_root_has_none() {
        let old = honest();
        let all = Totals::of(&old).unwrap();
        assert_eq!(find(&old, all, &old), None);
        let name = |leaves: &[PayoutLeaf], totals| find(leaves, totals, &old).unwrap().name();
        let mut leaves = honest();
        leaves.swap(0, 1);
        assert_eq!(name(&leaves, all), "order");
        let mut leaves = honest();
        leaves[1].units = 9;
        assert_eq!(name(&leaves, all), "counters");
        let mut leaves = honest();
        leaves[2].slashed = 1;
        let more = Totals::of(&leaves).unwrap();
        assert_eq!(name(&leaves, more), "slash");
        let less = Totals { units: 29, ..all };
        assert_eq!(name(&honest(), less), "totals");
        for missing in 0..3 {
            let mut leaves = honest();
            leaves.remove(missing);
            assert_eq!(name(&leaves, all), "omitted");
        }
    }

    #[test]
    fn the_missing_operator_stands_between_the_leaves_of_the_claim() {
        let old = honest();
        let all = Totals::of(&old).unwrap();
        let mut leaves = honest();
        leaves.remove(1);
        let Some(Fault::Omitted(operator, claim)) = find(&leaves, all, &old) else {
            panic!("an omission");
        };
        assert_eq!(operator, Pubkey::new_from_array([3; 32]));
        let (before, after) = (claim.before.unwrap(), claim.after.unwrap());
        assert_eq!((before.index, after.index), (0, 1));
        leaves.remove(0);
        let Some(Fault::Omitted(operator, claim)) = find(&leaves, all, &old) else {
            panic!("an omission");
        };
        assert_eq!(operator, Pubkey::new_from_array([1; 32]));
        assert!(claim.before.is_none());
        assert_eq!(claim.after.unwrap().index, 0);
    }

    #[test]
    fn a_slash_beside_a_bad_window_is_no_fault() {
        let old = honest();
        let mut leaves = honest();
        leaves[0].slashed = 1;
        leaves[0].windows_total += 1;
        let all = Totals::of(&leaves).unwrap();
        assert_eq!(find(&leaves, all, &old), None);
    }
}
