//! What `trestle lease group` prints.

use std::fmt;

use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::lease::Reason;
use trestle_credits::{
    constants::{LEASE_ACTIVE, LEASE_ENDING},
    state::GroupMember,
};
use trestle_sdk::{
    address::CREDITS_ID,
    encoding::string,
    event::{credits::LeaseGroupSettled, find},
    fetch::LeaseGroup,
};

use crate::{
    send::{fmt_head, Transaction},
    text::{percent, row, CreditsText},
};

use super::lease_output::{LeaseStatus, StepText};

/// One lease group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupOutput {
    pub group: String,
    #[serde(with = "string")]
    pub id: u64,
    pub customer: String,
    pub service: String,
    pub status: LeaseStatus,
    /// Operators that are paid for at most.
    pub needed: u8,
    pub members_max: u8,
    pub members: Vec<GroupMemberText>,
    /// For all that one operator can deliver.
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
    pub escrow: CreditsText,
    pub consumed: CreditsText,
    pub refunded: CreditsText,
    /// Service credits; they are part of what was refunded.
    pub credited: CreditsText,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMemberText {
    pub operator: String,
    pub commitment: String,
    /// First epoch that it can be paid for.
    #[serde(with = "string")]
    pub first_epoch: u64,
    /// Last epoch that it serves, where its commitment has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_epoch: Option<String>,
    /// What it delivered in the running period, once that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<WindowsText>,
}

/// Good windows among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowsText {
    pub windows_ok: u32,
    pub windows_total: u32,
    /// Epochs of declared maintenance: what was missed in them gives no service credit.
    #[serde(skip_serializing_if = "is_zero")]
    pub excused_epochs: u16,
}

/// `lease group list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupListOutput {
    pub groups: Vec<GroupOutput>,
}

/// What `lease group` commands print that write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupWriteOutput {
    pub group: String,
    pub action: GroupAction,
    /// What the program paid, period by period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settlements: Vec<GroupSettlementText>,
    /// The group afterwards, where it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<GroupOutput>,
    pub transactions: Vec<Transaction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupAction {
    Open,
    Join,
    Record,
    Settle,
    End,
    Close,
}

/// One settled period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupSettlementText {
    /// Its last epoch.
    #[serde(with = "string")]
    pub epoch: u64,
    #[serde(with = "string")]
    pub epochs: u64,
    pub consumed: CreditsText,
    pub refunded: CreditsText,
    /// The service credit.
    pub credited: CreditsText,
    /// What each member earned, by place.
    pub earned: Vec<CreditsText>,
}

impl GroupSettlementText {
    /// Out of what the program says, of a transaction or of its simulation.
    pub(super) fn of(transaction: &Transaction) -> Option<Self> {
        let events = find::<LeaseGroupSettled>(&transaction.event_logs, &CREDITS_ID);
        let event = events.first()?;
        let count = usize::from(event.member_count);
        let earned = event.earned.iter().take(count);
        Some(Self {
            epoch: event.epoch,
            epochs: event.epochs,
            consumed: CreditsText::new(event.consumed),
            refunded: CreditsText::new(event.refunded),
            credited: CreditsText::new(event.credit),
            earned: earned.map(|credits| CreditsText::new(*credits)).collect(),
        })
    }
}

impl fmt::Display for GroupSettlementText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} used, {} refunded", self.consumed, self.refunded)?;
        if self.credited.credits > 0 {
            write!(f, ", {} of it credited", self.credited)?;
        }
        Ok(())
    }
}

