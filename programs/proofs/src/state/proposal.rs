//! A proposed root of an epoch, with the verifiers that vouch for it.

use {
    super::{ring::Totals, round::Vote, RootRing, Round},
    crate::{address::is_derived, constants::VERSION, error::ProofsError},
    anchor_lang::prelude::*,
    core::mem::{offset_of, size_of},
    trestle_core::{
        hash::ZERO_HASH,
        leaf,
        merkle::MAX_LEAVES,
        pool::Allotted,
        root::{root_digest, FinalRoot, RootFields},
        seeds::SEED_PROPOSAL,
    },
    trestle_staking::versioned::Layout,
};

/// PDA `["proposal", service, epoch as u64 LE, proposer]`.
#[account]
pub struct Proposal {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// See [`ProposalStatus`].
    pub status: u8,
    /// See [`DisputeStage`].
    pub dispute: u8,
    /// Bits of the verifiers that vouch for it with their bond.
    pub signers: u32,
    /// The network of the service.
    pub network: Address,
    /// The service whose epoch it is.
    pub service: Address,
    /// The verifier that proposed it; paid the rent and gets it back.
    pub proposer: Address,
    /// The epoch that the root closes.
    pub epoch: u64,
    /// Epoch of the final root that it builds on; 0 when there was none.
    pub previous_epoch: u64,
    /// Epoch in which the round of its votes was opened.
    pub voted_epoch: u64,
    /// What verifiers attest: everything about the root, and the digest before it.
    pub digest: [u8; 32],
    /// Digest of the final root that it builds on; zero when there was none.
    pub previous_digest: [u8; 32],
    /// Root of the payout tree.
    pub tree_root: [u8; 32],
    /// Digest of what the tree was computed from.
    pub inputs_digest: [u8; 32],
    /// Sums over the leaves.
    pub totals: Totals,
    /// Number of leaves.
    pub leaf_count: u32,
    /// Version of the verification rules.
    pub rules_version: u32,
    /// Weight of the signers.
    pub weight: u64,
    /// Unix seconds at which it was proposed.
    pub proposed_at: i64,
    /// Unix seconds at which it got its quorum, when the challenge window opened; zero before.
    pub quorum_at: i64,
}

const _: () = assert!(size_of::<Proposal>() == 320);
const _: () = assert!(offset_of!(Proposal, network) == 8);
const _: () = assert!(offset_of!(Proposal, epoch) == 104);
const _: () = assert!(offset_of!(Proposal, digest) == 128);
const _: () = assert!(offset_of!(Proposal, totals) == 256);
const _: () = assert!(offset_of!(Proposal, quorum_at) == 312);

impl Layout for Proposal {
    const VERSION: u8 = VERSION;
}

/// Where a proposal stands, as its `status` byte. Superseded is no status: it follows from the
/// ring.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalStatus {
    /// It can be attested and challenged.
    Open = 1,
    /// A challenge showed that it is wrong.
    Lost = 2,
}

/// Where the one dispute that a proposal can have stands, as its `dispute` byte.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStage {
    /// Nobody has disputed it.
    Never = 0,
    /// The verifiers vote: it cannot become final, and its account stays.
    Open = 1,
    /// The verifiers have spoken: they upheld a proposal that is not lost.
    Over = 2,
}

/// What a verifier says the root of an epoch is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType,
)]
pub struct ProposedRoot {
    /// The epoch that the root closes.
    pub epoch: u64,
    /// Root of the payout tree.
    pub tree_root: [u8; 32],
    /// Number of leaves.
    pub leaf_count: u32,
    /// Sums over the leaves.
    pub totals: Totals,
    /// Digest of what the tree was computed from.
    pub inputs_digest: [u8; 32],
    /// Version of the verification rules.
    pub rules_version: u32,
    /// Digest of the newest final root, which the counters build on; zero before the first.
    pub previous_digest: [u8; 32],
}

/// Where and when a root is proposed.
pub struct ProposalOrigin {
    pub bump: u8,
    pub network: Address,
    pub service: Address,
    pub proposer: Address,
    pub voted_epoch: u64,
    /// Unix seconds.
    pub now: i64,
}

