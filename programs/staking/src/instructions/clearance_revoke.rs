//! Revoke a clearance.
//!
//! The issuer takes its word back before the date. The wallet can open nothing new with it; what it
//! has opened goes on.
//!
//! Specification:
//! - Only its issuer can revoke a clearance.
//! - A clearance that is revoked already is refused.
//! - An issuer that the network has revoked can still revoke.

use {
    crate::{
        error::StakingError,
        event::ClearanceRevoked,
        state::{Clearance, Issuer, State},
    },
    anchor_lang::prelude::*,
};

#[derive(Accounts)]
pub struct ClearanceRevoke {
    /// The issuer's key.
    #[account(address = issuer.authority @ StakingError::NotIssuer)]
    pub authority: Signer,
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

impl ClearanceRevoke {
    pub fn clearance_revoke(&mut self) -> Result<ClearanceRevoked> {
        self.clearance.revoke()?;
        self.clearance.invariant()?;
        Ok(ClearanceRevoked {
            issuer: *self.issuer.address(),
            subject: self.clearance.subject,
            clearance: *self.clearance.address(),
        })
    }
}
