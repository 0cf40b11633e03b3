//! A scenario, day by day.

use crate::{
    books::Books,
    laws,
    market::{Day, Market},
    operators::{served, Operators, WINDOWS},
    parameters::{Parameters, CAPTIVE, CREDITS_PER_USD, EPOCHS, OPEN, SERVICES, TOKEN},
    record::{Row, ROW_EPOCHS},
    scenario::Scenario,
};
use anyhow::{Context, Result};

/// Days of demand that customers keep in stock.
const STOCK_DAYS: f64 = 7.0;
/// Nobody who burns finds more than this share of what circulates for sale in a day.
const BURN_SHARE_MAX: f64 = 0.000_2;

/// Who tries to live off the emission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attacker {
    /// Nobody.
    Absent,
    /// Somebody who has all that the others have and does nothing with it.
    Still,
    /// Buys his own service with stablecoin.
    Wash,
    /// Burns tokens for his own service.
    Farm,
}

/// An attacker's money, dollars.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Purse {
    pub(crate) spent: f64,
    pub(crate) income: f64,
}

/// What a run leaves.
pub(crate) struct Run {
    pub(crate) rows: Vec<Row>,
    pub(crate) attacker: Purse,
    pub(crate) books: Books,
    /// Epochs at whose end every law held.
    pub(crate) checked: u64,
}

struct World<'a> {
    scenario: &'a Scenario,
    attacker: Attacker,
    books: Books,
    operators: Operators,
    purse: Purse,
    /// Credits whose use no root has shown yet.
    unsettled: [u64; OPEN.len()],
    row: Row,
}

pub(crate) fn run(scenario: &Scenario, parameters: &Parameters, attacker: Attacker) -> Result<Run> {
    let is_attacked = attacker != Attacker::Absent;
    let mut books = Books::new(parameters, is_attacked);
    let operators = Operators::new(scenario.seed, &mut books, is_attacked)?;
    let mut world = World {
        scenario,
        attacker,
        books,
        operators,
        purse: Purse::default(),
        unsettled: [0; OPEN.len()],
        row: Row::default(),
    };
    let mut market = Market::new(scenario);
    let (mut rows, mut checked) = (Vec::new(), 0);
    for epoch in 0..EPOCHS {
        let day = market.next(epoch, scenario, parameters)?;
        world.live(&day).with_context(|| format!("epoch {epoch}"))?;
        laws::check(&world.books, epoch).with_context(|| format!("epoch {epoch}"))?;
        checked += 1;
        if (epoch + 1) % ROW_EPOCHS == 0 {
            rows.push(world.close_row(&day));
        }
    }
    Ok(Run {
        rows,
        attacker: world.purse,
        books: world.books,
        checked,
    })
}

