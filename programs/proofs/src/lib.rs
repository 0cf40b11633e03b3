//! Runs on chain (and its types off chain): storage commitments, challenge seeds, proposed roots,
//! attestations, challenges and final roots.
//!
//! No key makes a root final by itself: at least two verifiers with two thirds of the bonded weight
//! vouch for it, and whoever shows within the window that it is wrong takes part of their bonds.

pub mod address;
pub mod admission;
pub mod clock;
pub mod constants;
pub mod error;
pub mod event;
pub mod groups;
pub mod instructions;
pub mod leaf;
pub mod pool;
pub mod record;
pub mod staking_calls;
pub mod state;

use anchor_lang::prelude::*;
use {instructions::*, state::ProposedRoot};

declare_id!("AEfHZJ1sgsdSkBZYsQm7Q7TpkbdxcYsGLHYTDwrvSDRe");

// Whom to tell about a weakness, where explorers look for it: in the program's own bytes.
#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Trestle proofs",
    project_url: "https://github.com/trestle-network/trestle",
    contacts: "link:https://github.com/trestle-network/trestle/security/advisories/new",
    policy: "https://github.com/trestle-network/trestle/blob/main/SECURITY.md",
    preferred_languages: "en",
    source_code: "https://github.com/trestle-network/trestle",
    auditors: "None"
}

// On chain, a program that uses this crate for its types or its calls gets the interface alone, not
// the dispatcher: the framework exports that by name, so the linker would keep all instructions in
// the other program, and two dispatchers would collide.
#[cfg_attr(not(all(target_os = "solana", feature = "no-entrypoint")), program)]
#[cfg_attr(
    all(target_os = "solana", feature = "no-entrypoint"),
    program(interface)
)]
pub mod trestle_proofs {
    use super::*;

    /// Creates the rings of a service: final roots and challenge seeds.
    pub fn service_open(ctx: &mut Context<ServiceOpen>) -> Result<()> {
        emit!(ctx.accounts.service_open(&ctx.bumps)?);
        Ok(())
    }

    /// Registers a storage commitment between a customer and an operator.
    pub fn commitment_register(
        ctx: &mut Context<CommitmentRegister>,
        root: [u8; 32],
        size_bytes: u64,
    ) -> Result<()> {
        emit!(ctx
            .accounts
            .commitment_register(root, size_bytes, &ctx.bumps)?);
        Ok(())
    }

    /// Fixes the last epoch of a commitment.
    pub fn commitment_end(ctx: &mut Context<CommitmentEnd>) -> Result<()> {
        emit!(ctx.accounts.commitment_end()?);
        Ok(())
    }

    /// Closes an ended commitment and returns its rent to the customer.
    pub fn commitment_close(ctx: &mut Context<CommitmentClose>) -> Result<()> {
        emit!(ctx.accounts.commitment_close()?);
        Ok(())
    }

    /// Records the challenge seed of the running epoch.
    pub fn epoch_seed_record(ctx: &mut Context<EpochSeedRecord>, epoch: u64) -> Result<()> {
        emit!(ctx.accounts.epoch_seed_record(epoch)?);
        Ok(())
    }

    /// Proposes the root of an ended epoch.
    pub fn epoch_propose(ctx: &mut Context<EpochPropose>, root: ProposedRoot) -> Result<()> {
        emit!(ctx.accounts.epoch_propose(&root, &ctx.bumps)?);
        Ok(())
    }

    /// Attests a proposed root by its digest.
    pub fn epoch_attest(ctx: &mut Context<EpochAttest>, digest: [u8; 32]) -> Result<()> {
        emit!(ctx.accounts.epoch_attest(&digest)?);
        Ok(())
    }

    /// Proves that a counter of an operator fell.
    pub fn epoch_challenge_counters(
        ctx: &mut Context<EpochChallengeCounters>,
        claim: CountersClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_counters(&claim, bumps)?);
        Ok(())
    }

    /// Proves that operators are out of order, or one is there twice.
    pub fn epoch_challenge_order(
        ctx: &mut Context<EpochChallengeOrder>,
        claim: OrderClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_order(&claim, bumps)?);
        Ok(())
    }

    /// Proves that the totals are less than the sum of some leaves.
    pub fn epoch_challenge_totals(
        ctx: &mut Context<EpochChallengeTotals>,
        claim: TotalsClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_totals(&claim, bumps)?);
        Ok(())
    }

    /// Proves that an opening recorded as good does not open its commitment.
    pub fn epoch_challenge_opening(
        ctx: &mut Context<EpochChallengeOpening>,
        claim: OpeningClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_opening(&claim, bumps)?);
        Ok(())
    }

    /// Moves a root whose challenge window has ended into the ring.
    pub fn epoch_finalize(ctx: &mut Context<EpochFinalize>) -> Result<()> {
        emit!(ctx.accounts.epoch_finalize()?);
        Ok(())
    }

    /// Closes a lost or superseded proposal and returns its rent.
    pub fn proposal_close(ctx: &mut Context<ProposalClose>) -> Result<()> {
        emit!(ctx.accounts.proposal_close()?);
        Ok(())
    }

    /// Closes a round that no root came out of and returns its rent.
    pub fn round_close(ctx: &mut Context<RoundClose>) -> Result<()> {
        emit!(ctx.accounts.round_close()?);
        Ok(())
    }

    /// Disputes a root that has a quorum, with a bond.
    pub fn dispute_open(ctx: &mut Context<DisputeOpen>) -> Result<()> {
        emit!(ctx.accounts.dispute_open(&ctx.bumps)?);
        Ok(())
    }

    /// Votes on a dispute: whether the root is right.
    pub fn dispute_vote(ctx: &mut Context<DisputeVote>, is_right: bool) -> Result<()> {
        emit!(ctx.accounts.dispute_vote(is_right)?);
        Ok(())
    }

    /// Ends a dispute that is decided or over.
    pub fn dispute_resolve(ctx: &mut Context<DisputeResolve>) -> Result<()> {
        emit!(ctx.accounts.dispute_resolve(&ctx.bumps)?);
        Ok(())
    }

    /// Declares that the verifiers of a service have stopped.
    pub fn service_escape(ctx: &mut Context<ServiceEscape>) -> Result<()> {
        emit!(ctx.accounts.service_escape()?);
        Ok(())
    }

    /// Proves that an operator has no leaf.
    pub fn epoch_challenge_omitted(
        ctx: &mut Context<EpochChallengeOmitted>,
        claim: OmittedClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_omitted(&claim, bumps)?);
        Ok(())
    }

    /// Proves that stake is forfeited without a fault.
    pub fn epoch_challenge_slash(
        ctx: &mut Context<EpochChallengeSlash>,
        claim: CountersClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_slash(&claim, bumps)?);
        Ok(())
    }

    /// Proves that the node did not sign a loss.
    pub fn epoch_challenge_signature(
        ctx: &mut Context<EpochChallengeSignature>,
        claim: SignatureClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_signature(&claim, bumps)?);
        Ok(())
    }

    /// Proves that a good opening is recorded as a loss.
    pub fn epoch_challenge_loss(
        ctx: &mut Context<EpochChallengeLoss>,
        claim: LossClaim,
    ) -> Result<()> {
        let bumps = &ctx.bumps.challenge;
        emit!(ctx.accounts.epoch_challenge_loss(&claim, bumps)?);
        Ok(())
    }
}