impl ProposedRoot {
    /// Refuses what no root may be: without leaves, for an epoch that has not ended at `now_epoch`
    /// or is final already, built on another root than the newest final one, or with totals below
    /// those of it.
    #[inline(never)]
    pub fn check(&self, ring: &RootRing, now_epoch: u64) -> Result<()> {
        require!(
            (1..=MAX_LEAVES).contains(&self.leaf_count),
            ProofsError::BadLeafCount
        );
        require!(self.epoch < now_epoch, ProofsError::EpochNotEnded);
        require!(!ring.has_passed(self.epoch), ProofsError::EpochFinal);
        require!(
            self.previous_digest == ring.latest_digest(),
            ProofsError::StaleRoot
        );
        let totals = leaf::Totals::from(self.totals);
        require!(
            !totals.fell_since(&totals_before(ring)),
            ProofsError::TotalsFell
        );
        Ok(())
    }

    /// Refuses payouts that grow by more than what was allotted since the newest final root.
    pub fn check_growth(&self, ring: &RootRing, allotted: &Allotted) -> Result<()> {
        let before = totals_before(ring);
        let grown = self.totals.tokens.saturating_sub(before.tokens);
        require!(grown <= allotted.tokens, ProofsError::TokensOverAllotment);
        let grown = self.totals.stable.saturating_sub(before.stable);
        require!(grown <= allotted.stable, ProofsError::StableOverAllotment);
        Ok(())
    }
}

/// Totals of the newest final root, zero before the first.
fn totals_before(ring: &RootRing) -> leaf::Totals {
    ring.latest()
        .map_or_else(Default::default, |root| root.totals)
}

impl Proposal {
    /// Writes a fresh proposal that builds on the newest root of the ring. Nobody has signed yet.
    #[inline(never)]
    pub fn propose(&mut self, origin: &ProposalOrigin, root: &ProposedRoot, ring: &RootRing) {
        self.version = VERSION;
        self.bump = origin.bump;
        self.status = ProposalStatus::Open as u8;
        self.network = origin.network;
        self.service = origin.service;
        self.proposer = origin.proposer;
        self.voted_epoch = origin.voted_epoch;
        self.proposed_at = origin.now;
        self.previous_epoch = ring.latest_epoch;
        self.previous_digest = ring.latest_digest();
        self.epoch = root.epoch;
        self.tree_root = root.tree_root;
        self.leaf_count = root.leaf_count;
        self.totals = root.totals;
        self.inputs_digest = root.inputs_digest;
        self.rules_version = root.rules_version;
        self.digest = root_digest(&RootFields {
            network: origin.network.as_array(),
            service: origin.service.as_array(),
            epoch: root.epoch,
            tree_root: &root.tree_root,
            leaf_count: root.leaf_count,
            totals: &root.totals.into(),
            previous_digest: &self.previous_digest,
            inputs_digest: &root.inputs_digest,
            rules_version: root.rules_version,
        });
    }

    /// Whether it stands at the address that follows from its service, epoch and proposer.
    pub fn is_at(&self, address: &Address) -> bool {
        let epoch = self.epoch.to_le_bytes();
        let (service, proposer) = (self.service.as_ref(), self.proposer.as_ref());
        let seeds = [SEED_PROPOSAL, service, &epoch, proposer];
        is_derived(&seeds, self.bump, address)
    }

    /// Adds a signer. The challenge window opens with the signer that completes the quorum.
    #[inline(never)]
    pub fn sign(&mut self, vote: &Vote, round: &Round, now: i64) -> Result<()> {
        self.signers |= vote.bit;
        self.weight = self
            .weight
            .checked_add(vote.weight)
            .ok_or(ProofsError::MathOverflow)?;
        if self.quorum_at == 0 && round.has_quorum(self.signers, self.weight) {
            self.quorum_at = now;
        }
        Ok(())
    }

