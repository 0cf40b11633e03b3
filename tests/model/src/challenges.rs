//! What anybody can show to be wrong in a proposed root, at the cost of those who signed it.

use crate::{
    require, Actor, Leaf, Opening, ProposalKey, Recorded, Refusal, Root, Told, Totals, World,
};

/// Bytes of data that are challenged at once.
const LEAF_BYTES: u64 = 124;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A counter of an operator fell.
    Counters(u8),
    /// The leaf in this place stands before one that belongs before it.
    Order(u8),
    /// All leaves come to more than the totals.
    Totals,
    /// An operator has no leaf.
    Omitted(u8),
    /// An operator lost stake without a fault.
    Slash(u8),
    /// What an operator answered about a customer's data, and passed, opens nothing.
    Opening(u8, u8),
    /// What it answered, and passed as a loss, opens what it promised to keep.
    Loss(u8, u8),
    /// Its node did not sign the loss.
    Signature(u8, u8),
}

impl Evidence {
    /// The instruction that takes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Counters(_) => "epoch_challenge_counters",
            Self::Order(_) => "epoch_challenge_order",
            Self::Totals => "epoch_challenge_totals",
            Self::Omitted(_) => "epoch_challenge_omitted",
            Self::Slash(_) => "epoch_challenge_slash",
            Self::Opening(..) => "epoch_challenge_opening",
            Self::Loss(..) => "epoch_challenge_loss",
            Self::Signature(..) => "epoch_challenge_signature",
        }
    }
}

impl World {
    /// Where an operator stands among all.
    fn order(&self, operator: u8) -> Option<usize> {
        let mut order = self.rules.leaf_order.iter();
        order.position(|of| *of == operator)
    }

    /// The leaves of a root between which an operator would stand, by place.
    pub fn neighbours(&self, root: &Root, operator: u8) -> (Option<usize>, Option<usize>) {
        let order = self.order(operator);
        let mut leaves = root.leaves.iter();
        let after = leaves.position(|(of, _)| self.order(*of) >= order);
        let count = after.unwrap_or(root.leaves.len());
        (count.checked_sub(1), after)
    }

    /// The leaf of an operator in the root that a proposal builds on, and in the proposal.
    fn both_leaves(&self, key: ProposalKey, operator: u8) -> Told<(Leaf, Leaf)> {
        let proposal = self.proposal(key)?;
        let not_built_on = Refusal("no root that it builds on");
        let epoch = proposal.built_on.1.ok_or(not_built_on)?;
        let before = self.roots.iter().find(|root| root.epoch == epoch);
        let old = before.ok_or(not_built_on)?.leaf(operator);
        let new = proposal.root.leaf(operator);
        let not_there = Refusal("no such leaf");
        Ok((*old.ok_or(not_there)?, *new.ok_or(not_there)?))
    }

    fn is_shown(&self, key: ProposalKey, evidence: Evidence) -> Told<bool> {
        let root = &self.proposal(key)?.root;
        match evidence {
            Evidence::Counters(operator) => {
                let (old, new) = self.both_leaves(key, operator)?;
                Ok(new.fell_since(&old))
            }
            Evidence::Slash(operator) => {
                let (old, new) = self.both_leaves(key, operator)?;
                Ok(new.slashed_without_fault(&old))
            }
            Evidence::Opening(customer, operator) => {
                let (_, opens) = self.recorded(key, customer, operator, false)?;
                Ok(!opens)
            }
            Evidence::Loss(customer, operator) => {
                let (_, opens) = self.recorded(key, customer, operator, true)?;
                Ok(opens)
            }
            Evidence::Signature(customer, operator) => {
                let (recorded, _) = self.recorded(key, customer, operator, true)?;
                Ok(recorded == Recorded::LostUnsigned)
            }
            Evidence::Order(place) => {
                let place = usize::from(place);
                let not_there = Refusal("no such leaf");
                let first = root.leaves.get(place).ok_or(not_there)?;
                let second = root.leaves.get(place + 1).ok_or(not_there)?;
                Ok(self.order(first.0) >= self.order(second.0))
            }
            Evidence::Totals => {
                let sum = Totals::of(&root.leaves);
                Ok(sum.map_or(true, |sum| root.totals.fell_since(&sum)))
            }
            Evidence::Omitted(operator) => {
                let (_, after) = self.neighbours(root, operator);
                let after = after.and_then(|place| root.leaves.get(place));
                Ok(after.is_none_or(|(of, _)| *of != operator))
            }
        }
    }

    /// As what a proposal records an operator's answer, as a loss or not, and whether it opens what
    /// it should.
    fn recorded(
        &self,
        key: ProposalKey,
        customer: u8,
        operator: u8,
        as_loss: bool,
    ) -> Told<(Recorded, bool)> {
        let (epoch, proposal) = (key.0, self.proposal(key)?);
        let commitment = self.commitments.get(&(customer, operator));
        let commitment = commitment.ok_or(Refusal("no such commitment"))?;
        let ended = commitment.ended.map_or(u64::MAX, |(last, _)| last);
        let serves = commitment.registered_epoch < epoch && epoch <= ended;
        require(serves, "a commitment that was not asked")?;
        let has_seed = self.rounds.seeds.contains(&epoch);
        require(has_seed, "no seed of the epoch")?;
        let is_this = |one: &Opening| (one.customer, one.operator) == (customer, operator);
        let recorded = proposal.opening.filter(is_this);
        let recorded = recorded.filter(|one| (one.recorded != Recorded::Good) == as_loss);
        let recorded = recorded.ok_or(Refusal("nothing recorded"))?;
        // The data fit a single leaf: where more was promised, they open nothing.
        let opens = recorded.is_true && commitment.size_bytes <= LEAF_BYTES;
        Ok((recorded.recorded, opens))
    }

    pub(crate) fn epoch_challenge(
        &mut self,
        by: Actor,
        key: ProposalKey,
        evidence: Evidence,
    ) -> Told {
        require(!self.proposal(key)?.is_lost, "a proposal that is lost")?;
        require(self.is_shown(key, evidence)?, "nothing that is wrong")?;
        self.convict(key, by)
    }

    /// A proposal is lost, and its signers pay for it as far as they have bond.
    pub(crate) fn convict(&mut self, key: ProposalKey, challenger: Actor) -> Told {
        let proposal = self.proposal_mut(key)?;
        proposal.is_lost = true;
        let (signers, voted_epoch) = (proposal.signers, proposal.voted_epoch);
        let taken = self.take_bonds(signers, voted_epoch);
        self.share_bonds(taken, challenger)
    }
}
