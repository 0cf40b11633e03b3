//! What `trestle reward` prints.

use std::fmt;

use serde::Serialize;

use crate::{
    send::{fmt_head, Transaction},
    text::{percent, row, TokenText},
};

/// `reward show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RewardOutput {
    pub operator: String,
    pub payout: String,
    /// Epoch of the newest final root, which the next two come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    pub earned: TokenText,
    pub due: TokenText,
    /// What it owes of slashes, which is taken of what it is due and of what is held.
    pub slash_owed: TokenText,
    /// What was granted so far; the next two are the parts of it that have not gone out.
    pub paid: TokenText,
    /// What a new operator gets when it is older.
    pub held: TokenText,
    /// What of it is old enough now.
    pub releasable: TokenText,
    /// What is set aside for its delegators.
    pub delegators: TokenText,
    /// Their share of each payment.
    pub delegators_bps: u16,
    pub stable_earned: TokenText,
    pub stable_due: TokenText,
    pub stable_paid: TokenText,
    pub stable_delegators: TokenText,
    /// Where stablecoin goes, once the operator's controller has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stable_payout: Option<String>,
}

/// `reward claim` and `reward push`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RewardPaidOutput {
    pub epoch: String,
    pub operators: Vec<PaidText>,
    pub transactions: Vec<Transaction>,
}

/// What one operator is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaidText {
    pub operator: String,
    pub payout: String,
    /// What the leaf grants beyond what was paid before. A pool that pays much at once may pay it
    /// in parts.
    pub due: TokenText,
    /// What it was paid now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<TokenText>,
    /// What was held back or set aside for its delegators now, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<TokenText>,
}

impl fmt::Display for RewardOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Operator", &self.operator)?;
        row(f, "Payout", &self.payout)?;
        match &self.epoch {
            Some(epoch) => row(f, "Newest final root", format!("epoch {epoch}"))?,
            None => row(f, "Newest final root", "none yet")?,
        }
        row(f, "Earned", &self.earned)?;
        row(f, "Paid", &self.paid)?;
        if self.held.amount > 0 {
            let now = format!("{}, {} can be released", self.held, self.releasable);
            row(f, "  held back", now)?;
        }
        if self.delegators_bps > 0 || self.delegators.amount > 0 {
            let share = percent(self.delegators_bps.into());
            row(
                f,
                "  for delegators",
                format!("{} ({share})", self.delegators),
            )?;
        }
        row(f, "Due", &self.due)?;
        if self.slash_owed.amount > 0 {
            let owed = format!(
                "{}, not paid before it is taken, by `trestle stake slash`",
                self.slash_owed
            );
            row(f, "Slash owed", owed)?;
        }
        self.fmt_stable(f)
    }
}

impl RewardOutput {
    /// Most pools pay no stablecoin.
    fn fmt_stable(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.stable_earned.amount == 0 && self.stable_payout.is_none() {
            return Ok(());
        }
        row(f, "Stablecoin earned", &self.stable_earned)?;
        row(f, "Stablecoin paid", &self.stable_paid)?;
        if self.stable_delegators.amount > 0 {
            row(f, "  for delegators", &self.stable_delegators)?;
        }
        row(f, "Stablecoin due", &self.stable_due)?;
        let payout = self.stable_payout.as_deref();
        row(f, "Stablecoin to", payout.unwrap_or("no account yet"))
    }
}

impl fmt::Display for RewardPaidOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_head(&self.transactions, f)?;
        for one in &self.operators {
            row(f, "Operator", &one.operator)?;
            match &one.paid {
                Some(paid) => row(f, "Paid", format!("{paid} of {} due", one.due))?,
                None => row(f, "Due", &one.due)?,
            }
            if let Some(kept) = &one.kept {
                row(f, "Kept back", kept)?;
            }
            row(f, "To", &one.payout)?;
        }
        row(f, "By the root of", format!("epoch {}", self.epoch))?;
        self.transactions.iter().try_for_each(|one| one.fmt(f))
    }
}

/// `reward claim --stable` and `reward release`: one operator, paid beside its usual pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RewardPartOutput {
    pub operator: String,
    pub payout: String,
    /// What it is due.
    pub due: TokenText,
    /// What it was paid now, where the program says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<TokenText>,
    /// Epoch of the root that says what is due, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    pub transactions: Vec<Transaction>,
}

/// `reward stable-payout`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StablePayoutOutput {
    pub operator: String,
    pub payout: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for RewardPartOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_head(&self.transactions, f)?;
        row(f, "Operator", &self.operator)?;
        match &self.paid {
            Some(paid) => row(f, "Paid", format!("{paid} of {} due", self.due))?,
            None => row(f, "Due", &self.due)?,
        }
        row(f, "To", &self.payout)?;
        if let Some(epoch) = &self.epoch {
            row(f, "By the root of", format!("epoch {epoch}"))?;
        }
        self.transactions.iter().try_for_each(|one| one.fmt(f))
    }
}

impl fmt::Display for StablePayoutOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Operator", &self.operator)?;
        row(f, "Stablecoin to", &self.payout)?;
        self.transaction.fmt(f)
    }
}
