//! The report: one table of what came out, one of the worst that happened on the way.

use crate::{
    parameters::{CREDITS_PER_USD, TOKEN},
    record::Row,
    Outcome, Parameters,
};
use std::fmt::Write;

const MICRO: u64 = 1_000_000;

/// Renders the report.
pub(crate) fn render(outcomes: &[Outcome], parameters: &Parameters) -> String {
    let mut text = head(parameters);
    for outcome in outcomes {
        text += &result_line(outcome);
    }
    text += "\nConservation is checked at the end of every epoch of every run, to the last base \
             unit: tokens, stablecoin, credits, what the vaults owe, schedule and re-emission, \
             backing of credits, breaker.\n\n";
    text += WORST_HEAD;
    for outcome in outcomes {
        text += &worst_line(outcome);
    }
    text += "\n## Scenarios\n\n";
    for outcome in outcomes {
        let scenario = &outcome.scenario;
        writeln!(
            text,
            "- **{}** (`{}`): {}",
            scenario.title, scenario.name, scenario.story
        )
        .expect("a string takes all");
    }
    text
}

fn head(parameters: &Parameters) -> String {
    format!(
        "# Ten years of Trestle\n\n\
         `make simulate` writes this page, and for each scenario a table of its weeks and a chart, \
         from the kernels that the programs run. The market around them is a model, described in \
         the documentation of `trestle-simulate`: what it says about prices and demand is \
         invented, what the protocol does with them is not.\n\n\
         The protocol keeps {fee} of each sale, emits what {rho} of the revenue is worth, and \
         emits {reemit} of the burns again.\n\n\
         ## What came out\n\n\
         Tokens in millions, money in millions of dollars. What an attacker gains is for each \
         dollar that he cycled, against sitting still; he runs every operator of his service.\n\n\
         | scenario | minted | burned | revenue | operators' pay, stable | operators' pay, tokens \
         | pay for a dollar of revenue | wash trader | burn farmer | epochs conserved |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        fee = parameters.protocol_fee,
        rho = parameters.rho,
        reemit = parameters.reemit_share,
    )
}

const WORST_HEAD: &str = "## The worst on the way\n\n\
    Unpaid is what the breaker made wait, the most at the end of a day. What \
    the schedule cut is emission that revenue had earned beyond it.\n\n\
    | scenario | price, lowest | operators, fewest after two years | unpaid tokens | held back | \
    cut by the schedule | credits given back |\n\
    |---|--:|--:|--:|--:|--:|--:|\n";

fn result_line(outcome: &Outcome) -> String {
    let run = &outcome.honest;
    let sum = |of: fn(&Row) -> u64| run.rows.iter().map(of).sum::<u64>();
    let revenue = sum(|row| row.revenue);
    let stable = sum(|row| row.stable_paid);
    let usd = run.rows.iter().map(|row| row.tokens_paid_usd).sum::<f64>();
    let revenue_usd = revenue as f64 / CREDITS_PER_USD as f64;
    let pay = (stable as f64 / MICRO as f64 + usd) / revenue_usd;
    format!(
        "| {} | {} | {} | {} $ | {} $ | {} ({:.2} $) | {pay:.3} $ | {} | {} | {} |\n",
        outcome.scenario.title,
        millions(run.books.tokens.minted, TOKEN),
        millions(run.books.tokens.burned, TOKEN),
        millions(revenue, CREDITS_PER_USD),
        millions(stable, MICRO),
        millions(sum(|row| row.tokens_paid), TOKEN),
        usd / 1e6,
        gain(outcome.wash.per_dollar()),
        gain(outcome.farm.per_dollar()),
        outcome.checked,
    )
}

fn worst_line(outcome: &Outcome) -> String {
    let rows = &outcome.honest.rows;
    let most = |of: fn(&Row) -> u64| rows.iter().map(of).max().unwrap_or(0);
    let sum = |of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>();
    let lowest = rows.iter().map(|row| row.price).fold(f64::MAX, f64::min);
    let later = rows.iter().filter(|row| row.epoch > 730);
    let fewest = later.map(|row| row.operators).min().unwrap_or(0);
    format!(
        "| {} | {lowest:.3} $ | {fewest} | {} | {} | {} | {} $ |\n",
        outcome.scenario.title,
        millions(most(|row| row.due), TOKEN),
        millions(most(|row| row.held), TOKEN),
        millions(sum(|row| row.cut), TOKEN),
        millions(sum(|row| row.refunded), CREDITS_PER_USD),
    )
}

fn gain(per_dollar: f64) -> String {
    format!("{per_dollar:+.4} $")
}

/// Millions with two decimals, rounded down.
fn millions(amount: u64, unit: u64) -> String {
    let hundredths = amount / unit / 10_000;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
