//! A clearance: what an issuer vouches for about a wallet, until a date.

use {
    crate::{
        constants::{CLEARANCE_SECONDS_MAX, VERSION},
        error::StakingError,
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    core::mem::{offset_of, size_of},
    trestle_core::{
        clearance::{ClearanceView, Jurisdiction, KINDS_ALL, KIND_AUDIT, KIND_REGION},
        seeds::SEED_CLEARANCE,
        units::UnixSeconds,
    },
};

/// PDA `["clearance", issuer, subject]`.
#[account]
pub struct Clearance {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 once its issuer has taken it back.
    pub revoked: u8,
    /// Tier of the audit; zero without one.
    pub audit_tier: u8,
    /// Kinds that the issuer vouches for.
    pub kinds: u32,
    /// The issuer.
    pub issuer: Address,
    /// The wallet that is cleared.
    pub subject: Address,
    /// Unix seconds of the newest grant.
    pub issued_at: i64,
    /// Unix seconds from which it no longer counts.
    pub expires_at: i64,
    /// Two capital letters, the first one in the higher byte; zero when none is stated.
    pub jurisdiction: u16,
    /// Zero.
    pub _pad: [u8; 6],
}

const _: () = assert!(size_of::<Clearance>() == 96);
const _: () = assert!(offset_of!(Clearance, issuer) == 8);
const _: () = assert!(offset_of!(Clearance, subject) == 40);
const _: () = assert!(offset_of!(Clearance, jurisdiction) == 88);

impl Layout for Clearance {
    const VERSION: u8 = VERSION;
}

/// What an issuer vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct ClearanceTerms {
    /// Kinds, all of which the issuer may vouch for.
    pub kinds: u32,
    /// Two capital letters, the first one in the higher byte; zero without the kind for it.
    pub jurisdiction: u16,
    /// Above zero with the kind for it, zero without.
    pub audit_tier: u8,
    /// Unix seconds, at most five years ahead.
    pub expires_at: i64,
}

impl ClearanceTerms {
    /// Refuses what this issuer may not grant, and what contradicts itself.
    pub fn validate(&self, grantable: u32, now: i64) -> Result<()> {
        require!(
            self.kinds != 0 && self.kinds & !KINDS_ALL == 0,
            StakingError::BadKinds
        );
        require!(self.kinds & !grantable == 0, StakingError::KindNotGrantable);
        let jurisdiction =
            Jurisdiction::unpack(self.jurisdiction).ok_or(StakingError::BadJurisdiction)?;
        require!(
            jurisdiction.is_stated() == (self.kinds & KIND_REGION != 0),
            StakingError::BadJurisdiction
        );
        require!(
            (self.audit_tier > 0) == (self.kinds & KIND_AUDIT != 0),
            StakingError::BadAuditTier
        );
        let latest = now
            .checked_add(CLEARANCE_SECONDS_MAX)
            .ok_or(StakingError::MathOverflow)?;
        require!(
            self.expires_at > now && self.expires_at <= latest,
            StakingError::BadExpiry
        );
        Ok(())
    }
}

impl Clearance {
    /// Writes a grant, over an earlier one if there is one, revoked or not.
    pub fn grant(
        &mut self,
        bump: u8,
        issuer: Address,
        subject: Address,
        terms: &ClearanceTerms,
        now: i64,
    ) {
        self.version = VERSION;
        self.bump = bump;
        self.revoked = 0;
        self.audit_tier = terms.audit_tier;
        self.kinds = terms.kinds;
        self.issuer = issuer;
        self.subject = subject;
        self.issued_at = now;
        self.expires_at = terms.expires_at;
        self.jurisdiction = terms.jurisdiction;
    }

    /// Whether `address` is the one that issuer and wallet give.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [SEED_CLEARANCE, self.issuer.as_ref(), self.subject.as_ref()];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// What it says, for the rules of a policy.
    pub fn view(&self) -> ClearanceView {
        ClearanceView {
            kinds: self.kinds,
            jurisdiction: Jurisdiction::unpack(self.jurisdiction).unwrap_or_default(),
            audit_tier: self.audit_tier,
            expires_at: UnixSeconds(self.expires_at),
        }
    }

    /// Takes it back.
    pub fn revoke(&mut self) -> Result<()> {
        require!(self.revoked == 0, StakingError::ClearanceRevoked);
        self.revoked = 1;
        Ok(())
    }

    /// Refuses while it can still count.
    pub fn check_closable(&self, now: i64) -> Result<()> {
        let is_over = self.revoked != 0 || now >= self.expires_at;
        require!(is_over, StakingError::ClearanceLive);
        Ok(())
    }

    /// What holds after every instruction that changes a clearance.
    ///
    /// - It has this layout and kinds that exist.
    /// - It was granted before it expires.
    /// - Revoked is on or off.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && self.kinds != 0
            && self.kinds & !KINDS_ALL == 0
            && self.issued_at < self.expires_at
            && self.revoked <= 1;
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}
