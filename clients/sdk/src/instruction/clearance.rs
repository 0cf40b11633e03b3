//! Instructions of the staking program about issuers, clearances and policies, and what others show
//! to be admitted by a policy.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use trestle_staking::{accounts, groups::client, instruction as args};

pub use trestle_staking::state::{ClearanceTerms, IssuerParams, PolicyRules};

use super::build;
use crate::address::{self, STAKING_ID, SYSTEM_PROGRAM_ID};

/// Accounts that show an admission: the policy, then three for each party.
const ADMISSION_ACCOUNTS: usize = 7;

/// What vouches for a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voucher {
    pub issuer: Pubkey,
    /// The issuer's clearance of the wallet, or its attestation.
    pub clearance: Pubkey,
    /// Credential of the attestation.
    pub credential: Option<Pubkey>,
}

/// What operator and customer show where the policy of a service asks for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Admission {
    pub operator: Option<Voucher>,
    pub customer: Option<Voucher>,
}

impl Voucher {
    /// The address of the policy stands where nothing is shown.
    fn accounts(voucher: Option<&Self>, policy: Pubkey) -> client::Voucher {
        client::Voucher {
            issuer: voucher.map_or(policy, |voucher| voucher.issuer),
            clearance: voucher.map_or(policy, |voucher| voucher.clearance),
            credential: voucher
                .and_then(|voucher| voucher.credential)
                .unwrap_or(policy),
        }
    }

    fn read([issuer, clearance, credential]: [Pubkey; 3], policy: Pubkey) -> Option<Self> {
        (issuer != policy || clearance != policy || credential != policy).then_some(Self {
            issuer,
            clearance,
            credential: (credential != policy).then_some(credential),
        })
    }
}

impl Admission {
    pub(super) fn accounts(&self, service: &Pubkey) -> client::Admission {
        let policy = address::policy(service);
        client::Admission {
            policy,
            operator: Voucher::accounts(self.operator.as_ref(), policy),
            customer: Voucher::accounts(self.customer.as_ref(), policy),
        }
    }

    /// What an instruction with these accounts shows, if it shows the policy of this service.
    pub fn read(service: &Pubkey, accounts: &[Pubkey]) -> Option<Self> {
        let policy = address::policy(service);
        let start = accounts.iter().position(|account| *account == policy)?;
        let shown = accounts.get(start..)?.first_chunk::<ADMISSION_ACCOUNTS>()?;
        let [_, a, b, c, d, e, f] = *shown;
        Some(Self {
            operator: Voucher::read([a, b, c], policy),
            customer: Voucher::read([d, e, f], policy),
        })
    }

    /// Whether an account is shown in any place.
    pub fn shows(&self, account: &Pubkey) -> bool {
        [self.operator, self.customer]
            .iter()
            .flatten()
            .any(|voucher| {
                voucher.issuer == *account
                    || voucher.clearance == *account
                    || voucher.credential == Some(*account)
            })
    }
}

/// Signed by the network's authority.
pub fn issuer_admit(authority: &Pubkey, network: &Pubkey, params: IssuerParams) -> Instruction {
    let accounts = accounts::IssuerAdmit {
        authority: *authority,
        network: *network,
        issuer: address::issuer(network, &params.authority),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::IssuerAdmit { params })
}

/// Signed by the network's authority.
pub fn issuer_revoke(authority: &Pubkey, network: &Pubkey, issuer: &Pubkey) -> Instruction {
    let accounts = accounts::IssuerRevoke {
        authority: *authority,
        network: *network,
        issuer: *issuer,
    };
    build(STAKING_ID, &accounts, &args::IssuerRevoke {})
}

/// Clears a wallet, or replaces how it is cleared. Signed by the issuer's key.
pub fn clearance_grant(
    authority: &Pubkey,
    network: &Pubkey,
    subject: &Pubkey,
    terms: ClearanceTerms,
) -> Instruction {
    let issuer = address::issuer(network, authority);
    let accounts = accounts::ClearanceGrant {
        authority: *authority,
        issuer,
        clearance: address::clearance(&issuer, subject),
        system_program: SYSTEM_PROGRAM_ID,
    };
    let args = args::ClearanceGrant {
        subject: *subject,
        terms,
    };
    build(STAKING_ID, &accounts, &args)
}

/// Signed by the issuer's key.
pub fn clearance_revoke(authority: &Pubkey, network: &Pubkey, subject: &Pubkey) -> Instruction {
    let issuer = address::issuer(network, authority);
    let accounts = accounts::ClearanceRevoke {
        authority: *authority,
        issuer,
        clearance: address::clearance(&issuer, subject),
    };
    build(STAKING_ID, &accounts, &args::ClearanceRevoke {})
}

/// Gives the rent of a clearance that counts no longer back to `authority`, its issuer's key.
/// Anybody may send it.
pub fn clearance_close(authority: &Pubkey, network: &Pubkey, subject: &Pubkey) -> Instruction {
    let issuer = address::issuer(network, authority);
    let accounts = accounts::ClearanceClose {
        recipient: *authority,
        issuer,
        clearance: address::clearance(&issuer, subject),
    };
    build(STAKING_ID, &accounts, &args::ClearanceClose {})
}

fn change(network: &Pubkey, service: &Pubkey) -> client::PolicyChange {
    client::PolicyChange {
        network: *network,
        service: *service,
        policy: address::policy(service),
    }
}

/// Signed by the network's authority.
pub fn policy_create(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    rules: PolicyRules,
) -> Instruction {
    let accounts = accounts::PolicyCreate {
        authority: *authority,
        network: *network,
        service: *service,
        policy: address::policy(service),
        system_program: SYSTEM_PROGRAM_ID,
    };
    build(STAKING_ID, &accounts, &args::PolicyCreate { rules })
}

/// Signed by the network's authority.
pub fn policy_change_propose(
    authority: &Pubkey,
    network: &Pubkey,
    service: &Pubkey,
    rules: PolicyRules,
) -> Instruction {
    let accounts = accounts::PolicyChangePropose {
        authority: *authority,
        change: change(network, service),
    };
    build(STAKING_ID, &accounts, &args::PolicyChangePropose { rules })
}

/// Anybody may send it when the change is due.
pub fn policy_change_apply(network: &Pubkey, service: &Pubkey) -> Instruction {
    let accounts = accounts::PolicyChangeApply {
        change: change(network, service),
    };
    build(STAKING_ID, &accounts, &args::PolicyChangeApply {})
}

/// Signed by the network's authority.
pub fn policy_change_cancel(authority: &Pubkey, network: &Pubkey, service: &Pubkey) -> Instruction {
    let accounts = accounts::PolicyChangeCancel {
        authority: *authority,
        change: change(network, service),
    };
    build(STAKING_ID, &accounts, &args::PolicyChangeCancel {})
}