impl World<'_> {
    fn live(&mut self, day: &Day) -> Result<()> {
        self.operators.work(day.epoch, &mut self.books);
        for service in 0..OPEN.len() {
            self.customers(service, day)?;
        }
        self.attack(day)?;
        let is_halted = self.scenario.halt.contains(&day.epoch);
        if !is_halted {
            self.settle();
        }
        for service in 0..SERVICES {
            self.allot(service, day)?;
            if !is_halted {
                self.pay(service)?;
            }
        }
        let tokens = self.operators.claim(day, &mut self.books)?;
        let usd = tokens as f64 / TOKEN as f64 * day.spot;
        self.row.tokens_paid += tokens;
        self.row.tokens_paid_usd += usd;
        let accounts = &self.books.accounts;
        let due = accounts.iter().map(|account| account.due).sum();
        self.row.due = self.row.due.max(due);
        self.operators.decide(day, self.scenario, &mut self.books)?;
        self.books.unbond(day.epoch);
        Ok(())
    }

    /// Customers fill their stock up and use it.
    fn customers(&mut self, service: usize, day: &Day) -> Result<()> {
        let demand = day.demand[service];
        let use_today = served(demand, self.operators.capacity(service));
        let wanted = (demand * STOCK_DAYS * CREDITS_PER_USD as f64) as u64;
        let stock = self.books.services[service].stock;
        let free = stock.saturating_sub(self.unsettled[service]);
        let missing = wanted.saturating_sub(free);
        let for_sale = self.for_sale(day) * CREDITS_PER_USD as f64;
        let by_burn = (missing as f64 * self.scenario.burn_mix).min(for_sale) as u64;
        match day.seen {
            Some(seen) if by_burn > 0 => {
                self.row.burned += self.books.buy_burn(service, by_burn, seen.conservative)?;
                self.books.buy_stable(service, missing - by_burn)?;
            }
            _ => {
                self.books.buy_stable(service, missing)?;
            }
        }
        self.unsettled[service] += use_today.min(free + missing);
        Ok(())
    }

    /// Dollars for which tokens can be bought and burnt in a day.
    fn for_sale(&self, day: &Day) -> f64 {
        let circulating = self.books.tokens.circulating as f64 / TOKEN as f64;
        circulating * day.spot * BURN_SHARE_MAX
    }

    /// The attacker puts his capital to work whenever it is free.
    fn attack(&mut self, day: &Day) -> Result<()> {
        if self.books.services[CAPTIVE].stock > 0 {
            return Ok(());
        }
        let credits = |usd: f64| (usd * CREDITS_PER_USD as f64) as u64;
        let capital = self.scenario.capital;
        match (self.attacker, day.seen) {
            (Attacker::Wash, _) => {
                let cost = self.books.buy_stable(CAPTIVE, credits(capital))?;
                self.purse.spent += cost as f64 / 1e6;
            }
            (Attacker::Farm, Some(seen)) => {
                let usd = capital.min(self.for_sale(day));
                let tokens = self
                    .books
                    .buy_burn(CAPTIVE, credits(usd), seen.conservative)?;
                self.purse.spent += tokens as f64 / TOKEN as f64 * day.spot;
                self.row.burned += tokens;
            }
            _ => {}
        }
        Ok(())
    }

    /// A final root shows what was used, of everything up to it.
    fn settle(&mut self) {
        for service in 0..OPEN.len() {
            let (ok, total) = self.operators.windows(service);
            let due = std::mem::take(&mut self.unsettled[service]);
            let settlement = self.books.settle(service, due, ok, total);
            self.row.revenue += settlement.consumed;
            self.row.refunded += settlement.refunded;
        }
        let own = self.books.services[CAPTIVE].stock;
        self.books.settle(CAPTIVE, own, WINDOWS, WINDOWS);
    }

    fn allot(&mut self, service: usize, day: &Day) -> Result<()> {
        let price = day.seen.map(|seen| seen.emission);
        let emission = self.books.allot(service, day.epoch, price)?;
        self.row.minted += emission.granted;
        if service == CAPTIVE {
            self.purse.income += emission.granted as f64 / TOKEN as f64 * day.spot;
        } else {
            self.row.scheduled += emission.scheduled;
            self.row.cut += emission.by_revenue - emission.earned();
        }
        Ok(())
    }

    /// Releases a service's stablecoin, and shares what its pool has.
    fn pay(&mut self, service: usize) -> Result<()> {
        self.books.release(service);
        let scores = self.operators.scores(service);
        let paid = self.books.share(service, &scores)?;
        if service == CAPTIVE {
            self.purse.income += paid as f64 / 1e6;
        } else {
            self.operators.earn_stable(service, paid);
            self.row.stable_paid += paid;
        }
        Ok(())
    }

    /// Ends a row of the record and starts the next.
    fn close_row(&mut self, day: &Day) -> Row {
        let books = &self.books;
        let mut row = std::mem::take(&mut self.row);
        row.epoch = day.epoch;
        row.price = day.spot;
        row.demand = day.demand.iter().sum();
        row.supply = books.supply();
        row.held = books.accounts.iter().map(|account| account.held).sum();
        row.vault = books.stable.vault;
        row.operators = self.operators.count();
        row.capacity = (0..OPEN.len())
            .map(|service| self.operators.capacity(service))
            .sum();
        row.attacker_cost = self.purse.spent;
        row.attacker_income = self.purse.income;
        row
    }
}
