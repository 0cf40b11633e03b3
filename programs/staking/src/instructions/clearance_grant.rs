//! Grant a clearance.
//!
//! The issuer vouches for a wallet until a date. Granting again replaces what was granted before:
//! so a clearance is renewed, narrowed or widened.
//!
//! Specification:
//! - Only the issuer can grant, and it pays the rent.
//! - An issuer that the network has revoked, or whose word is attestations, cannot grant.
//! - Kinds that the network did not admit the issuer for are refused.
//! - A jurisdiction is stated exactly with the kind for it, and so is an audit tier.
//! - A clearance ends in the future, within five years.
//! - A new grant replaces an earlier one, also a revoked one.

#![allow(
    unused_variables,
    reason = "the derive binds the arguments in a place that does not use them"
)]

use {
    crate::{
        error::StakingError,
        event::ClearanceGranted,
        state::{Clearance, ClearanceTerms, Issuer, State},
    },
    anchor_lang::prelude::*,
    trestle_core::seeds::SEED_CLEARANCE,
};

#[derive(Accounts)]
#[instruction(subject: Address)]
pub struct ClearanceGrant {
    /// The issuer's key, which pays the rent.
    #[account(mut, address = issuer.authority @ StakingError::NotIssuer)]
    pub authority: Signer,
    /// The issuer.
    #[account(constraint = issuer.is_at(issuer.address()) @ StakingError::WrongAddress)]
    pub issuer: State<Issuer>,
    /// The clearance of the wallet, new or to be replaced.
    #[account(
        init_if_needed, payer = authority,
        seeds = [SEED_CLEARANCE, issuer.address().as_ref(), subject.as_ref()],
        bump,
    )]
    pub clearance: State<Clearance>,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl ClearanceGrant {
    fn validate(&self, terms: &ClearanceTerms, now: i64) -> Result<()> {
        self.issuer.require_trusted()?;
        require!(!self.issuer.attests(), StakingError::NotNativeIssuer);
        terms.validate(self.issuer.kinds, now)
    }

    pub fn clearance_grant(
        &mut self,
        subject: Address,
        terms: &ClearanceTerms,
        bumps: &ClearanceGrantBumps,
    ) -> Result<ClearanceGranted> {
        let now = Clock::get()?.unix_timestamp;
        self.validate(terms, now)?;
        let issuer = *self.issuer.address();
        self.clearance
            .grant(bumps.clearance, issuer, subject, terms, now);
        self.clearance.invariant()?;
        Ok(ClearanceGranted {
            issuer,
            subject,
            clearance: *self.clearance.address(),
            issued_at: now,
            expires_at: terms.expires_at,
            kinds: terms.kinds,
            jurisdiction: terms.jurisdiction,
            audit_tier: terms.audit_tier,
            _pad: 0,
        })
    }
}
