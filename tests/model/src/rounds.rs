//! The rounds in which verifiers make roots final.

use {
    crate::{
        require, Actor, Dispute, Leaf, ProposalKey, Refusal, Root, Rules, Told, Totals, World,
        VERIFIERS,
    },
    std::collections::BTreeMap,
};

/// Seeds that are kept.
const SEEDS: usize = 64;
/// Epochs without a root after which a service can be declared stalled.
const ESCAPE_EPOCHS: u64 = 16;

/// Bond of each verifier when a round opened, zero for those without a vote.
pub type Weights = [u64; VERIFIERS];

/// What is put to the verifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    /// Epochs whose seed is kept, oldest first.
    pub seeds: Vec<u64>,
    /// By epoch.
    pub open: BTreeMap<u64, Round>,
    /// By epoch and proposer.
    pub proposals: BTreeMap<ProposalKey, Proposal>,
    /// By the proposal that they are about.
    pub disputes: BTreeMap<ProposalKey, Dispute>,
}

/// The votes of one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub payer: Actor,
    pub opened_epoch: u64,
    pub weights: Weights,
    /// Bits of those who have voted.
    pub voted: u32,
}

/// A root that verifiers vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub root: Root,
    /// What its inputs record.
    pub opening: Option<Opening>,
    /// How many roots had become final when it was made, which says on which one it builds, and
    /// the epoch of that.
    pub built_on: (u64, Option<u64>),
    /// Epoch in which its round was opened.
    pub voted_epoch: u64,
    pub proposed_at: i64,
    pub signers: u32,
    pub weight: u64,
    pub quorum_at: Option<i64>,
    pub is_lost: bool,
    pub is_disputed: bool,
    /// Whether the one dispute that it can have is over.
    pub was_disputed: bool,
}

/// What a proposer gets wrong, on purpose or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    Nothing,
    /// Counters of an operator are half of what they were.
    Fallen(u8),
    /// The leaf in this place stands behind the next one.
    Swapped(u8),
    /// The totals are those of the root before.
    Unsummed,
    /// An operator has no leaf.
    Omitted(u8),
}

/// An answer of a node, which the inputs of a proposal record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    pub customer: u8,
    pub operator: u8,
    /// Whether it is what the operator promised to keep.
    pub is_true: bool,
    /// As what it is recorded.
    pub recorded: Recorded,
}

/// What an answer is passed off as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// A good one.
    Good,
    /// A loss that the node signed.
    Lost,
    /// A loss that somebody else signed.
    LostUnsigned,
}

/// Whether these verifiers and their weight decide for all.
pub(crate) fn is_quorum(voters: u32, weight: u64, weights: &Weights) -> bool {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    voters.count_ones() >= 2 && u128::from(weight) * 3 >= total * 2
}

impl World {
    /// What a verifier proposes that gets this wrong.
    pub fn draft(&self, epoch: u64, growth: &[Leaf], flaw: Flaw) -> Told<Root> {
        let mut leaves = self.grown_leaves(growth)?;
        let (before, count) = (self.newest_totals(), leaves.len());
        match flaw {
            Flaw::Fallen(operator) => {
                for (_, leaf) in leaves.iter_mut().filter(|(of, _)| *of == operator) {
                    leaf.tokens /= 2;
                    leaf.units /= 2;
                    leaf.windows_ok /= 2;
                }
            }
            Flaw::Swapped(place) if count > 1 => {
                let place = usize::from(place) % (count - 1);
                leaves.swap(place, place + 1);
            }
            Flaw::Omitted(operator) => leaves.retain(|(of, _)| *of != operator),
            _ => {}
        }
        let totals = match flaw {
            Flaw::Unsummed => before,
            // They may be above the sum, and must not fall.
            _ => Totals::of(&leaves)?.max(&before),
        };
        Ok(Root {
            epoch,
            leaves,
            totals,
        })
    }

    pub(crate) fn seed_record(&mut self, epoch: u64) -> Told {
        require(epoch == self.epoch(), "not the epoch that runs")?;
        let seeds = &mut self.rounds.seeds;
        let is_newer = seeds.last().is_none_or(|last| *last < epoch);
        require(is_newer, "a seed already")?;
        seeds.push(epoch);
        if seeds.len() > SEEDS {
            seeds.remove(0);
        }
        Ok(())
    }

