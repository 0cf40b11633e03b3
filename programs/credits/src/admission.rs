//! Whom the policy of a service admits to a lease. The rules are core's, the accounts
//! staking's; here their refusals get this program's errors.

use {crate::error::CreditsError, trestle_core::clearance::Refusal};

/// The error of a refusal.
pub fn refusal(refusal: Refusal) -> CreditsError {
    match refusal {
        Refusal::WrongPolicy => CreditsError::WrongPolicy,
        Refusal::WrongIssuer => CreditsError::WrongIssuer,
        Refusal::IssuerRevoked => CreditsError::IssuerRevoked,
        Refusal::NotCleared => CreditsError::NotCleared,
        Refusal::Revoked => CreditsError::ClearanceRevoked,
        Refusal::Expired => CreditsError::ClearanceExpired,
        Refusal::KindsMissing => CreditsError::KindNotCleared,
        Refusal::Jurisdiction => CreditsError::JurisdictionRefused,
        Refusal::AuditTier => CreditsError::AuditTierTooLow,
        Refusal::WrongVersion => CreditsError::WrongVersion,
    }
}
