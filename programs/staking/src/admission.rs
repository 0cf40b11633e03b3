//! Whom the policy of a service admits to what is new, for the programs that open it.
//!
//! Only commitments and leases are opened through here, leases renewed and groups joined. Nothing
//! that pays, settles, refunds or lets somebody leave ever asks for a clearance.

use {
    crate::{
        constants::ATTESTATION_SERVICE_ID,
        groups::{Admission, Voucher},
        state::{Clearance, Issuer, Service, ServicePolicy},
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    trestle_core::{
        attestation::{is_authorized, Attestation},
        clearance::{admits, ClearanceView, PolicyRules, Refusal, Role},
        units::UnixSeconds,
    },
};

/// The two wallets between which something is opened, and for which service.
pub struct AdmissionParties<'a> {
    /// Address of the service.
    pub service: &'a Address,
    /// The wallet that registered the operator.
    pub operator: &'a Address,
    /// The customer.
    pub customer: &'a Address,
}

impl Admission {
    /// Refuses what the policy of the service does not admit. A service without one admits
    /// everybody and looks at none of these accounts.
    #[inline(always)]
    pub fn require(
        &self,
        service: &Service,
        parties: &AdmissionParties,
        now: i64,
    ) -> core::result::Result<(), Refusal> {
        if service.has_policy == 0 {
            return Ok(());
        }
        self.require_cleared(service, parties, UnixSeconds(now))
    }

    #[inline(never)]
    fn require_cleared(
        &self,
        service: &Service,
        parties: &AdmissionParties,
        now: UnixSeconds,
    ) -> core::result::Result<(), Refusal> {
        let data = owned_data(&self.policy, &ID).ok_or(Refusal::WrongPolicy)?;
        let policy: &ServicePolicy = read(&data, Refusal::WrongPolicy)?;
        let is_policy =
            address_eq(&policy.service, parties.service) && policy.is_at(self.policy.address());
        if !is_policy {
            return Err(Refusal::WrongPolicy);
        }
        let check = Check {
            rules: policy.rules.core(),
            network: &service.network,
            now,
        };
        check.role(&self.operator, parties.operator, Role::Operator)?;
        check.role(&self.customer, parties.customer, Role::Customer)
    }
}

/// What both parties are held against.
struct Check<'a> {
    rules: &'a PolicyRules,
    network: &'a Address,
    now: UnixSeconds,
}

impl Check<'_> {
    #[inline(never)]
    fn role(
        &self,
        voucher: &Voucher,
        subject: &Address,
        role: Role,
    ) -> core::result::Result<(), Refusal> {
        if !self.rules.asks(role) {
            return Ok(());
        }
        let data = owned_data(&voucher.issuer, &ID).ok_or(Refusal::WrongIssuer)?;
        let issuer: &Issuer = read(&data, Refusal::WrongIssuer)?;
        let is_issuer =
            address_eq(&issuer.network, self.network) && issuer.is_at(voucher.issuer.address());
        if !is_issuer {
            return Err(Refusal::WrongIssuer);
        }
        if issuer.revoked != 0 {
            return Err(Refusal::IssuerRevoked);
        }
        let view = if issuer.attests() {
            voucher
                .attested(issuer, subject)
                .ok_or(Refusal::NotCleared)?
        } else {
            voucher.cleared(subject)?
        };
        admits(self.rules, &view, role, self.now)
    }
}

impl Voucher {
    /// What the issuer's clearance of this wallet says.
    fn cleared(&self, subject: &Address) -> core::result::Result<ClearanceView, Refusal> {
        let data = owned_data(&self.clearance, &ID).ok_or(Refusal::NotCleared)?;
        let clearance: &Clearance = read(&data, Refusal::NotCleared)?;
        let is_clearance = address_eq(&clearance.issuer, self.issuer.address())
            && address_eq(&clearance.subject, subject)
            && clearance.is_at(self.clearance.address());
        if !is_clearance {
            return Err(Refusal::NotCleared);
        }
        if clearance.revoked != 0 {
            return Err(Refusal::Revoked);
        }
        Ok(clearance.view())
    }

    /// What an attestation of this wallet says, if the issuer's credential still authorizes who
    /// signed it. The service itself sees to it that its accounts stand where they should.
    fn attested(&self, issuer: &Issuer, subject: &Address) -> Option<ClearanceView> {
        let data = owned_data(&self.clearance, &ATTESTATION_SERVICE_ID)?;
        let attestation = Attestation::parse(&data)?;
        let is_about = attestation.nonce == subject.as_array()
            && attestation.credential == issuer.authority.as_array()
            && attestation.schema == issuer.schema.as_array()
            && address_eq(self.credential.address(), &issuer.authority);
        let credential = owned_data(&self.credential, &ATTESTATION_SERVICE_ID)?;
        (is_about && is_authorized(&credential, attestation.signer))
            .then(|| attestation.view(&issuer.reading()))
    }
}

/// The data of an account, if this program owns it.
fn owned_data<'a>(
    account: &'a UncheckedAccount,
    owner: &Address,
) -> Option<impl core::ops::Deref<Target = [u8]> + 'a> {
    let account = account.account();
    account
        .owned_by(owner)
        .then(|| account.try_borrow().ok())
        .flatten()
}

/// An account of this program in its data, or why it is none: of another kind, or of a layout that
/// this program does not know.
fn read<T: Layout>(data: &[u8], other_kind: Refusal) -> core::result::Result<&T, Refusal> {
    let body = data.strip_prefix(T::DISCRIMINATOR).ok_or(other_kind)?;
    if body.first() != Some(&T::VERSION) {
        return Err(Refusal::WrongVersion);
    }
    bytemuck::try_from_bytes(body).map_err(|_| other_kind)
}