    pub(crate) fn epoch_propose(
        &mut self,
        by: Actor,
        epoch: u64,
        growth: &[Leaf],
        flaw: Flaw,
        opening: Option<Opening>,
    ) -> Told {
        let root = self.draft(epoch, growth, flaw)?;
        let is_there = self.rounds.proposals.contains_key(&(epoch, by));
        require(!is_there, "a proposal already")?;
        require(epoch < self.epoch(), "an epoch that has not ended")?;
        require(!self.has_passed(epoch), "an epoch that is final")?;
        let before = self.newest_totals();
        require(!root.totals.fell_since(&before), "totals that fell")?;
        let after = self.roots.last().map(|newest| newest.epoch);
        let (tokens, stable) = self.pool.allotted_between(after, epoch);
        let grown = root.totals.tokens - before.tokens;
        require(grown <= tokens, "more tokens than allotted")?;
        let grown = root.totals.stable - before.stable;
        require(grown <= stable, "more stablecoin than allotted")?;
        let round = Round {
            payer: by,
            opened_epoch: self.epoch(),
            weights: self.weights(),
            voted: 0,
        };
        let round = *self.rounds.open.entry(epoch).or_insert(round);
        let proposal = Proposal {
            root,
            opening,
            built_on: (self.roots_ever(), after),
            voted_epoch: round.opened_epoch,
            proposed_at: self.now,
            signers: 0,
            weight: 0,
            quorum_at: None,
            is_lost: false,
            is_disputed: false,
            was_disputed: false,
        };
        self.rounds.proposals.insert((epoch, by), proposal);
        self.vote((epoch, by), by)
    }

    /// Bonds of those who have a vote now.
    fn weights(&self) -> Weights {
        let bond_min = self.rules.bond_min;
        self.verifiers.map(|verifier| {
            let voter = verifier.filter(|one| one.unlock_at.is_none() && one.bond >= bond_min);
            voter.map_or(0, |one| one.bond)
        })
    }

    pub(crate) fn proposal(&self, key: ProposalKey) -> Told<&Proposal> {
        let proposal = self.rounds.proposals.get(&key);
        proposal.ok_or(Refusal("no such proposal"))
    }

    pub(crate) fn proposal_mut(&mut self, key: ProposalKey) -> Told<&mut Proposal> {
        let proposal = self.rounds.proposals.get_mut(&key);
        proposal.ok_or(Refusal("no such proposal"))
    }

    /// Whether another root became final since.
    fn is_superseded(&self, proposal: &Proposal) -> bool {
        proposal.built_on.0 != self.roots_ever()
    }

    pub(crate) fn require_live(&self, proposal: &Proposal) -> Told {
        require(!proposal.is_lost, "a proposal that is lost")?;
        require(!self.is_superseded(proposal), "a superseded proposal")
    }

    fn has_passed(&self, epoch: u64) -> bool {
        self.roots.last().is_some_and(|root| epoch <= root.epoch)
    }

    /// What the vote of a verifier weighs, and its place.
    pub(crate) fn weigh(
        &self,
        weights: &Weights,
        opened_epoch: u64,
        settled_at: i64,
        by: Actor,
    ) -> Told<(usize, u64)> {
        let is_by = |place: &Option<crate::Verifier>| place.is_some_and(|one| one.who == by);
        let place = self.verifiers.iter().position(is_by);
        let not_one = Refusal("not a verifier");
        let place = place.ok_or(not_one)?;
        let verifier = self.verifiers[place].ok_or(not_one)?;
        let weight = weights[place];
        let is_in_reach = |unlock_at| weight > 0 && unlock_at >= settled_at;
        let may = verifier.unlock_at.is_none_or(is_in_reach);
        require(may, "a verifier that leaves")?;
        let is_whole = weight > 0 && verifier.bond >= weight;
        let is_enough = verifier.bond >= self.rules.bond_min || is_whole;
        require(is_enough, "a bond below the smallest")?;
        let is_in_round = weight > 0 && verifier.admitted_epoch <= opened_epoch;
        require(is_in_round, "no weight in the round")?;
        Ok((place, weight.min(verifier.bond)))
    }

