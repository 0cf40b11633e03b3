//! One row a week, and the table that they make.

use crate::{parameters::TOKEN, Outcome};
use std::fmt::Write;

/// Epochs of a row.
pub(crate) const ROW_EPOCHS: u64 = 7;

/// A week: sums of what flowed, and what there was at its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) epoch: u64,
    pub(crate) price: f64,
    /// Dollars on the last day.
    pub(crate) demand: f64,
    /// Credits used up.
    pub(crate) revenue: u64,
    /// Credits given back for windows that were not good.
    pub(crate) refunded: u64,
    pub(crate) scheduled: u64,
    pub(crate) minted: u64,
    pub(crate) burned: u64,
    /// Tokens that revenue earned and the schedule cut.
    pub(crate) cut: u64,
    pub(crate) tokens_paid: u64,
    pub(crate) tokens_paid_usd: f64,
    pub(crate) stable_paid: u64,
    pub(crate) supply: u64,
    /// Most that was due at the end of a day.
    pub(crate) due: u64,
    pub(crate) held: u64,
    pub(crate) vault: u64,
    pub(crate) operators: u64,
    pub(crate) capacity: u64,
    pub(crate) attacker_cost: f64,
    pub(crate) attacker_income: f64,
}

const HEADER: &str = "epoch,price_usd,demand_usd_day,capacity_usd_day,operators,revenue_usd,\
    refunded_usd,scheduled_tokens,minted_tokens,burned_tokens,cut_by_schedule_tokens,\
    paid_tokens,paid_tokens_usd,paid_stable_usd,supply_tokens,due_tokens_most,held_tokens,\
    vault_stable_usd,wash_result_usd,farm_result_usd\n";

/// The table of a scenario.
pub(crate) fn csv(outcome: &Outcome) -> String {
    let mut table = HEADER.to_string();
    let attacks = outcome.wash.path.iter().zip(&outcome.farm.path);
    for (row, (wash, farm)) in outcome.honest.rows.iter().zip(attacks) {
        let line = format!(
            "{},{:.6},{:.2},{},{},{},{},{},{},{},{},{},{:.2},{},{},{},{},{},{wash:.2},{farm:.2}",
            row.epoch,
            row.price,
            row.demand,
            row.capacity,
            row.operators,
            credits(row.revenue),
            credits(row.refunded),
            tokens(row.scheduled),
            tokens(row.minted),
            tokens(row.burned),
            tokens(row.cut),
            tokens(row.tokens_paid),
            row.tokens_paid_usd,
            stable(row.stable_paid),
            tokens(row.supply),
            tokens(row.due),
            tokens(row.held),
            stable(row.vault),
        );
        writeln!(table, "{line}").expect("a string takes all");
    }
    table
}

/// Whole tokens with all their decimals.
fn tokens(units: u64) -> String {
    format!("{}.{:08}", units / TOKEN, units % TOKEN)
}

/// Dollars of stablecoin.
fn stable(micro: u64) -> String {
    format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000)
}

/// Dollars of credits.
fn credits(credits: u64) -> String {
    format!("{}.{:05}", credits / 100_000, credits % 100_000)
}
