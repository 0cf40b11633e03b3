//! Sales by card, which can be reversed for a while.

use crate::{credits::par, require, rest, sum, Actor, Asset, Holder, Refusal, Rules, Told, World};

const DAY: i64 = 86_400;
/// Seconds after which a payment is not sold any more.
const AGE_MAX: i64 = 3 * DAY;
/// Seconds by which a payment may be ahead of the clock.
const AHEAD_MAX: i64 = 600;
/// Seconds between freezing credits and taking them.
const LOST_SECONDS: i64 = 3 * DAY;
/// Seconds after which a chargeback that nobody decided is won.
const DECIDED_SECONDS: i64 = 90 * DAY;

/// What can be sold by card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Biller {
    pub daily_cap: u64,
    /// Most that the market lets any biller sell a day.
    pub market_cap: u64,
    pub chargeback_seconds: u32,
    pub day: i64,
    pub sold_today: u64,
    pub sold: u64,
    pub refunded: u64,
    pub charged_back: u64,
}

/// How a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaleStatus {
    Open,
    /// So many credits were frozen, at this time.
    Frozen(u64, i64),
    Reversed,
    Kept,
}

/// A sale by card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    pub customer: u8,
    pub credits: u64,
    pub final_at: i64,
    pub status: SaleStatus,
}

impl Sale {
    /// Whether it may still be reversed, or nobody has said that it cannot be any more.
    pub fn is_pending(&self) -> bool {
        matches!(self.status, SaleStatus::Open | SaleStatus::Frozen(..))
    }
}

impl World {
    fn sale(&mut self, payment: u8, customer: u8) -> Told<Sale> {
        let sale = self.credits.sales.get(&payment).copied();
        let sale = sale.ok_or(Refusal("no such sale"))?;
        require(sale.customer == customer, "another customer's sale")?;
        Ok(sale)
    }

    fn set_status(&mut self, payment: u8, status: SaleStatus) {
        if let Some(sale) = self.credits.sales.get_mut(&payment) {
            sale.status = status;
        }
    }

    pub(crate) fn biller_set(&mut self, by: Actor, daily_cap: u64) -> Told {
        require(by == Actor::Authority, "not the authority")?;
        let biller = &mut self.credits.biller;
        require(daily_cap <= biller.market_cap, "above the market's cap")?;
        biller.daily_cap = daily_cap;
        Ok(())
    }

    pub(crate) fn card_sell(
        &mut self,
        by: Actor,
        customer: u8,
        payment: u8,
        credits: u64,
        age: i64,
    ) -> Told {
        require(by == Actor::Biller, "not the biller")?;
        if let Some(sale) = self.credits.sales.get(&payment) {
            // A payment that is announced twice is sold once.
            let is_same = sale.customer == customer && sale.credits == credits;
            return require(is_same, "another sale");
        }
        self.require_running(Rules::CREDITS)?;
        require(credits > 0, "no credits")?;
        require((-AHEAD_MAX..=AGE_MAX).contains(&age), "no time to sell it")?;
        let now = self.now;
        let cost = par(credits)?;
        let biller = &mut self.credits.biller;
        if biller.day != now / DAY {
            (biller.day, biller.sold_today) = (now / DAY, 0);
        }
        biller.sold_today = sum(biller.sold_today, credits)?;
        let cap = biller.daily_cap.min(biller.market_cap);
        require(biller.sold_today <= cap, "above the cap")?;
        biller.sold = sum(biller.sold, credits)?;
        let sale = Sale {
            customer,
            credits,
            final_at: now + i64::from(biller.chargeback_seconds),
            status: SaleStatus::Open,
        };
        self.credits.sales.insert(payment, sale);
        self.credits.minted = sum(self.credits.minted, credits)?;
        let account = self.customer(customer)?;
        account.balance = sum(account.balance, credits)?;
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Stable, purse, Holder::RevenueVault, cost)
    }

    pub(crate) fn card_chargeback(&mut self, by: Actor, customer: u8, payment: u8) -> Told {
        require(by == Actor::Biller, "not the biller")?;
        let sale = self.sale(payment, customer)?;
        self.require_reversible(&sale)?;
        let now = self.now;
        let account = self.customer(customer)?;
        let frozen = sale.credits.min(account.balance);
        account.balance -= frozen;
        account.frozen += frozen;
        self.set_status(payment, SaleStatus::Frozen(frozen, now));
        Ok(())
    }

    fn require_reversible(&self, sale: &Sale) -> Told {
        require(sale.status == SaleStatus::Open, "a sale that is not open")?;
        require(self.now < sale.final_at, "a sale that is final")
    }

    pub(crate) fn card_resolve(
        &mut self,
        by: Actor,
        customer: u8,
        payment: u8,
        lost: bool,
    ) -> Told {
        let sale = self.sale(payment, customer)?;
        let SaleStatus::Frozen(frozen, at) = sale.status else {
            return Err(Refusal("no chargeback"));
        };
        let (passed, is_biller) = (self.now - at, by == Actor::Biller);
        require(is_biller || passed >= DECIDED_SECONDS, "not the biller")?;
        let is_due = !lost || (is_biller && passed >= LOST_SECONDS);
        require(is_due, "too early")?;
        let account = self.customer(customer)?;
        account.frozen -= frozen;
        account.balance += frozen;
        if !lost {
            self.set_status(payment, SaleStatus::Kept);
            return Ok(());
        }
        self.set_status(payment, SaleStatus::Reversed);
        self.credits.biller.charged_back += frozen;
        self.take_back(by, customer, frozen)
    }

    pub(crate) fn card_refund(&mut self, by: Actor, customer: u8, payment: u8) -> Told {
        require(by == Actor::Biller, "not the biller")?;
        let sale = self.sale(payment, customer)?;
        self.require_reversible(&sale)?;
        self.set_status(payment, SaleStatus::Reversed);
        self.credits.biller.refunded += sale.credits;
        self.take_back(by, customer, sale.credits)
    }

    /// Free credits no longer exist: the biller gets their price back.
    fn take_back(&mut self, by: Actor, customer: u8, credits: u64) -> Told {
        self.credits.returned = sum(self.credits.returned, credits)?;
        let account = self.customer(customer)?;
        account.balance = rest(account.balance, credits)?;
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Stable, Holder::RevenueVault, purse, par(credits)?)
    }

    pub(crate) fn card_close(&mut self, payment: u8) -> Told {
        let sale = self.credits.sales.get(&payment).copied();
        let sale = sale.ok_or(Refusal("no such sale"))?;
        require(self.now >= sale.final_at, "a sale that is not final")?;
        let is_frozen = matches!(sale.status, SaleStatus::Frozen(..));
        require(!is_frozen, "a chargeback that nobody decided")?;
        self.credits.sales.remove(&payment);
        Ok(())
    }
}
