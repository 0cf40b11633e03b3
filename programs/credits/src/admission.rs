//! Whom the policy of a service admits to a lease or a group. The rules are core's, the accounts
//! staking's; here their refusals get this program's errors.

use {
    crate::{error::CreditsError, state::State},
    anchor_lang::prelude::*,
    trestle_core::clearance::Refusal,
    trestle_staking::{
        admission::AdmissionParties,
        groups::Admission,
        state::{Operator, Service},
    },
};

/// Refuses what the policy of the operator's service does not admit.
#[inline(always)]
pub fn require_admitted(
    admission: &Admission,
    service: &State<Service>,
    operator: &Operator,
    customer: &Address,
) -> Result<()> {
    let parties = AdmissionParties {
        service: service.address(),
        operator: &operator.authority,
        customer,
    };
    let now = Clock::get()?.unix_timestamp;
    Ok(admission.require(service, &parties, now).map_err(refusal)?)
}

/// The error of a refusal.
fn refusal(refusal: Refusal) -> CreditsError {
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
