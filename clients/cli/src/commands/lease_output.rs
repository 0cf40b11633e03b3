//! What `trestle lease` prints.

use std::fmt;

use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::lease::{Reason, Verdict};
use trestle_credits::constants::{LEASE_ACTIVE, LEASE_ENDING};
use trestle_sdk::{
    address::CREDITS_ID,
    encoding::string,
    event::{credits::LeaseSettled, find},
    fetch::Lease,
};

use crate::{
    send::{fmt_head, Transaction},
    text::{percent, row, CreditsText},
};

/// One lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseOutput {
    pub commitment: String,
    pub lease: String,
    pub customer: String,
    pub operator: String,
    pub status: LeaseStatus,
    pub rate_per_epoch: CreditsText,
    #[serde(with = "string")]
    pub start_epoch: u64,
    #[serde(with = "string")]
    pub end_epoch: u64,
    #[serde(with = "string")]
    pub settled_epoch: u64,
    pub period_epochs: u32,
    pub sla_bps: u16,
    pub credit_bps: u16,
    /// What worse availability gives back instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deeper_steps: Vec<StepText>,
    pub credit_cap_bps: u16,
    pub notice_epochs: u16,
    /// Why it ends before its term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Epochs by which the customer may extend it without the operator, at `renewal_rate`.
    #[serde(with = "string")]
    pub renewal_epochs: u64,
    pub renewal_rate: CreditsText,
    pub escrow: CreditsText,
    pub consumed: CreditsText,
    pub refunded: CreditsText,
    /// Service credits; they are part of what was refunded.
    pub credited: CreditsText,
}

/// A deeper step of the schedule of service credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepText {
    pub below_bps: u16,
    pub credit_bps: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaseStatus {
    Active,
    Ending,
    Settled,
}

/// `lease list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeaseListOutput {
    pub leases: Vec<LeaseOutput>,
}

/// `lease settle`, `lease end`, `lease close`, `lease renew` and `lease transfer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseWriteOutput {
    pub commitment: String,
    pub action: LeaseAction,
    /// Epochs of the roots that it was settled with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub epochs: Vec<String>,
    /// What the programs found, root by root.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settlements: Vec<SettlementText>,
    /// The lease afterwards, where it still exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseOutput>,
    pub transactions: Vec<Transaction>,
}

/// What one root showed of a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementText {
    #[serde(with = "string")]
    pub epoch: u64,
    pub verdict: String,
    pub windows_ok: u32,
    pub windows_total: u32,
    /// Paid to the operator's side.
    pub consumed: CreditsText,
    /// The service credit.
    pub credited: CreditsText,
}

impl SettlementText {
    /// Out of what the program says, of a transaction or of its simulation.
    pub(super) fn of(transaction: &Transaction) -> Option<Self> {
        let events = find::<LeaseSettled>(&transaction.event_logs, &CREDITS_ID);
        let event = events.first()?;
        Some(Self {
            epoch: event.epoch,
            verdict: Verdict::from_code(event.verdict)?.to_string(),
            windows_ok: event.windows_ok,
            windows_total: event.windows_total,
            consumed: CreditsText::new(event.consumed),
            credited: CreditsText::new(event.credit),
        })
    }
}

impl fmt::Display for SettlementText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let windows = format!("{} of {} windows", self.windows_ok, self.windows_total);
        write!(f, "{}, {windows}, {} used", self.verdict, self.consumed)?;
        if self.credited.credits > 0 {
            write!(f, ", {} credited", self.credited)?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaseAction {
    Settle,
    End,
    Close,
    Renew,
    Transfer,
}

impl fmt::Display for LeaseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Ending => "ending",
            Self::Settled => "settled",
        })
    }
}

