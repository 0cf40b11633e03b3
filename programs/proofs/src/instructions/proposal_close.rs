//! Close a proposal that can never become final.
//!
//! Specification:
//! - Anybody can close a lost proposal; the rent goes to the proposer.
//! - Anybody can close a superseded proposal; the rent goes to the proposer.
//! - A proposal that can still become final is refused.
//! - A recipient that is not the proposer is refused.
//! - The proposer's vote in the epoch stays spent.
//! - It works while the network is paused.

use {
    crate::{
        error::ProofsError,
        event::ProposalClosed,
        state::{Proposal, RootRing},
    },
    anchor_lang::{prelude::*, AccountClose},
    trestle_core::seeds::{SEED_PROPOSAL, SEED_RING},
};

#[derive(Accounts)]
pub struct ProposalClose {
    /// Receives the rent.
    #[account(mut, address = proposal.proposer @ ProofsError::WrongRecipient)]
    pub proposer: UncheckedAccount,
    /// The service's final roots.
    #[account(seeds = [SEED_RING, proposal.service.as_ref()], bump = ring.bump)]
    pub ring: Account<RootRing>,
    /// The proposal.
    #[account(
        mut,
        seeds = [
            SEED_PROPOSAL, proposal.service.as_ref(), proposal.epoch.to_le_bytes(),
            proposal.proposer.as_ref(),
        ],
        bump = proposal.bump,
    )]
    pub proposal: Account<Proposal>,
}

impl ProposalClose {
    fn validate(&self) -> Result<()> {
        require!(self.proposal.is_dead(&self.ring), ProofsError::ProposalLive);
        Ok(())
    }

    pub fn proposal_close(&mut self) -> Result<ProposalClosed> {
        self.validate()?;
        let event = ProposalClosed {
            service: self.proposal.service,
            proposal: *self.proposal.address(),
            proposer: self.proposal.proposer,
            epoch: self.proposal.epoch,
        };
        self.proposal.close(*self.proposer.account())?;
        Ok(event)
    }
}
