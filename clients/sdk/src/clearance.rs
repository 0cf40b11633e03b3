//! What the policy of a service asks for, and what vouches for a wallet.
//!
//! The rules are the programs' own. A wallet may hold several clearances: the first one that the
//! policy accepts is taken, and if none is, the reason against the last one is given.

use core::mem::offset_of;

use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use thiserror::Error;
use trestle_core::{
    attestation::{is_authorized, Attestation},
    clearance::admits,
    units::UnixSeconds,
};

pub use trestle_core::clearance::{
    ClearanceView, Jurisdiction, Refusal, Role, KINDS_ALL, KIND_AUDIT, KIND_KYB, KIND_KYC,
    KIND_LICENCE, KIND_REGION, MODE_ALLOW, MODE_ANY, MODE_REFUSE,
};

use crate::{
    address::{self, ATTESTATION_SERVICE_ID},
    fetch::{self, fetch_optional, FetchError, Filter, Issuer, ServicePolicy},
    instruction::clearance::{Admission, PolicyRules, Voucher},
    time::{chain_time, TimeError},
};

/// Why nothing vouches for a wallet.
#[derive(Debug, Error)]
pub enum ClearanceError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Time(#[from] TimeError),
    #[error("the service's policy does not admit {subject}: {refusal}")]
    NotCleared { subject: Pubkey, refusal: Refusal },
}

/// What one issuer says about a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    pub voucher: Voucher,
    /// `Err` when it does not count, whatever the policy.
    pub view: Result<ClearanceView, Refusal>,
}

/// Who passes to commitments and leases of a service.
pub struct Gate {
    /// Rules that ask for nothing where there is no policy.
    pub rules: PolicyRules,
    /// The network's issuers; empty where nothing is asked for.
    issuers: Vec<(Pubkey, Issuer)>,
    /// Unix seconds.
    now: i64,
}

impl Gate {
    /// Reads the policy of a service and whose word it takes.
    pub async fn read(
        rpc: &RpcClient,
        network: &Pubkey,
        service: &Pubkey,
    ) -> Result<Self, ClearanceError> {
        let policy: Option<ServicePolicy> = fetch_optional(rpc, &address::policy(service)).await?;
        let rules = policy.map(|policy| policy.rules).unwrap_or_default();
        let asks = rules.operator_kinds | rules.customer_kinds != 0;
        Ok(Self {
            rules,
            issuers: if asks {
                issuers(rpc, network).await?
            } else {
                Vec::new()
            },
            now: chain_time(rpc).await?.unix_seconds,
        })
    }

    /// What admits a wallet in a role; `None` if nothing is needed.
    pub async fn voucher(
        &self,
        rpc: &RpcClient,
        role: Role,
        subject: &Pubkey,
    ) -> Result<Option<Voucher>, ClearanceError> {
        let rules = self.rules.core();
        if !rules.asks(role) {
            return Ok(None);
        }
        let mut refusal = Refusal::NotCleared;
        for statement in statements(rpc, &self.issuers, subject).await? {
            let now = UnixSeconds(self.now);
            let verdict = statement
                .view
                .and_then(|view| admits(rules, &view, role, now));
            match verdict {
                Ok(()) => return Ok(Some(statement.voucher)),
                Err(reason) => refusal = reason,
            }
        }
        Err(ClearanceError::NotCleared {
            subject: *subject,
            refusal,
        })
    }

    /// What admits both parties to something new. `operator` is the wallet that registered it.
    pub async fn admission(
        &self,
        rpc: &RpcClient,
        operator: &Pubkey,
        customer: &Pubkey,
    ) -> Result<Admission, ClearanceError> {
        Ok(Admission {
            operator: self.voucher(rpc, Role::Operator, operator).await?,
            customer: self.voucher(rpc, Role::Customer, customer).await?,
        })
    }
}

/// Every issuer of a network, revoked ones included.
pub async fn issuers(
    rpc: &RpcClient,
    network: &Pubkey,
) -> Result<Vec<(Pubkey, Issuer)>, FetchError> {
    let filter = Filter::address(offset_of!(Issuer, network), network);
    fetch::list(rpc, &[filter]).await
}

/// What these issuers say about a wallet; nothing of those that say nothing.
pub async fn statements(
    rpc: &RpcClient,
    issuers: &[(Pubkey, Issuer)],
    subject: &Pubkey,
) -> Result<Vec<Statement>, FetchError> {
    let mut found = Vec::new();
    for (address, issuer) in issuers {
        let statement = if issuer.attests() {
            attested(rpc, address, issuer, subject).await?
        } else {
            cleared(rpc, address, issuer, subject).await?
        };
        found.extend(statement);
    }
    Ok(found)
}

async fn cleared(
    rpc: &RpcClient,
    address: &Pubkey,
    issuer: &Issuer,
    subject: &Pubkey,
) -> Result<Option<Statement>, FetchError> {
    let voucher = Voucher {
        issuer: *address,
        clearance: address::clearance(address, subject),
        credential: None,
    };
    let clearance: Option<fetch::Clearance> = fetch_optional(rpc, &voucher.clearance).await?;
    Ok(clearance.map(|clearance| Statement {
        voucher,
        view: match (issuer.revoked, clearance.revoked) {
            (0, 0) => Ok(clearance.view()),
            (0, _) => Err(Refusal::Revoked),
            _ => Err(Refusal::IssuerRevoked),
        },
    }))
}

async fn attested(
    rpc: &RpcClient,
    address: &Pubkey,
    issuer: &Issuer,
    subject: &Pubkey,
) -> Result<Option<Statement>, FetchError> {
    let credential = issuer.authority;
    let voucher = Voucher {
        issuer: *address,
        clearance: address::attestation(&credential, &issuer.schema, subject),
        credential: Some(credential),
    };
    let Some(account) = service_account(rpc, &voucher.clearance, "attestation").await? else {
        return Ok(None);
    };
    let Some(attestation) = Attestation::parse(&account.data) else {
        return Ok(None);
    };
    let signers = service_account(rpc, &credential, "credential").await?;
    let authorized =
        signers.is_some_and(|signers| is_authorized(&signers.data, attestation.signer));
    Ok(Some(Statement {
        voucher,
        view: match (issuer.revoked, authorized) {
            (0, true) => Ok(attestation.view(&issuer.reading())),
            (0, false) => Err(Refusal::NotCleared),
            _ => Err(Refusal::IssuerRevoked),
        },
    }))
}

/// An account of the Solana Attestation Service, if there is one.
async fn service_account(
    rpc: &RpcClient,
    address: &Pubkey,
    what: &'static str,
) -> Result<Option<Account>, FetchError> {
    let account = fetch::raw(rpc, address, what).await?;
    Ok(account.filter(|account| account.owner == ATTESTATION_SERVICE_ID))
}
