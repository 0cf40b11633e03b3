//! Propose the root of an epoch.
//!
//! A verifier states what an ended epoch came to. The proposal builds on the newest final root,
//! and is its proposer's own vote.
//!
//! Specification:
//! - Only an active verifier with at least the smallest bond can propose, and it pays the rent.
//! - The first proposal of an epoch opens its round with the weights of the set as it stands.
//! - Proposing spends the proposer's one vote in the epoch.
//! - The epoch must have ended, and no final root may be of it or a later one.
//! - It names the newest final root that it builds on: with another one there it is refused.
//! - No total falls below that of the newest final root.
//! - Tokens and stablecoin grow by at most what was allotted since the newest final root.
//! - Without a reward pool neither can grow.
//! - The digest binds network, service, epoch, tree, totals, inputs, rules and the digest before.
//! - A number of leaves outside 1 to 16,777,216 is refused.
//! - It works while the network is paused.

#![allow(
    unused_variables,
    reason = "the derive binds the arguments in a place that does not use them"
)]

use {
    crate::{
        clock::{current_epoch, now},
        constants::REWARDS_ID,
        error::ProofsError,
        event::EpochProposed,
        pool,
        state::{
            Proposal, ProposalOrigin, ProposedRoot, RootRing, Round, RoundOrigin, State, VoteRules,
        },
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::{SEED_PROPOSAL, SEED_ROUND},
    trestle_staking::state::{Network, Service, VerifierSet},
};

#[derive(Accounts)]
#[instruction(root: ProposedRoot)]
pub struct EpochPropose {
    /// The verifier; pays the rent.
    #[account(mut)]
    pub proposer: Signer,
    /// The network: its clock counts the epochs.
    #[account(address = service.network @ ProofsError::WrongNetwork)]
    pub network: State<Network>,
    /// The service whose epoch it is.
    #[account(constraint = service.is_at(service.address()) @ ProofsError::WrongAddress)]
    pub service: State<Service>,
    /// The network's verifiers.
    #[account(
        constraint = verifiers.network == *network.address() @ ProofsError::WrongVerifierSet,
        constraint = verifiers.is_at(verifiers.address()) @ ProofsError::WrongAddress,
    )]
    pub verifiers: State<VerifierSet>,
    /// The service's final roots.
    #[account(
        constraint = ring.service == *service.address() @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The service's reward pool; there may be none yet at this address.
    #[account(seeds = [b"pool", service], seeds::program = REWARDS_ID, bump)]
    pub pool: UncheckedAccount,
    /// The votes of the epoch; the first proposal opens them.
    #[account(
        init_if_needed, payer = proposer,
        seeds = [SEED_ROUND, service.address().as_ref(), root.epoch.to_le_bytes()],
        bump,
    )]
    pub round: State<Round>,
    /// The new proposal.
    #[account(
        init, payer = proposer,
        seeds = [
            SEED_PROPOSAL, service.address().as_ref(), root.epoch.to_le_bytes(),
            proposer.address().as_ref(),
        ],
        bump,
    )]
    pub proposal: State<Proposal>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl EpochPropose {
    fn validate(&self, root: &ProposedRoot, now_epoch: u64) -> Result<()> {
        root.check(&self.ring, now_epoch)?;
        let after = self.ring.latest().map(|latest| latest.epoch);
        let allotted = pool::allotted(&self.pool, self.service.address(), after, root.epoch)?;
        root.check_growth(&self.ring, &allotted)
    }

    pub fn epoch_propose(
        &mut self,
        root: &ProposedRoot,
        bumps: &EpochProposeBumps,
    ) -> Result<EpochProposed> {
        let now = now()?;
        let now_epoch = current_epoch(&self.network, now)?;
        self.validate(root, now_epoch)?;
        if self.round.is_blank() {
            self.open_round(root.epoch, now_epoch, bumps.round)?;
        }
        let origin = ProposalOrigin {
            bump: bumps.proposal,
            network: *self.network.address(),
            service: *self.service.address(),
            proposer: *self.proposer.address(),
            voted_epoch: self.round.opened_epoch,
            now,
        };
        self.proposal.propose(&origin, root, &self.ring);
        let rules = VoteRules::new(&self.network, now);
        let vote = self.round.vote(&self.verifiers, &rules, &origin.proposer)?;
        self.proposal.sign(&vote, &self.round, now)?;
        self.round.invariant()?;
        self.proposal.invariant()?;
        Ok(self.event())
    }

    fn open_round(&mut self, epoch: u64, opened_epoch: u64, bump: u8) -> Result<()> {
        let origin = RoundOrigin {
            bump,
            service: *self.service.address(),
            payer: *self.proposer.address(),
            epoch,
            opened_epoch,
        };
        let bond_min = self.network.verifier_bond_min;
        self.round.open(&origin, &self.verifiers, bond_min)
    }

    fn event(&self) -> EpochProposed {
        EpochProposed {
            service: self.proposal.service,
            proposal: *self.proposal.address(),
            proposer: self.proposal.proposer,
            epoch: self.proposal.epoch,
            digest: self.proposal.digest,
            previous_digest: self.proposal.previous_digest,
            tree_root: self.proposal.tree_root,
            inputs_digest: self.proposal.inputs_digest,
            totals: self.proposal.totals,
            weight: self.proposal.weight,
            weight_total: self.round.weight_total,
            proposed_at: self.proposal.proposed_at,
            leaf_count: self.proposal.leaf_count,
            rules_version: self.proposal.rules_version,
            signers: self.proposal.signers,
            _pad: [0; 4],
        }
    }
}
