//! Close a clearance that counts no longer.
//!
//! Specification:
//! - Anybody can close it when it has expired or was revoked.
//! - The rent goes back to the issuer's key, which paid it.

use {
    crate::{
        error::StakingError,
        event::ClearanceClosed,
        state::{Clearance, Issuer, State},
    },
    anchor_lang::{prelude::*, AccountClose},
};

#[derive(Accounts)]
pub struct ClearanceClose {
    /// The issuer's key: receives the rent.
    #[account(mut, address = issuer.authority @ StakingError::WrongRecipient)]
    pub recipient: UncheckedAccount,
    /// The issuer.
    #[account(
        constraint = issuer.is_at(issuer.address()) @ StakingError::WrongAddress,
        address = clearance.issuer @ StakingError::WrongIssuer,
    )]
    pub issuer: State<Issuer>,
    /// The clearance.
    #[account(mut, constraint = clearance.is_at(clearance.address()) @ StakingError::WrongAddress)]
    pub clearance: State<Clearance>,
}

impl ClearanceClose {
    pub fn clearance_close(&mut self) -> Result<ClearanceClosed> {
        self.clearance
            .check_closable(Clock::get()?.unix_timestamp)?;
        let event = ClearanceClosed {
            issuer: *self.issuer.address(),
            subject: self.clearance.subject,
            clearance: *self.clearance.address(),
        };
        self.clearance.close(*self.recipient.account())?;
        Ok(event)
    }
}