impl fmt::Display for GroupMemberText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, from epoch {}", self.operator, self.first_epoch)?;
        if let Some(epoch) = &self.last_epoch {
            write!(f, ", serves to epoch {epoch}")?;
        }
        if let Some(windows) = &self.recorded {
            let (ok, total) = (windows.windows_ok, windows.windows_total);
            write!(f, ", {ok} of {total} windows recorded")?;
            if windows.excused_epochs > 0 {
                write!(f, ", maintenance in {} epochs", windows.excused_epochs)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for GroupOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Group", format!("{} (number {})", self.group, self.id))?;
        row(f, "Customer", &self.customer)?;
        match &self.reason {
            Some(reason) => row(f, "Status", format!("{}: {reason}", self.status))?,
            None => row(f, "Status", self.status)?,
        }
        let (needed, most) = (self.needed, self.members_max);
        row(f, "Operators", format!("{needed} needed of {most}"))?;
        for (number, member) in self.members.iter().enumerate() {
            row(f, &format!("  member {}", number.saturating_add(1)), member)?;
        }
        let rate = &self.rate_per_epoch;
        row(f, "Price", format!("{rate} an epoch and operator"))?;
        let (start, end) = (self.start_epoch, self.end_epoch);
        row(f, "Epochs", format!("{start} to {end}"))?;
        row(f, "Settled", format!("to epoch {}", self.settled_epoch))?;
        let level = percent(self.sla_bps.into());
        let back = percent(self.credit_bps.into());
        let level = format!("{level} of what {needed} deliver, else {back} back");
        row(f, "Service level", level)?;
        for step in &self.deeper_steps {
            let level = percent(step.below_bps.into());
            let back = percent(step.credit_bps.into());
            row(f, "", format!("below {level} instead {back} back"))?;
        }
        let cap = percent(self.credit_cap_bps.into());
        row(f, "Credit cap", format!("{cap} of the group's price"))?;
        row(f, "Notice", format!("{} epochs", self.notice_epochs))?;
        row(f, "Left", &self.escrow)?;
        row(f, "Used", &self.consumed)?;
        row(f, "Refunded", &self.refunded)?;
        row(f, "Credited", &self.credited)
    }
}

impl fmt::Display for GroupListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.groups.is_empty() {
            return writeln!(f, "No lease groups.");
        }
        for one in &self.groups {
            writeln!(
                f,
                "{}  {}  {} of {} needed  epochs {} to {}, settled to {}  left {}",
                one.group,
                one.status,
                one.needed,
                one.members.len(),
                one.start_epoch,
                one.end_epoch,
                one.settled_epoch,
                one.escrow
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for GroupWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_head(&self.transactions, f)?;
        match &self.state {
            Some(state) => state.fmt(f)?,
            None => row(f, "Group", &self.group)?,
        }
        if self.action == GroupAction::Close {
            row(f, "Lease group", "closed")?;
        }
        for one in &self.settlements {
            row(f, &format!("  to epoch {}", one.epoch), one)?;
            for (number, earned) in one.earned.iter().enumerate() {
                row(
                    f,
                    &format!("    member {}", number.saturating_add(1)),
                    earned,
                )?;
            }
        }
        self.transactions.iter().try_for_each(|one| one.fmt(f))
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over by reference"
)]
const fn is_zero(epochs: &u16) -> bool {
    *epochs == 0
}

impl GroupMemberText {
    fn new(member: &GroupMember) -> Self {
        let windows = WindowsText {
            windows_ok: member.delivered_ok,
            windows_total: member.delivered_total,
            excused_epochs: member.excused_epochs,
        };
        Self {
            operator: member.operator.to_string(),
            commitment: member.commitment.to_string(),
            first_epoch: member.first_epoch,
            last_epoch: (member.last_epoch < u64::MAX).then(|| member.last_epoch.to_string()),
            recorded: (member.recorded == 1).then_some(windows),
        }
    }
}

impl GroupOutput {
    pub(super) fn new(address: &Pubkey, group: &LeaseGroup) -> Self {
        let used = group.deeper_steps.iter().filter(|step| step.below_bps > 0);
        let deeper_steps = used.map(|step| StepText {
            below_bps: step.below_bps,
            credit_bps: step.credit_bps,
        });
        let reason = Reason::from_code(group.reason).filter(|reason| *reason != Reason::None);
        Self {
            group: address.to_string(),
            id: group.id,
            customer: group.customer.to_string(),
            service: group.service.to_string(),
            status: match group.status {
                LEASE_ACTIVE => LeaseStatus::Active,
                LEASE_ENDING => LeaseStatus::Ending,
                _ => LeaseStatus::Settled,
            },
            needed: group.needed,
            members_max: group.members_max,
            members: group.members().iter().map(GroupMemberText::new).collect(),
            rate_per_epoch: CreditsText::new(group.rate_per_epoch),
            start_epoch: group.start_epoch,
            end_epoch: group.end_epoch,
            settled_epoch: group.settled_epoch,
            period_epochs: group.period_epochs,
            sla_bps: group.sla_bps,
            credit_bps: group.credit_bps,
            deeper_steps: deeper_steps.collect(),
            credit_cap_bps: group.credit_cap_bps,
            notice_epochs: group.notice_epochs,
            reason: reason.map(|reason| reason.to_string()),
            escrow: CreditsText::new(group.escrow),
            consumed: CreditsText::new(group.consumed),
            refunded: CreditsText::new(group.refunded),
            credited: CreditsText::new(group.credited),
        }
    }
}