    /// Spends the one vote of a verifier in an epoch.
    fn vote(&mut self, key: ProposalKey, by: Actor) -> Told {
        let round = self.rounds.open.get(&key.0).copied();
        let round = round.ok_or(Refusal("no such round"))?;
        let (now, rules) = (self.now, &self.rules);
        let settled_at = self.proposal(key)?.proposed_at + rules.vote_seconds();
        let (place, weight) = self.weigh(&round.weights, round.opened_epoch, settled_at, by)?;
        let bit = 1 << place;
        require(round.voted & bit == 0, "a vote that is spent")?;
        if let Some(round) = self.rounds.open.get_mut(&key.0) {
            round.voted |= bit;
        }
        let proposal = self.proposal_mut(key)?;
        proposal.signers |= bit;
        proposal.weight += weight;
        let decides = is_quorum(proposal.signers, proposal.weight, &round.weights);
        if decides && proposal.quorum_at.is_none() {
            proposal.quorum_at = Some(now);
        }
        Ok(())
    }

    pub(crate) fn epoch_attest(&mut self, by: Actor, key: ProposalKey) -> Told {
        let proposal = self.proposal(key)?;
        self.require_live(proposal)?;
        let age = self.now - proposal.proposed_at;
        let is_early = age <= i64::from(self.rules.epoch_seconds);
        require(is_early, "a proposal older than an epoch")?;
        self.vote(key, by)
    }

    /// The end of the window after the quorum.
    pub(crate) fn window_end(&self, proposal: &Proposal) -> Told<i64> {
        let quorum_at = proposal.quorum_at.ok_or(Refusal("no quorum"))?;
        Ok(quorum_at + i64::from(self.rules.window_seconds))
    }

    pub(crate) fn epoch_finalize(&mut self, key: ProposalKey) -> Told {
        let proposal = self.proposal(key)?;
        self.require_live(proposal)?;
        let window_end = self.window_end(proposal)?;
        require(self.now >= window_end, "a window that is open")?;
        require(!proposal.is_disputed, "a proposal under dispute")?;
        let root = proposal.root.clone();
        self.rounds.proposals.remove(&key);
        self.rounds.open.remove(&key.0);
        self.root_push(root);
        Ok(())
    }

    pub(crate) fn proposal_close(&mut self, key: ProposalKey) -> Told {
        let proposal = self.proposal(key)?;
        let is_dead = self.require_live(proposal).is_err();
        require(is_dead, "a proposal that is live")?;
        require(!proposal.is_disputed, "a proposal under dispute")?;
        self.rounds.proposals.remove(&key);
        Ok(())
    }

    pub(crate) fn round_close(&mut self, epoch: u64) -> Told {
        let is_there = self.rounds.open.contains_key(&epoch);
        require(is_there, "no such round")?;
        require(self.has_passed(epoch), "a round that is live")?;
        self.rounds.open.remove(&epoch);
        Ok(())
    }

    pub(crate) fn service_escape(&mut self) -> Told {
        require(!self.stalled, "a stalled service")?;
        let newest = self.roots.last().map(|root| root.epoch);
        let since = newest.or(self.rounds.seeds.first().copied());
        let since = since.ok_or(Refusal("a service that goes on"))?;
        let is_stalled = self.epoch().saturating_sub(since) > ESCAPE_EPOCHS;
        require(is_stalled, "a service that goes on")?;
        self.stalled = true;
        Ok(())
    }

    /// Signers have voted, nobody twice, and two at least made a quorum.
    pub(crate) fn check_rounds(&self) -> Result<(), String> {
        for ((epoch, proposer), proposal) in &self.rounds.proposals {
            let signers = proposal.signers;
            let others = self.rounds.proposals.iter();
            let mut others = others.filter(|(key, _)| key.0 == *epoch && key.1 != *proposer);
            let is_shared = others.any(|(_, other)| other.signers & signers != 0);
            let has_two = proposal.quorum_at.is_none() || signers.count_ones() >= 2;
            if is_shared || !has_two {
                return Err(format!("proposal of {epoch} by {proposer:?}: {proposal:?}"));
            }
        }
        self.check_disputes()
    }
}

impl Rules {
    /// Seconds after a proposal in which what vouches for a vote must stay within reach.
    fn vote_seconds(&self) -> i64 {
        let (epoch, window) = (self.epoch_seconds, self.window_seconds);
        [epoch, window, window.min(epoch)]
            .map(i64::from)
            .iter()
            .sum()
    }
}
