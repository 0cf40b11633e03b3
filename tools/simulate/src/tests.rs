//! What each scenario must show, and that the checks can fail.

use crate::{
    parameters::{bps, TOKEN},
    record::{csv, Row},
    report, simulate, simulate_all, write, Outcome, Parameters, Scenario, SCENARIOS,
};
use std::{fs, sync::LazyLock};

static OUTCOMES: LazyLock<Vec<Outcome>> =
    LazyLock::new(|| simulate_all(&Parameters::sound()).expect("every law holds"));

fn outcome(name: &str) -> &'static Outcome {
    let is_it = |outcome: &&Outcome| outcome.scenario.name == name;
    OUTCOMES
        .iter()
        .find(is_it)
        .expect("a scenario of this name")
}

fn scenario(name: &str) -> &'static Scenario {
    let is_it = |scenario: &&Scenario| scenario.name == name;
    SCENARIOS
        .iter()
        .find(is_it)
        .expect("a scenario of this name")
}

fn rows(name: &str) -> &'static [Row] {
    &outcome(name).honest.rows
}

fn sum(rows: &[Row], of: fn(&Row) -> u64) -> u64 {
    rows.iter().map(of).sum()
}

/// Rows of weeks that lie within the days whole.
fn within(rows: &'static [Row], days: &std::ops::Range<u64>) -> Vec<Row> {
    let is_within = |row: &&Row| row.epoch >= days.start + 6 && row.epoch < days.end;
    rows.iter().filter(is_within).cloned().collect()
}

#[test]
fn every_attack_loses_in_every_scenario() {
    for outcome in OUTCOMES.iter() {
        let name = outcome.scenario.name;
        assert!(outcome.attacks_lose(), "{name}");
        assert!(
            outcome.wash.spent > 0.0 && outcome.farm.spent > 0.0,
            "{name}"
        );
    }
}

#[test]
fn a_wash_trader_loses_what_the_fee_is_above_rho() {
    // Five per cent of fee, three of emission, at a price with its confidence on top.
    let lost = -outcome("wash-trading").wash.per_dollar();
    assert!((0.02..0.021).contains(&lost), "{lost}");
}

#[test]
fn a_burn_farmer_loses_what_the_fee_is_above_rho_and_re_emission() {
    let lost = -outcome("burn-farming").farm.per_dollar();
    assert!((0.01..0.05).contains(&lost), "{lost}");
}

#[test]
fn a_wash_trader_wins_where_rho_is_above_the_fee() {
    let parameters = Parameters::with(bps(500), bps(550), bps(0));
    let outcome = simulate(scenario("wash-trading"), &parameters).unwrap();
    assert!(outcome.wash.per_dollar() > 0.0);
    assert!(!outcome.attacks_lose());
}

#[test]
fn a_burn_farmer_wins_where_re_emission_goes_beyond_the_fee() {
    let parameters = Parameters::with(bps(500), bps(300), bps(600));
    let outcome = simulate(scenario("burn-farming"), &parameters).unwrap();
    assert!(outcome.farm.per_dollar() > 0.0);
    assert!(!outcome.attacks_lose());
}

#[test]
fn growth_moves_pay_from_tokens_to_revenue() {
    let rows = rows("growth");
    let (first, last) = (&rows[..52], &rows[rows.len() - 52..]);
    let ratio = |rows: &[Row]| {
        let tokens: f64 = rows.iter().map(|row| row.tokens_paid_usd).sum();
        tokens * 1e6 / sum(rows, |row| row.stable_paid) as f64
    };
    assert!(ratio(first) > 3.0 * ratio(last));
    assert!(rows.last().unwrap().supply < 1_000_000_000 * TOKEN);
}

#[test]
fn a_crash_cannot_mint_beyond_the_schedule() {
    let after = rows("crash")
        .iter()
        .filter(|row| row.epoch > scenario("crash").crash.end);
    for row in after {
        assert!(row.cut > 0, "revenue earned more than the schedule gives");
        // Three services at most re-emit a hundredth of what is burnt.
        assert!(row.minted <= row.scheduled + row.burned / 50);
    }
}

#[test]
fn a_mass_exit_returns_every_stake_and_operators_come_back() {
    let exit = &scenario("mass-exit").exit;
    let count = |epoch: u64| {
        let row = rows("mass-exit").iter().find(|row| row.epoch >= epoch);
        row.unwrap().operators
    };
    assert!(count(exit.end) * 2 < count(exit.start - 7));
    assert!(count(exit.end + 1_095) > count(exit.end));
    let unbonding = &outcome("mass-exit").honest.books.tokens.unbonding;
    let last = rows("mass-exit").last().unwrap().epoch;
    assert!(unbonding.iter().all(|(free, _)| *free >= last));
}

#[test]
fn an_outage_stops_burning_and_postpones_emission() {
    let outage = &scenario("price-outage").outage;
    let during = within(rows("price-outage"), outage);
    assert!(!during.is_empty());
    assert_eq!(sum(&during, |row| row.burned), 0);
    assert!(during
        .iter()
        .all(|row| row.revenue > 0 && row.stable_paid > 0));
    let usual = rows("price-outage")
        .iter()
        .find(|row| row.epoch + 7 >= outage.start);
    let minted = usual.unwrap().minted;
    assert!(during.iter().all(|row| row.minted < minted));
    // What waited earns at once, as far as the day's schedule goes.
    let after = rows("price-outage")
        .iter()
        .find(|row| row.epoch >= outage.end)
        .unwrap();
    assert!(during
        .iter()
        .all(|row| row.minted < after.minted && row.cut == 0));
    assert!(after.cut > 0);
}

#[test]
fn a_halt_postpones_pay_and_the_breaker_stretches_it() {
    let halt = &scenario("verifier-halt").halt;
    let during = within(rows("verifier-halt"), halt);
    assert!(!during.is_empty());
    assert_eq!(sum(&during, |row| row.revenue + row.stable_paid), 0);
    let after: Vec<&Row> = rows("verifier-halt")
        .iter()
        .filter(|row| row.epoch >= halt.end)
        .collect();
    assert!(after[0].due > 0, "the breaker lets not all through at once");
    assert!(after[2..].iter().all(|row| row.due == 0));
    let quiet = outcome("growth").honest.rows.iter();
    assert!(quiet.clone().all(|row| row.due == 0));
}

#[test]
fn two_runs_give_the_same_bytes() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let parameters = Parameters::sound();
    let again = simulate(scenario("crash"), &parameters).unwrap();
    assert_eq!(csv(&again), csv(outcome("crash")));
    for folder in &folders {
        write(folder.path(), std::slice::from_ref(&again), &parameters).unwrap();
    }
    for name in ["report.md", "crash.csv", "crash.png"] {
        let [one, other] =
            [0, 1].map(|index: usize| fs::read(folders[index].path().join(name)).unwrap());
        assert!(one == other, "{name}");
        assert!(!one.is_empty(), "{name}");
    }
}

#[test]
fn the_committed_report_is_what_the_simulation_says() {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/REPORT.md");
    let committed = fs::read_to_string(committed).unwrap();
    let report = report(&OUTCOMES, &Parameters::sound());
    assert!(
        committed == report,
        "REPORT.md is out of date: run `make simulate`"
    );
}
