//! What `trestle delegation` prints.

use std::fmt;

use serde::Serialize;
use trestle_sdk::encoding::string;

use crate::{
    commands::stake::TicketText,
    send::Transaction,
    text::{percent, relative, row, TokenText},
};

/// `delegation pool-open` and `operator commission`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommissionOutput {
    pub operator: String,
    pub pool: String,
    pub commission_bps: u16,
    /// First epoch in which the commission counts.
    #[serde(with = "string")]
    pub from_epoch: u64,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// Who is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DelegationPayAction {
    /// One delegator, out of the vault of all.
    Claim,
    /// All delegators of an operator, into that vault.
    Pay,
}

/// `delegation claim` and `delegation pay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DelegationClaimOutput {
    pub action: DelegationPayAction,
    pub operator: String,
    pub tokens: TokenText,
    pub stable: TokenText,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `delegation close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DelegationCloseOutput {
    pub operator: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `delegation show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DelegationOutput {
    pub operator: String,
    pub delegator: String,
    /// What the delegation's shares are worth.
    pub delegated: TokenText,
    /// Earned and not claimed.
    pub tokens: TokenText,
    pub stable: TokenText,
    pub unbonding: Vec<TicketText>,
    pub pool: PoolTerms,
}

/// What an operator offers its delegators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolTerms {
    pub commission_bps: u16,
    /// A commission that is announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextCommission>,
    /// What all delegators have with it.
    pub delegated: TokenText,
}

/// A commission that is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NextCommission {
    pub commission_bps: u16,
    /// First epoch in which it counts.
    #[serde(with = "string")]
    pub from_epoch: u64,
}

/// `delegation list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DelegationListOutput {
    pub delegations: Vec<DelegationOutput>,
}

impl fmt::Display for CommissionOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Operator", &self.operator)?;
        row(f, "Pool", &self.pool)?;
        row(f, "Commission", percent(self.commission_bps.into()))?;
        row(f, "Counts", format!("from epoch {}", self.from_epoch))?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for DelegationClaimOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            DelegationPayAction::Claim => "Claimed",
            DelegationPayAction::Pay => "Paid to delegators",
        };
        row(f, label, &self.tokens)?;
        row(f, "", &self.stable)?;
        row(f, "Operator", &self.operator)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for DelegationCloseOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Closed", "the delegation; its rent came back")?;
        row(f, "Operator", &self.operator)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for DelegationOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Operator", &self.operator)?;
        row(f, "Delegator", &self.delegator)?;
        row(f, "Delegated", &self.delegated)?;
        row(f, "Earned", &self.tokens)?;
        row(f, "", &self.stable)?;
        for ticket in &self.unbonding {
            let when = relative(ticket.unlock_at, ticket.now);
            row(
                f,
                "Unbonding",
                format!("{}, available {when}", ticket.amount),
            )?;
        }
        self.pool.fmt(f)
    }
}

impl fmt::Display for PoolTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Commission", percent(self.commission_bps.into()))?;
        if let Some(next) = &self.next {
            let bps = percent(next.commission_bps.into());
            row(f, "", format!("{bps} from epoch {}", next.from_epoch))?;
        }
        row(f, "Delegated by all", &self.delegated)
    }
}

impl fmt::Display for DelegationListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.delegations.is_empty() {
            return writeln!(f, "Nothing is delegated.");
        }
        for one in &self.delegations {
            writeln!(
                f,
                "{}  {}  earned {} and {}",
                one.operator, one.delegated, one.tokens, one.stable
            )?;
        }
        Ok(())
    }
}
