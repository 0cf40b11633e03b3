//! What `trestle pool` prints.

use std::fmt;

use serde::Serialize;
use trestle_sdk::encoding::string;

use crate::{
    send::Transaction,
    text::{count, duration, percent, row, TokenText},
};

/// Where a pool's tokens come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PoolMode {
    Fund,
    Mint,
}

/// `pool show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolOutput {
    pub pool: String,
    pub mode: PoolMode,
    /// Most that an epoch is allotted.
    pub per_epoch: TokenText,
    #[serde(with = "string")]
    pub first_epoch: u64,
    /// Newest epoch that was allotted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allotted_epoch: Option<String>,
    pub funded: TokenText,
    pub allotted: TokenText,
    pub paid: TokenText,
    pub vault: TokenText,
    pub breaker: BreakerText,
    /// Epochs that count as a month of an operator's age; 0 holds nothing back.
    pub epochs_per_month: u32,
    /// Times that the parameters were changed.
    pub params_version: u32,
    /// Only if the pool pays stablecoin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stable: Option<StablePoolText>,
    /// Only if the pool mints and its emission is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emission: Option<EmissionText>,
}

/// What bounds how fast a pool pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakerText {
    /// Most that can be paid at once.
    pub capacity: TokenText,
    /// What can be paid now.
    pub open: TokenText,
    /// Seconds in which as much can be paid again.
    pub window_seconds: u32,
}

/// The stablecoin of a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StablePoolText {
    pub allotted: TokenText,
    pub paid: TokenText,
    pub vault: TokenText,
    pub breaker: BreakerText,
}

/// How a minting pool emits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmissionText {
    pub base: TokenText,
    /// Share of the revenue whose worth is emitted.
    pub rho_bps: u16,
    /// Share of the burns that is emitted again, and its cap.
    pub reemit_bps: u16,
    pub reemit_cap: TokenText,
    pub steps: Vec<StepText>,
}

/// One step of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepText {
    #[serde(with = "string")]
    pub first_epoch: u64,
    pub per_epoch: TokenText,
}

/// What was done with a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PoolAction {
    Open,
    OpenStable,
    OpenEmission,
    Fund,
    Allot,
}

/// `pool open`, `pool open-stable`, `pool open-emission`, `pool fund` and `pool allot`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolWriteOutput {
    pub action: PoolAction,
    pub pool: String,
    /// What was funded, or allotted where the program says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<TokenText>,
    /// The epoch that was allotted, or the first one that will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

impl fmt::Display for PoolOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Pool", &self.pool)?;
        let mode = match self.mode {
            PoolMode::Fund => "pays what is funded",
            PoolMode::Mint => "mints what is allotted",
        };
        row(f, "Mode", mode)?;
        row(f, "At most per epoch", &self.per_epoch)?;
        row(f, "First epoch", self.first_epoch)?;
        let allotted = self.allotted_epoch.as_deref().unwrap_or("none yet");
        row(f, "Newest allotment", allotted)?;
        row(f, "Funded", &self.funded)?;
        row(f, "Allotted", &self.allotted)?;
        row(f, "Paid", &self.paid)?;
        row(f, "In the vault", &self.vault)?;
        row(f, "Breaker", &self.breaker)?;
        let month = match self.epochs_per_month {
            0 => "nothing".to_string(),
            epochs => format!("by age, in months of {}", count(epochs.into(), "epoch")),
        };
        row(f, "Held back", month)?;
        if let Some(stable) = &self.stable {
            stable.fmt(f)?;
        }
        match &self.emission {
            Some(emission) => emission.fmt(f),
            None => Ok(()),
        }
    }
}

impl fmt::Display for BreakerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = duration(self.window_seconds.into());
        write!(f, "{} open now of {} in {window}", self.open, self.capacity)
    }
}

impl fmt::Display for StablePoolText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Stable allotted", &self.allotted)?;
        row(f, "Stable paid", &self.paid)?;
        row(f, "Stable in vault", &self.vault)?;
        row(f, "Stable breaker", &self.breaker)
    }
}

impl fmt::Display for EmissionText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Emission base", &self.base)?;
        row(f, "For revenue", percent(self.rho_bps.into()))?;
        let reemit = percent(self.reemit_bps.into());
        row(
            f,
            "For burns",
            format!("{reemit}, at most {}", self.reemit_cap),
        )?;
        for (number, step) in self.steps.iter().enumerate() {
            let label = if number == 0 { "Schedule" } else { "" };
            let text = format!("{} from epoch {}", step.per_epoch, step.first_epoch);
            row(f, label, text)?;
        }
        Ok(())
    }
}

impl fmt::Display for PoolWriteOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let (label, target) = match self.action {
            PoolAction::Open => ("Opened", "the pool"),
            PoolAction::OpenStable => ("Opened", "the pool's stablecoin vault"),
            PoolAction::OpenEmission => ("Opened", "the pool's emission"),
            PoolAction::Fund => ("Funded", "the pool"),
            PoolAction::Allot => ("Allotted", "from the pool"),
        };
        match &self.amount {
            Some(amount) => row(f, label, amount)?,
            None => row(f, label, target)?,
        }
        row(f, "Pool", &self.pool)?;
        if let Some(epoch) = &self.epoch {
            let label = if self.action == PoolAction::Open {
                "First epoch"
            } else {
                "Epoch"
            };
            row(f, label, epoch)?;
        }
        self.transaction.fmt(f)
    }
}
