//! Whom the policy of a service admits to a commitment. The rules are core's, the accounts
//! staking's; here their refusals get this program's errors.

use {crate::error::ProofsError, trestle_core::clearance::Refusal};

/// The error of a refusal.
pub fn refusal(refusal: Refusal) -> ProofsError {
    match refusal {
        Refusal::WrongPolicy => ProofsError::WrongPolicy,
        Refusal::WrongIssuer => ProofsError::WrongIssuer,
        Refusal::IssuerRevoked => ProofsError::IssuerRevoked,
        Refusal::NotCleared => ProofsError::NotCleared,
        Refusal::Revoked => ProofsError::ClearanceRevoked,
        Refusal::Expired => ProofsError::ClearanceExpired,
        Refusal::KindsMissing => ProofsError::KindNotCleared,
        Refusal::Jurisdiction => ProofsError::JurisdictionRefused,
        Refusal::AuditTier => ProofsError::AuditTierTooLow,
        Refusal::WrongVersion => ProofsError::WrongVersion,
    }
}
