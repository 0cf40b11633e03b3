//! Meters, those who may open them for a customer, and accounts that fill themselves.

use {
    crate::{credits::par, require, rest, sum, Actor, Asset, Holder, Refusal, Rules, Told, World},
    std::collections::btree_map::Entry,
};

/// Epochs of notice, at most.
const NOTICE_MAX: u32 = 32;
/// Epochs between two top-ups, at most.
const PERIOD_MAX: u32 = 365;

/// What a meter is opened with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeterDeal {
    pub price: u64,
    pub epoch_cap: u64,
    /// What is put in at once; zero in a meter that is open.
    pub deposit: u64,
    pub notice: u32,
}

/// Usage that a customer pays an operator for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    pub deal: MeterDeal,
    /// Whose receipts count.
    pub signer: Actor,
    pub number: u32,
    pub deposited: u64,
    pub escrow: u64,
    /// Units that are paid.
    pub units: u64,
    /// The epoch of the last payment, and what was paid in it.
    pub epoch: u64,
    pub epoch_consumed: u64,
    pub end_epoch: Option<u64>,
}

/// Somebody who may spend a customer's credits on meters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delegate {
    pub epoch_limit: u64,
    pub total_limit: u64,
    pub last_epoch: u64,
    pub epoch: u64,
    pub epoch_spent: u64,
    pub total_spent: u64,
}

/// An account that fills itself from its customer's stablecoin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Topup {
    pub floor: u64,
    pub amount: u64,
    pub period: u32,
    pub next_epoch: u64,
    pub bought: u64,
    /// Stablecoin that it may still spend.
    pub approved: u64,
}

impl World {
    fn meter(&mut self, customer: u8, operator: u8) -> Told<&mut Meter> {
        self.credits
            .meters
            .get_mut(&(customer, operator))
            .ok_or(Refusal("no such meter"))
    }

    /// `by` spends credits of a customer: its own, or within the limits that it was given.
    fn spend(&mut self, by: Actor, customer: u8, credits: u64) -> Told {
        self.require_running(Rules::CREDITS)?;
        let epoch = self.epoch();
        if by != Actor::Customer(customer) {
            let delegate = self.credits.delegates.get_mut(&(customer, by));
            let delegate = delegate.ok_or(Refusal("no delegate"))?;
            require(epoch <= delegate.last_epoch, "a delegate that expired")?;
            if delegate.epoch != epoch {
                (delegate.epoch, delegate.epoch_spent) = (epoch, 0);
            }
            delegate.epoch_spent = sum(delegate.epoch_spent, credits)?;
            delegate.total_spent = sum(delegate.total_spent, credits)?;
            let is_within = delegate.epoch_spent <= delegate.epoch_limit
                && delegate.total_spent <= delegate.total_limit;
            require(is_within, "more than a delegate may")?;
        }
        self.escrow(customer, credits)
    }

    pub(crate) fn meter_open(
        &mut self,
        by: Actor,
        customer: u8,
        operator: u8,
        deal: MeterDeal,
    ) -> Told {
        self.require_running(Rules::CREDITS)?;
        let has_left = self.operator(operator)?.exited;
        require(!has_left, "an operator that has left")?;
        let is_sane = deal.price > 0 && deal.epoch_cap >= deal.price && deal.deposit > 0;
        require(is_sane, "no such deal")?;
        require((1..=NOTICE_MAX).contains(&deal.notice), "no such notice")?;
        self.spend(by, customer, deal.deposit)?;
        let account = self.customer(customer)?;
        let number = account.meters_opened;
        account.meters_opened += 1;
        let Entry::Vacant(place) = self.credits.meters.entry((customer, operator)) else {
            return Err(Refusal("a meter already"));
        };
        place.insert(Meter {
            deal: MeterDeal { deposit: 0, ..deal },
            signer: by,
            number,
            deposited: deal.deposit,
            escrow: deal.deposit,
            units: 0,
            epoch: 0,
            epoch_consumed: 0,
            end_epoch: None,
        });
        Ok(())
    }

    pub(crate) fn meter_deposit(
        &mut self,
        by: Actor,
        customer: u8,
        operator: u8,
        credits: u64,
    ) -> Told {
        require(credits > 0, "no credits")?;
        self.spend(by, customer, credits)?;
        let meter = self.meter(customer, operator)?;
        require(meter.end_epoch.is_none(), "a meter that ends")?;
        meter.deposited = sum(meter.deposited, credits)?;
        meter.escrow = sum(meter.escrow, credits)?;
        Ok(())
    }

