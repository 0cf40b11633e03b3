//! Close a proposal that can never become final.
//!
//! Specification:
//! - Anybody can close a lost proposal; the rent goes to the proposer.
//! - Anybody can close a superseded proposal; the rent goes to the proposer.
//! - A proposal that can still become final is refused.
//! - A proposal under dispute stays until that is resolved.
//! - A recipient that is not the proposer is refused.
//! - The proposer's vote in the epoch stays spent.
//! - It works while the network is paused.

use {
    crate::{
        error::ProofsError,
        event::ProposalClosed,
        state::{Proposal, RootRing, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct ProposalClose {
    /// Receives the rent.
    #[account(mut, address = proposal.proposer @ ProofsError::WrongRecipient)]
    pub proposer: UncheckedAccount,
    /// The service's final roots.
    #[account(
        constraint = ring.service == proposal.service @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The proposal.
    #[account(
        mut,
        constraint = proposal.is_at(proposal.address()) @ ProofsError::WrongAddress,
    )]
    pub proposal: State<Proposal>,
}

impl ProposalClose {
    fn validate(&self) -> Result<()> {
        require!(self.proposal.is_dead(&self.ring), ProofsError::ProposalLive);
        self.proposal.check_undisputed()
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
