//! Off chain: ten years of daily epochs under good and bad markets. Every protocol amount comes
//! from trestle-core, in integers: prices, sales, settlements, emission, released stablecoin, held
//! rewards, the breaker, slashes. The market around it is a model, in floats.
//!
//! # The model
//!
//! - **Token price**: a random walk that is drawn back to a trend. The feed publishes it with an
//!   average that lags by an hour, as Pyth does; programs see nothing else. Agents trade at the
//!   true price, however much they trade.
//! - **Customers** of a storage and a wireless service: their demand grows by a logistic curve with
//!   noise. They keep a week of credits in stock, pay part of it by burning as far as tokens are
//!   for sale and the rest in stablecoin, and use what the operators can serve.
//! - **Operators** have capacity, a cost and a reliability. They enter where pay is above cost, and
//!   leave after three months below it. What they are paid in tokens they sell at once.
//! - **A wash trader** runs a service of his own, whose only operator and only customer he is. Each
//!   day that his capital is free he buys credits with stablecoin, leases from himself, and
//!   collects. **A burn farmer** does the same with credits that he burns tokens for, and his
//!   service is the one where burns are emitted again. Both always get every window, sell without
//!   slippage at the moment of the allotment, and nothing of theirs is held back: better than any
//!   real one could do. What they gain is the difference to a run in which they sit still.
//!
//! Nothing here reads a clock or the operating system's randomness, and floats are only added,
//! multiplied and divided, so that every machine gets the same bytes.
#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]

mod books;
mod charts;
mod laws;
mod market;
mod noise;
mod operators;
mod parameters;
mod record;
mod report;
mod run;
mod scenario;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use std::{fs, path::Path};

pub use parameters::Parameters;
pub use scenario::{Scenario, SCENARIOS};

/// What came out of one scenario.
pub struct Outcome {
    scenario: Scenario,
    honest: run::Run,
    wash: Attack,
    farm: Attack,
    /// Epochs of all runs at whose end every law held.
    checked: u64,
}

/// What an attacker spent and gained, dollars, and when.
pub struct Attack {
    spent: f64,
    gained: f64,
    /// Gain less spending so far, one for each row of the record.
    path: Vec<f64>,
}

impl Attack {
    fn of(run: &run::Run, still: &run::Run) -> Self {
        let path = run
            .rows
            .iter()
            .zip(&still.rows)
            .map(|(row, without)| row.attacker_income - without.attacker_income - row.attacker_cost)
            .collect();
        Self {
            spent: run.attacker.spent,
            gained: run.attacker.income - still.attacker.income,
            path,
        }
    }

    /// Dollars gained or lost for each dollar that was cycled.
    pub fn per_dollar(&self) -> f64 {
        if self.spent > 0.0 {
            (self.gained - self.spent) / self.spent
        } else {
            0.0
        }
    }
}

impl Outcome {
    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// How buying one's own service with stablecoin went.
    pub fn wash(&self) -> &Attack {
        &self.wash
    }

    /// How burning for one's own service went.
    pub fn farm(&self) -> &Attack {
        &self.farm
    }

    /// Whether both attackers lost.
    pub fn attacks_lose(&self) -> bool {
        self.wash.per_dollar() < 0.0 && self.farm.per_dollar() < 0.0
    }
}

/// Runs one scenario: as it is, with either attacker, and with an attacker who sits still. Fails
/// where a law of conservation does.
pub fn simulate(scenario: &Scenario, parameters: &Parameters) -> Result<Outcome> {
    let run = |attacker| {
        run::run(scenario, parameters, attacker)
            .with_context(|| format!("scenario {}", scenario.name))
    };
    let still = run(run::Attacker::Still)?;
    let wash = run(run::Attacker::Wash)?;
    let farm = run(run::Attacker::Farm)?;
    let honest = run(run::Attacker::Absent)?;
    Ok(Outcome {
        scenario: scenario.clone(),
        checked: [&still, &wash, &farm, &honest]
            .map(|run| run.checked)
            .iter()
            .sum(),
        honest,
        wash: Attack::of(&wash, &still),
        farm: Attack::of(&farm, &still),
    })
}

/// Runs every scenario.
pub fn simulate_all(parameters: &Parameters) -> Result<Vec<Outcome>> {
    SCENARIOS
        .iter()
        .map(|scenario| simulate(scenario, parameters))
        .collect()
}

/// The report on all scenarios, in Markdown.
pub fn report(outcomes: &[Outcome], parameters: &Parameters) -> String {
    report::render(outcomes, parameters)
}

/// Writes the report, and a table and a chart for each scenario.
pub fn write(folder: &Path, outcomes: &[Outcome], parameters: &Parameters) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let put = |name: String, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    put("report.md".into(), report(outcomes, parameters).as_bytes())?;
    for outcome in outcomes {
        let name = outcome.scenario.name;
        put(format!("{name}.csv"), record::csv(outcome).as_bytes())?;
        charts::draw(&folder.join(format!("{name}.png")), outcome)?;
    }
    Ok(())
}
