//! A dispute: the question whether a proposed root is right, put to the verifiers of its round.
//!
//! What the chain cannot decide by itself, those decide who can recompute it. They vote once more,
//! this time knowing that somebody staked a bond on the root being wrong.
//!
//! Who may vote: every verifier that had weight when the round of the proposal opened and still has
//! a bond, with what is left of that weight. The accused vote too. A root has the signatures of two
//! thirds of the weight, so without them no root could be upheld and anybody could bring down any
//! root. With them, a wrong vote of theirs admits nothing for free (they lose bond with the others)
//! and two thirds that collude gain nothing that their signatures had not given them already. For
//! the same reason only a root with a quorum can be disputed: to have honest signers convicted, a
//! third of the weight at least must have signed that root and lose its own bond.
//!
//! Outcomes:
//! - two thirds say wrong: the root is lost, its signers lose bond, the challenger has its bond
//!   back and its share of the slash;
//! - two thirds say right: the root stands, the challenger's bond is burned and insured like a
//!   slash that nobody challenged, so that no verifier earns by upholding;
//! - neither when the time is over: the root is lost and nobody is guilty. A root may not become
//!   final by silence, else a set that signs and then says nothing could steal. The next epoch's
//!   root covers this epoch too, because counters are cumulative, so what is lost is an epoch of
//!   time. The bond follows the larger side: it is forfeited if more weight said right than wrong,
//!   else it goes back, also in silence, because those who sign owe an answer;
//! - the root lost an objective challenge meanwhile: the bond goes back.
//!
//! How long this can delay: one proposal in an epoch can have a quorum, it can be disputed once,
//! and the vote takes a challenge window or an epoch, whichever is shorter. A griefer therefore
//! loses a whole bond for less than an epoch of delay as long as two thirds of the weight answer;
//! when more than a third is silent, it can stop the service without him.

use {
    super::round::{is_quorum, weigh, Round, Vote, VoteRules},
    crate::{
        address::is_derived,
        constants::{VERIFIERS_MAX, VERSION},
        error::ProofsError,
    },
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::seeds::{SEED_DISPUTE, SEED_DISPUTE_VAULT},
    trestle_staking::{state::VerifierSet, versioned::Layout},
};

/// PDA `["dispute", proposal]`. It holds the weights itself, because the round's account goes when
/// another root becomes final.
#[account]
pub struct Dispute {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// Bump of its vault's address.
    pub vault_bump: u8,
    /// Zero.
    pub _pad: [u8; 5],
    /// The network of the proposal.
    pub network: Address,
    /// The proposal that is disputed.
    pub proposal: Address,
    /// Who disputes it: paid bond and rent.
    pub challenger: Address,
    /// What the challenger risks, in base units of the network's token.
    pub bond: u64,
    /// Unix seconds at which it was opened.
    pub opened_at: i64,
    /// Unix seconds from which nobody can vote any more.
    pub ends_at: i64,
    /// Epoch in which the round was opened: verifiers admitted later have no vote.
    pub voted_epoch: u64,
    /// Sum of all weights.
    pub weight_total: u64,
    /// Weight of those who say that the root is right.
    pub weight_right: u64,
    /// Weight of those who say that it is wrong.
    pub weight_wrong: u64,
    /// Bits of those who say that it is right.
    pub right: u32,
    /// Bits of those who say that it is wrong.
    pub wrong: u32,
    /// Bond of each verifier when the round opened, zero for those without a vote.
    pub weights: [u64; VERIFIERS_MAX],
}

const _: () = assert!(size_of::<Dispute>() == 424);
const _: () = assert!(offset_of!(Dispute, network) == 8);
const _: () = assert!(offset_of!(Dispute, bond) == 104);
const _: () = assert!(offset_of!(Dispute, weights) == 168);

impl Layout for Dispute {
    const VERSION: u8 = VERSION;
}

/// Who disputes what, and when.
pub struct DisputeOrigin {
    pub bump: u8,
    pub vault_bump: u8,
    pub network: Address,
    pub proposal: Address,
    pub challenger: Address,
    pub bond: u64,
    /// Unix seconds.
    pub now: i64,
    /// Seconds during which verifiers vote.
    pub vote_seconds: u32,
}

