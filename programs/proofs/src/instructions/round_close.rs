//! Close a round that no root came out of.
//!
//! A round whose proposals all failed remembers who has voted, until a later epoch is final.
//!
//! Specification:
//! - Anybody can close a round once its epoch, or a later one, has a final root.
//! - A round whose epoch can still become final is refused.
//! - The rent goes to whoever opened the round; another recipient is refused.
//! - It works while the network is paused.

use {
    crate::{
        error::ProofsError,
        event::RoundClosed,
        state::{RootRing, Round, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct RoundClose {
    /// Receives the rent.
    #[account(mut, address = round.payer @ ProofsError::WrongRecipient)]
    pub payer: UncheckedAccount,
    /// The service's final roots.
    #[account(
        constraint = ring.service == round.service @ ProofsError::WrongService,
        constraint = ring.is_at(ring.address()) @ ProofsError::WrongAddress,
    )]
    pub ring: State<RootRing>,
    /// The round.
    #[account(
        mut,
        constraint = round.is_at(round.address()) @ ProofsError::WrongAddress,
    )]
    pub round: State<Round>,
}

impl RoundClose {
    fn validate(&self) -> Result<()> {
        require!(
            self.ring.has_passed(self.round.epoch),
            ProofsError::RoundLive
        );
        Ok(())
    }

    pub fn round_close(&mut self) -> Result<RoundClosed> {
        self.validate()?;
        let event = RoundClosed {
            service: self.round.service,
            round: *self.round.address(),
            payer: self.round.payer,
            epoch: self.round.epoch,
        };
        self.round.close(*self.payer.account())?;
        Ok(event)
    }
}