impl fmt::Display for LeaseOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Commitment", &self.commitment)?;
        row(f, "Lease", &self.lease)?;
        row(f, "Customer", &self.customer)?;
        row(f, "Operator", &self.operator)?;
        match &self.reason {
            Some(reason) => row(f, "Status", format!("{}: {reason}", self.status))?,
            None => row(f, "Status", self.status)?,
        }
        row(f, "Price", format!("{} an epoch", self.rate_per_epoch))?;
        row(
            f,
            "Epochs",
            format!("{} to {}", self.start_epoch, self.end_epoch),
        )?;
        row(f, "Settled", format!("to epoch {}", self.settled_epoch))?;
        let level = percent(self.sla_bps.into());
        let back = percent(self.credit_bps.into());
        row(
            f,
            "Service level",
            format!("{level} good windows, else {back} back"),
        )?;
        for step in &self.deeper_steps {
            let level = percent(step.below_bps.into());
            let back = percent(step.credit_bps.into());
            row(f, "", format!("below {level} instead {back} back"))?;
        }
        let cap = percent(self.credit_cap_bps.into());
        row(f, "Credit cap", format!("{cap} of the lease's price"))?;
        row(f, "Notice", format!("{} epochs", self.notice_epochs))?;
        if self.renewal_epochs > 0 {
            let (epochs, rate) = (self.renewal_epochs, &self.renewal_rate);
            row(f, "Renewal", format!("{epochs} epochs more at {rate} each"))?;
        }
        row(f, "Left", &self.escrow)?;
        row(f, "Used", &self.consumed)?;
        row(f, "Refunded", &self.refunded)?;
        row(f, "Credited", &self.credited)
    }
}

impl fmt::Display for LeaseListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.leases.is_empty() {
            return writeln!(f, "No leases.");
        }
        for one in &self.leases {
            writeln!(
                f,
                "{}  {}  epochs {} to {}, settled to {}  left {}",
                one.commitment,
                one.status,
                one.start_epoch,
                one.end_epoch,
                one.settled_epoch,
                one.escrow
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for LeaseWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_head(&self.transactions, f)?;
        match &self.lease {
            Some(lease) => lease.fmt(f)?,
            None => row(f, "Commitment", &self.commitment)?,
        }
        match self.action {
            LeaseAction::Settle => row(f, "Settled with", epochs_text(&self.epochs))?,
            LeaseAction::End | LeaseAction::Renew | LeaseAction::Transfer => {}
            LeaseAction::Close => row(f, "Lease", "closed")?,
        }
        for one in &self.settlements {
            row(f, &format!("  epoch {}", one.epoch), one)?;
        }
        self.transactions.iter().try_for_each(|one| one.fmt(f))
    }
}

fn epochs_text(epochs: &[String]) -> String {
    if epochs.is_empty() {
        "no root: nothing was left to pay for".to_string()
    } else {
        format!("the roots of epochs {}", epochs.join(", "))
    }
}

impl LeaseOutput {
    pub(super) fn new(address: &Pubkey, lease: &Lease) -> Self {
        let used = lease.deeper_steps.iter().filter(|step| step.below_bps > 0);
        let deeper_steps = used.map(|step| StepText {
            below_bps: step.below_bps,
            credit_bps: step.credit_bps,
        });
        let reason = Reason::from_code(lease.reason).filter(|reason| *reason != Reason::None);
        Self {
            commitment: lease.commitment.to_string(),
            lease: address.to_string(),
            customer: lease.customer.to_string(),
            operator: lease.operator.to_string(),
            status: match lease.status {
                LEASE_ACTIVE => LeaseStatus::Active,
                LEASE_ENDING => LeaseStatus::Ending,
                _ => LeaseStatus::Settled,
            },
            rate_per_epoch: CreditsText::new(lease.rate_per_epoch),
            start_epoch: lease.start_epoch,
            end_epoch: lease.end_epoch,
            settled_epoch: lease.settled_epoch(),
            period_epochs: lease.period_epochs,
            sla_bps: lease.sla_bps,
            credit_bps: lease.credit_bps,
            deeper_steps: deeper_steps.collect(),
            credit_cap_bps: lease.credit_cap_bps,
            notice_epochs: lease.notice_epochs,
            reason: reason.map(|reason| reason.to_string()),
            renewal_epochs: lease.renewal_epochs,
            renewal_rate: CreditsText::new(lease.renewal_rate),
            escrow: CreditsText::new(lease.escrow),
            consumed: CreditsText::new(lease.consumed),
            refunded: CreditsText::new(lease.refunded),
            credited: CreditsText::new(lease.credited),
        }
    }
}