/// How a dispute ends; the number is the one in events.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Two thirds of the weight say that the root is wrong.
    Wrong = 1,
    /// Two thirds of the weight say that the root is right.
    Right = 2,
    /// Nobody decided in time.
    Undecided = 3,
    /// The root lost an objective challenge before the vote was over.
    Moot = 4,
}

impl Dispute {
    /// Writes a fresh dispute with the weights of the proposal's round.
    #[inline(never)]
    pub fn open(&mut self, origin: &DisputeOrigin, round: &Round) -> Result<()> {
        self.version = VERSION;
        self.bump = origin.bump;
        self.vault_bump = origin.vault_bump;
        self.network = origin.network;
        self.proposal = origin.proposal;
        self.challenger = origin.challenger;
        self.bond = origin.bond;
        self.opened_at = origin.now;
        self.ends_at = origin
            .now
            .checked_add(i64::from(origin.vote_seconds))
            .ok_or(ProofsError::MathOverflow)?;
        self.voted_epoch = round.opened_epoch;
        self.weight_total = round.weight_total;
        self.weights = round.weights;
        Ok(())
    }

    /// Whether it stands at the address that follows from its proposal.
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_DISPUTE, self.proposal.as_ref()];
        is_derived(&seeds, self.bump, address)
    }

    /// Whether the vault of the dispute at `address` stands at `vault`.
    pub fn is_vault(&self, address: &Address, vault: &Address) -> bool {
        let seeds = [SEED_DISPUTE_VAULT, address.as_ref()];
        is_derived(&seeds, self.vault_bump, vault)
    }

    /// Spends the one vote that a verifier has in this dispute.
    pub fn vote(
        &mut self,
        verifiers: &VerifierSet,
        bond_min: u64,
        verifier: &Address,
        is_right: bool,
        now: i64,
    ) -> Result<Vote> {
        require!(now < self.ends_at, ProofsError::DisputeOver);
        // A bond that leaves counts as long as it stays within reach until the end.
        let rules = VoteRules {
            bond_min,
            settled_at: self.ends_at,
        };
        let vote = weigh(&self.weights, self.voted_epoch, verifiers, &rules, verifier)?;
        require!(
            (self.right | self.wrong) & vote.bit == 0,
            ProofsError::DisputeVoteSpent
        );
        let (voters, weight) = if is_right {
            (&mut self.right, &mut self.weight_right)
        } else {
            (&mut self.wrong, &mut self.weight_wrong)
        };
        *voters |= vote.bit;
        *weight = weight
            .checked_add(vote.weight)
            .ok_or(ProofsError::MathOverflow)?;
        Ok(vote)
    }

    /// How it ends, if it can end at `now`. `is_lost` says whether the proposal has lost an
    /// objective challenge.
    #[inline(never)]
    pub fn verdict(&self, is_lost: bool, now: i64) -> Result<Verdict> {
        if is_lost {
            return Ok(Verdict::Moot);
        }
        if is_quorum(self.wrong, self.weight_wrong, self.weight_total) {
            return Ok(Verdict::Wrong);
        }
        if is_quorum(self.right, self.weight_right, self.weight_total) {
            return Ok(Verdict::Right);
        }
        require!(now >= self.ends_at, ProofsError::DisputeRunning);
        Ok(Verdict::Undecided)
    }

    /// Whether the challenger has lost its bond.
    pub fn is_forfeited(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Right => true,
            Verdict::Undecided => self.weight_right > self.weight_wrong,
            Verdict::Wrong | Verdict::Moot => false,
        }
    }

    /// What holds after every instruction that changes a dispute.
    ///
    /// - It has this layout, a bond and an end.
    /// - Nobody says both right and wrong.
    /// - What was said weighs no more than all weights together.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let said = self.weight_right.checked_add(self.weight_wrong);
        let holds = self.version == VERSION
            && self.bond > 0
            && self.ends_at > self.opened_at
            && self.right & self.wrong == 0
            && said.is_some_and(|said| said <= self.weight_total);
        require!(holds, ProofsError::InvariantViolated);
        Ok(())
    }
}
