//! Those who run hardware: when they enter, work, and leave.

use crate::{
    books::Books,
    market::Day,
    noise::Noise,
    parameters::{CAPTIVE, CREDITS_PER_USD, OPEN, TOKEN},
    scenario::{Scenario, EXIT_IN_TEN},
};
use anyhow::Result;

/// Windows of an epoch in which an operator is watched.
pub(crate) const WINDOWS: u32 = 24;
/// Days between two looks at the books.
const REVIEW_EPOCHS: u64 = 30;
/// Reviews in a row with a loss, after which an operator leaves.
const LOSSES_MAX: u32 = 3;
/// Most operators that there are ever, those who left included.
const OPERATORS_MAX: usize = 400;
const OPERATORS_FIRST: usize = 5;
/// Capacity of a first operator; one unit serves a dollar of demand a day.
const UNITS_FIRST: u64 = 500;
/// A newcomer brings this share of what is there.
const UNITS_SHARE: u64 = 10;
/// Fewer than this many windows are missed on a bad day.
const MISSES_MAX: f64 = 12.0;
/// Chance of a slash in a day.
const SLASH_CHANCE: f64 = 0.000_3;
/// Newcomers hesitate below this multiple of their cost.
const ENTRY_MARGIN: f64 = 1.2;

#[derive(Clone, Debug)]
pub(crate) struct Operator {
    service: usize,
    units: u64,
    /// Dollars a unit a day.
    cost: f64,
    reliability: f64,
    is_active: bool,
    /// Dollars since the last review.
    income: f64,
    losses: u32,
}

/// All operators, in the order of the books' accounts; the attacker's comes first if there is one.
pub(crate) struct Operators {
    seed: u64,
    all: Vec<Operator>,
    /// Windows in which each was good on the day.
    good: Vec<u32>,
}

impl Operators {
    pub(crate) fn new(seed: u64, books: &mut Books, is_attacked: bool) -> Result<Self> {
        let mut operators = Self {
            seed,
            all: Vec::new(),
            good: Vec::new(),
        };
        if is_attacked {
            let own = Operator {
                service: CAPTIVE,
                units: 1,
                cost: 0.0,
                reliability: 1.0,
                is_active: true,
                income: 0.0,
                losses: 0,
            };
            operators.enter(own, 0, books)?;
        }
        let mut noise = operators.noise_of(0);
        for service in 0..OPEN.len() {
            for _ in 0..OPERATORS_FIRST {
                let newcomer = newcomer(service, UNITS_FIRST, &mut noise);
                operators.enter(newcomer, 0, books)?;
            }
        }
        Ok(operators)
    }

    fn enter(&mut self, operator: Operator, epoch: u64, books: &mut Books) -> Result<()> {
        let stake = operator.units * books.parameters.stake_per_unit;
        books.join(operator.service, epoch, stake)?;
        self.all.push(operator);
        self.good.push(0);
        Ok(())
    }

    /// Noise of a day: of its own, so that runs which differ in an attacker see the same.
    fn noise_of(&self, epoch: u64) -> Noise {
        Noise::new(self.seed, epoch)
    }

    /// Draws how each operator does on the day, and slashes by chance.
    pub(crate) fn work(&mut self, epoch: u64, books: &mut Books) {
        let mut noise = self.noise_of(epoch + 1);
        for (index, operator) in self.all.iter().enumerate() {
            if operator.service == CAPTIVE {
                self.good[index] = WINDOWS;
                continue;
            }
            if !operator.is_active {
                continue;
            }
            let (luck, misses, slash) = (
                noise.uniform(),
                1 + (noise.uniform() * MISSES_MAX) as u32,
                noise.uniform(),
            );
            let missed = if luck > operator.reliability {
                misses
            } else {
                0
            };
            self.good[index] = WINDOWS - missed;
            if slash < SLASH_CHANCE {
                books.slash(index);
            }
        }
    }

    fn active(&self, service: usize) -> impl Iterator<Item = (usize, &Operator)> {
        let of = move |operator: &Operator| operator.service == service && operator.is_active;
        self.all
            .iter()
            .enumerate()
            .filter(move |(_, operator)| of(operator))
    }

    /// Dollars a day that a service can serve.
    pub(crate) fn capacity(&self, service: usize) -> u64 {
        self.active(service)
            .map(|(_, operator)| operator.units)
            .sum()
    }

    /// Good windows and all windows of a service, weighted by capacity.
    pub(crate) fn windows(&self, service: usize) -> (u32, u32) {
        let capacity = self.capacity(service);
        let good: u64 = self
            .active(service)
            .map(|(index, operator)| operator.units * u64::from(self.good[index]))
            .sum();
        // A million windows stand for all of them, so that `u32` holds the weighted count.
        let parts = capacity * u64::from(WINDOWS);
        let ok = (good * 1_000_000).checked_div(parts).unwrap_or(0);
        (ok as u32, 1_000_000)
    }

