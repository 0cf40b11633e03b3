//! What `trestle meter` prints.

use std::fmt;

use serde::{Deserialize, Serialize};
use trestle_sdk::encoding::string;

use crate::{
    send::Transaction,
    text::{count, row, CreditsText},
};

/// What was done with a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MeterAction {
    Open,
    Deposit,
    Settle,
    End,
    Close,
}

/// `meter open`, `meter deposit`, `meter settle`, `meter end` and `meter close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeterWriteOutput {
    pub action: MeterAction,
    pub meter: String,
    pub operator: String,
    /// Put in, used up or given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<CreditsText>,
    /// Units that were paid now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// First epoch in which it can be closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_epoch: Option<String>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `meter show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeterOutput {
    pub meter: String,
    pub customer: String,
    pub operator: String,
    pub service: String,
    /// Signs receipts.
    pub signer: String,
    pub number: u32,
    /// Of a unit.
    pub price: CreditsText,
    pub epoch_cap: CreditsText,
    /// Units that are paid.
    #[serde(with = "string")]
    pub units: u64,
    pub deposited: CreditsText,
    pub used: CreditsText,
    pub left: CreditsText,
    pub notice_epochs: u32,
    /// First epoch in which it can be closed, once somebody has ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_epoch: Option<String>,
}

/// `meter list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeterListOutput {
    pub meters: Vec<MeterOutput>,
}

/// `meter sign`: what the operator gets paid by. `meter settle` reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiptOutput {
    pub meter: String,
    pub number: u32,
    /// All that was used since the meter was opened.
    #[serde(with = "string")]
    pub units: u64,
    pub signer: String,
    pub signature: String,
}

impl fmt::Display for MeterWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Meter", &self.meter)?;
        row(f, "Operator", &self.operator)?;
        if let Some(credits) = &self.credits {
            let label = match self.action {
                MeterAction::Open | MeterAction::Deposit => "Put in",
                MeterAction::Settle => "Used up",
                MeterAction::End => "Left",
                MeterAction::Close => "Given back",
            };
            row(f, label, credits)?;
        }
        if let Some(units) = &self.units {
            row(f, "Units paid", units)?;
        }
        if let Some(epoch) = &self.end_epoch {
            let when = format!("from epoch {epoch}, by `trestle meter close`");
            row(f, "Can be closed", when)?;
        }
        self.transaction.fmt(f)
    }
}

impl fmt::Display for MeterOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(
            f,
            "Meter",
            format!("{} (number {})", self.meter, self.number),
        )?;
        row(f, "Customer", &self.customer)?;
        row(f, "Operator", &self.operator)?;
        row(f, "Service", &self.service)?;
        row(f, "Receipts by", &self.signer)?;
        row(f, "Price of a unit", &self.price)?;
        row(f, "Most per epoch", &self.epoch_cap)?;
        row(f, "Units paid", self.units)?;
        row(f, "Put in", &self.deposited)?;
        row(f, "Used up", &self.used)?;
        row(f, "Left", &self.left)?;
        row(f, "Notice", count(self.notice_epochs.into(), "epoch"))?;
        match &self.end_epoch {
            Some(epoch) => row(f, "Ended", format!("can be closed from epoch {epoch}")),
            None => Ok(()),
        }
    }
}

impl fmt::Display for MeterListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.meters.is_empty() {
            return writeln!(f, "No meter is open.");
        }
        for one in &self.meters {
            writeln!(
                f,
                "{}  {} units paid  {} left  operator {}  customer {}",
                one.meter, one.units, one.left, one.operator, one.customer
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for ReceiptOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(
            f,
            "Meter",
            format!("{} (number {})", self.meter, self.number),
        )?;
        row(f, "Units", self.units)?;
        row(f, "Signed by", &self.signer)?;
        row(f, "Signature", &self.signature)
    }
}