    /// Refuses a proposal that can no longer become final.
    #[inline(never)]
    pub fn check_live(&self, ring: &RootRing) -> Result<()> {
        self.check_open()?;
        require!(!self.is_superseded(ring), ProofsError::ProposalSuperseded);
        Ok(())
    }

    /// Refuses a proposal that lost a challenge.
    pub fn check_open(&self) -> Result<()> {
        require!(
            self.status == ProposalStatus::Open as u8,
            ProofsError::ProposalLost
        );
        Ok(())
    }

    /// Whether another root became final since: this one builds on a root that is not the newest.
    pub fn is_superseded(&self, ring: &RootRing) -> bool {
        self.previous_digest != ring.latest_digest()
    }

    /// Whether it can never become final.
    pub fn is_dead(&self, ring: &RootRing) -> bool {
        self.check_live(ring).is_err()
    }

    /// Whether the final root of this epoch is one that it builds on, directly or not.
    pub fn builds_on(&self, epoch: u64) -> bool {
        self.previous_digest != ZERO_HASH && epoch <= self.previous_epoch
    }

    /// Opens its one dispute: while the window after the quorum runs.
    #[inline(never)]
    pub fn start_dispute(&mut self, window_seconds: u32, now: i64) -> Result<()> {
        self.check_undisputed()?;
        require!(
            self.dispute == DisputeStage::Never as u8,
            ProofsError::DisputeSpent
        );
        require!(self.quorum_at != 0, ProofsError::NoQuorum);
        require!(
            now < self.window_end(window_seconds)?,
            ProofsError::DisputeLate
        );
        self.dispute = DisputeStage::Open as u8;
        Ok(())
    }

    /// Records that its dispute is over, and upholds it unless it is lost.
    pub fn end_dispute(&mut self) {
        self.dispute = DisputeStage::Over as u8;
    }

    /// Refuses a proposal while verifiers vote on it.
    pub fn check_undisputed(&self) -> Result<()> {
        require!(
            self.dispute != DisputeStage::Open as u8,
            ProofsError::ProposalDisputed
        );
        Ok(())
    }

    fn window_end(&self, window_seconds: u32) -> Result<i64> {
        self.quorum_at
            .checked_add(i64::from(window_seconds))
            .ok_or_else(|| ProofsError::MathOverflow.into())
    }

    /// Records that it was proven wrong, and returns who had vouched for it.
    pub fn lose(&mut self) -> Result<u32> {
        self.check_open()?;
        self.status = ProposalStatus::Lost as u8;
        Ok(self.signers)
    }

    /// The final root it becomes, once its challenge window has ended and no dispute is open.
    #[inline(never)]
    pub fn to_final(&self, window_seconds: u32, now: i64) -> Result<FinalRoot> {
        require!(self.quorum_at != 0, ProofsError::NoQuorum);
        require!(
            now >= self.window_end(window_seconds)?,
            ProofsError::WindowOpen
        );
        self.check_undisputed()?;
        Ok(FinalRoot {
            epoch: self.epoch,
            tree_root: self.tree_root,
            digest: self.digest,
            inputs_digest: self.inputs_digest,
            totals: self.totals.into(),
            leaf_count: self.leaf_count,
            rules_version: self.rules_version,
            finalized_at: now,
        })
    }

    /// What holds after every instruction that changes a proposal.
    ///
    /// - It has this layout, and its epoch is newer than what it builds on.
    /// - It has signers, and their weight.
    /// - With a quorum it has at least two signers.
    /// - Its dispute stands somewhere, and only where there is a quorum.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let is_newer = self.previous_digest == ZERO_HASH || self.previous_epoch < self.epoch;
        let is_signed = self.signers != 0 && self.weight > 0;
        let holds = self.version == VERSION
            && is_newer
            && is_signed
            && (self.quorum_at == 0 || self.signers.count_ones() >= 2)
            && self.dispute <= DisputeStage::Over as u8
            && (self.dispute == DisputeStage::Never as u8 || self.quorum_at != 0);
        require!(holds, ProofsError::InvariantViolated);
        Ok(())
    }
}