    /// What verifiers would make of the day: capacity times good windows, by account.
    pub(crate) fn scores(&self, service: usize) -> Vec<(usize, u64)> {
        self.active(service)
            .map(|(index, operator)| (index, operator.units * u64::from(self.good[index])))
            .collect()
    }

    /// Notes stablecoin that a service's operators got, micro-dollars.
    pub(crate) fn earn_stable(&mut self, service: usize, stable: u64) {
        let capacity = self.capacity(service).max(1) as f64;
        for operator in self
            .all
            .iter_mut()
            .filter(|operator| operator.service == service)
        {
            if operator.is_active {
                operator.income += stable as f64 / 1e6 * operator.units as f64 / capacity;
            }
        }
    }

    /// Lets everybody claim. Returns tokens paid, base units.
    pub(crate) fn claim(&mut self, day: &Day, books: &mut Books) -> Result<u64> {
        let mut paid = 0;
        for (index, operator) in self.all.iter_mut().enumerate() {
            let tokens = books.claim(index, day.epoch, day.now)?;
            operator.income += tokens as f64 / TOKEN as f64 * day.spot;
            paid += tokens;
        }
        Ok(paid)
    }

    /// Those who leave in a mass exit, and on review days those who lose and those who come.
    pub(crate) fn decide(
        &mut self,
        day: &Day,
        scenario: &Scenario,
        books: &mut Books,
    ) -> Result<()> {
        if scenario.exit.contains(&day.epoch) {
            let turn = day.epoch - scenario.exit.start;
            for index in (0..self.all.len()).filter(|index| *index as u64 % 10 == turn) {
                if turn < EXIT_IN_TEN {
                    self.leave(index, day.epoch, books);
                }
            }
        }
        if day.epoch % REVIEW_EPOCHS == REVIEW_EPOCHS - 1 {
            self.review(day, books)?;
        }
        Ok(())
    }

    fn leave(&mut self, index: usize, epoch: u64, books: &mut Books) {
        let operator = &self.all[index];
        let is_last = self.active(operator.service).count() <= 1;
        if operator.is_active && operator.service != CAPTIVE && !is_last {
            self.all[index].is_active = false;
            books.leave(index, epoch);
        }
    }

    fn review(&mut self, day: &Day, books: &mut Books) -> Result<()> {
        let mut noise = self.noise_of((1 << 32) + day.epoch);
        for (service, demand) in day.demand.iter().enumerate() {
            let capacity = self.capacity(service);
            let income: f64 = self
                .active(service)
                .map(|(_, operator)| operator.income)
                .sum();
            let pay = income / (capacity.max(1) * REVIEW_EPOCHS) as f64;
            let newcomer = newcomer(service, (capacity / UNITS_SHARE).max(100), &mut noise);
            let is_short = *demand > capacity as f64 * 0.8;
            let is_welcome = is_short || pay > newcomer.cost * 2.0;
            if is_welcome && pay > newcomer.cost * ENTRY_MARGIN && self.all.len() < OPERATORS_MAX {
                self.enter(newcomer, day.epoch, books)?;
            }
        }
        for index in 0..self.all.len() {
            let operator = &mut self.all[index];
            let cost = operator.cost * (operator.units * REVIEW_EPOCHS) as f64;
            operator.losses = if operator.income < cost {
                operator.losses + 1
            } else {
                0
            };
            operator.income = 0.0;
            if operator.losses >= LOSSES_MAX {
                self.leave(index, day.epoch, books);
            }
        }
        Ok(())
    }

    /// Operators of the services that customers use.
    pub(crate) fn count(&self) -> u64 {
        let is_open = |operator: &&Operator| operator.is_active && operator.service != CAPTIVE;
        self.all.iter().filter(is_open).count() as u64
    }
}

/// Whose capacity costs the more the more reliable it is.
fn newcomer(service: usize, units: u64, noise: &mut Noise) -> Operator {
    let quality = noise.uniform();
    Operator {
        service,
        units,
        cost: 0.2 + 0.2 * quality,
        reliability: 0.9 + 0.099 * quality,
        is_active: true,
        income: 0.0,
        losses: 0,
    }
}

/// Credits for a day's demand as far as the capacity goes.
pub(crate) fn served(demand: f64, capacity: u64) -> u64 {
    let dollars = demand.min(capacity as f64);
    (dollars * CREDITS_PER_USD as f64) as u64
}
