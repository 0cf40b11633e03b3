//! Tokens that go into stake and come out of it, an operator's own and delegated ones alike.

use std::fmt;

use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_sdk::{address, amount::Amount, fetch};

use crate::{
    context::{self, Chain, Context, NetworkView},
    error::CliError,
    send::Transaction,
    text::{duration, row, TokenText},
};

/// What became of stake: `deposit`, `unbond` and `withdraw` of `stake` and of `delegation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StakeMoveOutput {
    pub action: StakeAction,
    #[serde(skip)]
    pub kind: StakeKind,
    pub operator: String,
    pub amount: TokenText,
    /// Unix seconds from which unbonded stake can be withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlock_at: Option<String>,
    /// Seconds until then.
    #[serde(skip)]
    pub unlock_seconds: u32,
    #[serde(flatten)]
    pub transaction: Transaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum StakeAction {
    Deposit,
    Unbond,
    Withdraw,
}

/// Whose stake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StakeKind {
    /// The operator's.
    Own,
    /// A delegator's.
    Delegated,
}

impl fmt::Display for StakeMoveOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        let (deposited, command) = match self.kind {
            StakeKind::Own => ("Deposited", "stake"),
            StakeKind::Delegated => ("Delegated", "delegation"),
        };
        let label = match self.action {
            StakeAction::Deposit => deposited,
            StakeAction::Unbond => "Unbonding",
            StakeAction::Withdraw => "Withdrawn",
        };
        row(f, label, &self.amount)?;
        row(f, "Operator", &self.operator)?;
        if self.unlock_at.is_some() {
            let wait = duration(self.unlock_seconds.into());
            let how = format!("in {wait}, by `trestle {command} withdraw`");
            row(f, "Available", how)?;
        }
        self.transaction.fmt(f)
    }
}

/// Stake of an operator.
#[derive(Clone, Copy)]
pub struct Stake<'a> {
    pub kind: StakeKind,
    pub operator: Pubkey,
    pub view: &'a NetworkView,
}

impl Stake<'_> {
    /// What became of it.
    pub fn moved(
        &self,
        action: StakeAction,
        amount: TokenText,
        transaction: Transaction,
    ) -> StakeMoveOutput {
        let network = &self.view.network;
        let unlock_at = match action {
            StakeAction::Unbond => network.unlock_at(self.view.time.unix_seconds).ok(),
            StakeAction::Deposit | StakeAction::Withdraw => None,
        };
        StakeMoveOutput {
            action,
            kind: self.kind,
            operator: self.operator.to_string(),
            amount,
            unlock_at: unlock_at.map(|at| at.to_string()),
            unlock_seconds: network.unbonding_seconds,
            transaction,
        }
    }
}

/// The wallet's token account, and what of it is wanted in base units.
pub async fn from_wallet(
    chain: &Chain,
    view: &NetworkView,
    wallet: &Pubkey,
    amount: &Amount,
) -> Result<(Pubkey, u64), CliError> {
    let source = address::token_account(wallet, &chain.deployment.token_mint);
    let balance = fetch::token_balance(&chain.rpc, &source).await?;
    let available = balance.map_or(0, |balance| balance.amount);
    let units = context::units(amount, view.network.token_decimals, available, "the wallet")?;
    Ok((source, units))
}

/// Asks before stake stops earning.
pub fn confirm_unbonding(context: &Context<'_>, amount: &TokenText) -> Result<(), CliError> {
    if context.global.dry_run {
        return Ok(());
    }
    let question = format!("Unbond {amount}? It earns nothing from then on.");
    context.ui.confirm(&question)
}