    /// Pays for the units of a receipt, as far as the epoch's cap and the credits go.
    pub(crate) fn meter_settle(
        &mut self,
        customer: u8,
        operator: u8,
        units: u64,
        signed_by: Actor,
    ) -> Told {
        let epoch = self.epoch();
        let meter = self.meter(customer, operator)?;
        require(signed_by == meter.signer, "somebody else's receipt")?;
        let due = units.saturating_sub(meter.units);
        require(due > 0, "nothing used")?;
        if meter.epoch != epoch {
            (meter.epoch, meter.epoch_consumed) = (epoch, 0);
        }
        let cap = meter.deal.epoch_cap - meter.epoch_consumed;
        let paid = due.min(cap.min(meter.escrow) / meter.deal.price);
        require(paid > 0, "nothing left to pay with")?;
        let credits = paid * meter.deal.price;
        meter.units += paid;
        meter.epoch_consumed += credits;
        meter.escrow -= credits;
        self.settle(customer, credits, 0)
    }

    pub(crate) fn meter_end(&mut self, by: Actor, customer: u8, operator: u8) -> Told {
        let epoch = self.epoch();
        let meter = self.meter(customer, operator)?;
        let end = if by == Actor::Customer(customer) {
            epoch + u64::from(meter.deal.notice) + 1
        } else {
            require(by == Actor::Operator(operator), "not a party")?;
            epoch
        };
        require(
            meter.end_epoch.is_none_or(|before| end < before),
            "it ends sooner",
        )?;
        meter.end_epoch = Some(end);
        Ok(())
    }

    pub(crate) fn meter_close(&mut self, customer: u8, operator: u8) -> Told {
        let epoch = self.epoch();
        let meter = *self.meter(customer, operator)?;
        let is_over = meter.end_epoch.is_some_and(|end| epoch >= end);
        require(is_over, "a meter that has not ended")?;
        self.credits.meters.remove(&(customer, operator));
        self.settle(customer, 0, meter.escrow)
    }

    pub(crate) fn delegate_set(&mut self, customer: u8, to: Actor, limits: Delegate) -> Told {
        self.customer(customer)?;
        require(to != Actor::Customer(customer), "it may already")?;
        let delegate = self.credits.delegates.entry((customer, to)).or_default();
        delegate.epoch_limit = limits.epoch_limit;
        delegate.total_limit = limits.total_limit;
        delegate.last_epoch = limits.last_epoch;
        Ok(())
    }

    pub(crate) fn delegate_remove(&mut self, customer: u8, to: Actor) -> Told {
        let delegate = self.credits.delegates.remove(&(customer, to));
        delegate.map(drop).ok_or(Refusal("no delegate"))
    }

    pub(crate) fn topup_set(&mut self, customer: u8, rules: Topup) -> Told {
        let is_sane = rules.amount > 0 && i64::try_from(rules.floor).is_ok();
        require(is_sane, "no such top-up")?;
        require((1..=PERIOD_MAX).contains(&rules.period), "no such period")?;
        self.customer(customer)?;
        let topup = self.credits.topups.entry(customer).or_default();
        topup.floor = rules.floor;
        topup.amount = rules.amount;
        topup.period = rules.period;
        topup.approved = rules.approved;
        Ok(())
    }

    pub(crate) fn topup_run(&mut self, customer: u8) -> Told {
        self.require_running(Rules::CREDITS)?;
        let epoch = self.epoch();
        let balance = self.customer(customer)?.balance;
        let topup = self.credits.topups.get_mut(&customer);
        let topup = topup.ok_or(Refusal("no top-up"))?;
        require(balance < topup.floor, "enough credits")?;
        require(epoch >= topup.next_epoch, "too early")?;
        let credits = topup.amount;
        let cost = par(credits)?;
        topup.next_epoch = epoch + u64::from(topup.period);
        topup.bought = sum(topup.bought, credits)?;
        topup.approved = rest(topup.approved, cost)?;
        let purse = Holder::Purse(Actor::Customer(customer));
        self.ledger
            .transfer(Asset::Stable, purse, Holder::RevenueVault, cost)?;
        self.credits.minted = sum(self.credits.minted, credits)?;
        let account = self.customer(customer)?;
        account.balance = sum(account.balance, credits)?;
        Ok(())
    }

    pub(crate) fn topup_remove(&mut self, customer: u8) -> Told {
        let topup = self.credits.topups.remove(&customer);
        topup.map(drop).ok_or(Refusal("no top-up"))
    }
}
