//! Disputes: the question whether a root is right, put to the verifiers of its round.

use crate::{
    require,
    rounds::{is_quorum, Weights},
    Actor, Asset, Holder, ProposalKey, Refusal, Told, World,
};

/// A bond on a root being wrong, and what verifiers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispute {
    pub challenger: Actor,
    pub bond: u64,
    pub ends_at: i64,
    pub voted_epoch: u64,
    pub weights: Weights,
    /// Who says that the root is right, and what they weigh.
    pub right: (u32, u64),
    /// Who says that it is wrong.
    pub wrong: (u32, u64),
}

impl World {
    fn dispute(&self, key: ProposalKey) -> Told<Dispute> {
        let dispute = self.rounds.disputes.get(&key).copied();
        dispute.ok_or(Refusal("no such dispute"))
    }

    pub(crate) fn dispute_open(&mut self, by: Actor, key: ProposalKey) -> Told {
        let proposal = self.proposal(key)?;
        require(!proposal.is_disputed, "a dispute already")?;
        let round = self.rounds.open.get(&key.0).copied();
        let round = round.ok_or(Refusal("no such round"))?;
        self.require_live(proposal)?;
        require(!proposal.was_disputed, "a root that was upheld")?;
        let window_end = self.window_end(proposal)?;
        require(self.now < window_end, "a window that has ended")?;
        let (bond, rules) = (self.rules.bond_min, &self.rules);
        let dispute = Dispute {
            challenger: by,
            bond,
            ends_at: self.now + i64::from(rules.window_seconds.min(rules.epoch_seconds)),
            voted_epoch: round.opened_epoch,
            weights: round.weights,
            right: (0, 0),
            wrong: (0, 0),
        };
        self.rounds.disputes.insert(key, dispute);
        self.proposal_mut(key)?.is_disputed = true;
        let (purse, vault) = (Holder::Purse(by), Holder::Dispute(key.0, key.1));
        self.ledger.transfer(Asset::Token, purse, vault, bond)
    }

    pub(crate) fn dispute_vote(&mut self, by: Actor, key: ProposalKey, is_right: bool) -> Told {
        let mut dispute = self.dispute(key)?;
        require(self.now < dispute.ends_at, "a dispute that is over")?;
        let ends_at = dispute.ends_at;
        let (place, weight) = self.weigh(&dispute.weights, dispute.voted_epoch, ends_at, by)?;
        let bit = 1 << place;
        let has_voted = (dispute.right.0 | dispute.wrong.0) & bit != 0;
        require(!has_voted, "a vote in the dispute that is spent")?;
        let side = if is_right {
            &mut dispute.right
        } else {
            &mut dispute.wrong
        };
        *side = (side.0 | bit, side.1 + weight);
        self.rounds.disputes.insert(key, dispute);
        Ok(())
    }

    /// Whoever was wrong pays, and nobody does for what nobody decided but the challenger whom more
    /// verifiers contradicted.
    pub(crate) fn dispute_resolve(&mut self, key: ProposalKey) -> Told {
        let dispute = self.dispute(key)?;
        let (is_lost, now) = (self.proposal(key)?.is_lost, self.now);
        let decided = |side: (u32, u64)| is_quorum(side.0, side.1, &dispute.weights);
        let (is_wrong, is_right) = (decided(dispute.wrong), decided(dispute.right));
        let is_over = is_lost || is_wrong || is_right || now >= dispute.ends_at;
        require(is_over, "a dispute that runs")?;
        self.rounds.disputes.remove(&key);
        let proposal = self.proposal_mut(key)?;
        (proposal.is_disputed, proposal.was_disputed) = (false, true);
        let vault = Holder::Dispute(key.0, key.1);
        let purse = Holder::Purse(dispute.challenger);
        let is_undecided = !is_lost && !is_wrong && !is_right;
        if !is_lost && is_wrong {
            self.convict(key, dispute.challenger)?;
        } else if is_undecided {
            self.proposal_mut(key)?.is_lost = true;
        }
        let is_outvoted = is_undecided && dispute.right.1 > dispute.wrong.1;
        let is_forfeited = is_outvoted || (!is_lost && !is_wrong && is_right);
        if !is_forfeited {
            return self
                .ledger
                .transfer(Asset::Token, vault, purse, dispute.bond);
        }
        // Nobody challenged the challenger: its own share goes to the insurance as well.
        let (burnt, insured, rewarded) = self.rules.split(dispute.bond);
        self.pay_slash(vault, burnt, insured + rewarded)
    }

    /// Each vault has its bond, as long as the proposal is under dispute.
    pub(crate) fn check_disputes(&self) -> Result<(), String> {
        for (key, proposal) in &self.rounds.proposals {
            let dispute = self.rounds.disputes.get(key);
            let bond = dispute.map_or(0, |dispute| dispute.bond);
            let vault = Holder::Dispute(key.0, key.1);
            let held = self.ledger.balance(Asset::Token, vault);
            if held != bond || dispute.is_some() != proposal.is_disputed {
                return Err(format!("dispute about {key:?}: bond {bond}, vault {held}"));
            }
        }
        let is_about = |key| self.rounds.proposals.contains_key(key);
        if self.rounds.disputes.keys().all(is_about) {
            return Ok(());
        }
        Err("a dispute about nothing".to_string())
    }
}
