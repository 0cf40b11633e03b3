//! What the commands about pending changes of parameters print.

use std::fmt;

use serde::Serialize;
use trestle_core::{
    change::{change_state, ChangeState},
    units::Epoch,
};
use trestle_sdk::encoding::string;

use crate::{send::Transaction, text::row};

/// What was done with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeAction {
    Propose,
    Apply,
    Cancel,
}

/// A parameter that a change replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParameterText {
    pub name: &'static str,
    pub before: String,
    pub after: String,
}

/// `change propose`, `change apply` and `change cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeOutput {
    pub action: ChangeAction,
    /// Of the command that applies it.
    #[serde(skip)]
    pub noun: &'static str,
    /// The network or service.
    pub target: String,
    /// First epoch in which it can be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_epoch: Option<String>,
    pub parameters: Vec<ParameterText>,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `change show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeShowOutput {
    pub target: String,
    #[serde(with = "string")]
    pub due_epoch: u64,
    /// The epoch that runs.
    #[serde(with = "string")]
    pub epoch: u64,
    pub parameters: Vec<ParameterText>,
}

/// A row of a change, where something changes.
pub fn parameter((name, before, after): (&'static str, String, String)) -> Option<ParameterText> {
    (before != after).then_some(ParameterText {
        name,
        before,
        after,
    })
}

fn fmt_parameters(parameters: &[ParameterText], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for one in parameters {
        row(f, one.name, format!("{} -> {}", one.before, one.after))?;
    }
    Ok(())
}

impl fmt::Display for ChangeOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let label = match self.action {
            ChangeAction::Propose => "Proposed for",
            ChangeAction::Apply => "Applied to",
            ChangeAction::Cancel => "Cancelled for",
        };
        row(f, label, &self.target)?;
        fmt_parameters(&self.parameters, f)?;
        if let (ChangeAction::Propose, Some(due)) = (self.action, &self.due_epoch) {
            row(
                f,
                "Due",
                format!("in epoch {due}, by `trestle {} change apply`", self.noun),
            )?;
        }
        self.transaction.fmt(f)
    }
}

impl fmt::Display for ChangeShowOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Pending for", &self.target)?;
        fmt_parameters(&self.parameters, f)?;
        let state = match change_state(Epoch(self.due_epoch), Epoch(self.epoch)) {
            ChangeState::Waiting => "waits",
            ChangeState::Due => "due now",
            ChangeState::Lapsed => "lapsed: it can only be cancelled",
        };
        let due = format!(
            "from epoch {} on ({state}; now {})",
            self.due_epoch, self.epoch
        );
        row(f, "Due", due)
    }
}
