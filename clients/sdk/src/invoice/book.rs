//! The replay behind an invoice.

use std::collections::BTreeMap;

use anchor_lang::Discriminator;
use bytemuck::AnyBitPattern;
use solana_pubkey::Pubkey;

use super::{Balance, Customer, Flows, Invoice, LeaseLine, MeterLine, Record};
use crate::{
    address::CREDITS_ID,
    event::{
        credits::{
            AccountDeposited, AccountOpened, AccountWithdrawn, CardChargebackDecided,
            CardChargebackOpened, CardRefunded, CardSold, InsurancePaid, LeaseClosed,
            LeaseGroupClosed, LeaseGroupOpened, LeaseGroupSettled, LeaseOpened, LeaseRenewed,
            LeaseSettled, LeaseTransferred, MeterClosed, MeterDeposited, MeterOpened, MeterSettled,
            ToppedUp,
        },
        LoggedEvent,
    },
};

/// Events that move a customer's credits: one that cannot be read is a gap.
const MOVING: [&str; 20] = [
    "AccountDeposited",
    "AccountWithdrawn",
    "CardChargebackDecided",
    "CardChargebackOpened",
    "CardRefunded",
    "CardSold",
    "InsurancePaid",
    "LeaseClosed",
    "LeaseGroupClosed",
    "LeaseGroupOpened",
    "LeaseGroupSettled",
    "LeaseOpened",
    "LeaseRenewed",
    "LeaseSettled",
    "LeaseTransferred",
    "MeterClosed",
    "MeterDeposited",
    "MeterOpened",
    "MeterSettled",
    "ToppedUp",
];

/// A customer's books up to some event.
pub(super) struct Book {
    customer: Customer,
    /// Free credits; unknown before the first event that tells.
    free: Option<u64>,
    frozen: u64,
    leases: BTreeMap<Pubkey, LeaseLine>,
    meters: BTreeMap<Pubkey, MeterLine>,
    flows: Flows,
    /// Free and frozen credits at the begin of the period.
    opening: (u64, u64),
    from_the_start: bool,
    gaps: u64,
}

impl Book {
    pub(super) fn new(customer: Customer) -> Self {
        Self {
            customer,
            free: None,
            frozen: 0,
            leases: BTreeMap::new(),
            meters: BTreeMap::new(),
            flows: Flows::default(),
            opening: (0, 0),
            from_the_start: false,
            gaps: 0,
        }
    }

    /// Starts the period: what is there by now is its opening balance.
    pub(super) fn begin(&mut self) {
        self.leases.retain(|_, line| !line.is_closed);
        self.meters.retain(|_, line| !line.is_closed);
        for line in self.leases.values_mut() {
            *line = LeaseLine {
                lease: line.lease,
                operator: line.operator,
                rate_per_epoch: line.rate_per_epoch,
                escrow_before: line.escrow,
                escrow: line.escrow,
                ..LeaseLine::default()
            };
        }
        for line in self.meters.values_mut() {
            *line = MeterLine {
                meter: line.meter,
                operator: line.operator,
                escrow_before: line.escrow,
                escrow: line.escrow,
                ..MeterLine::default()
            };
        }
        self.flows = Flows::default();
        self.opening = (self.free.unwrap_or_default(), self.frozen);
    }

    /// Ends the period.
    pub(super) fn end(self) -> Invoice {
        let leases = self.leases.values();
        let meters = self.meters.values();
        let before = leases.map(|line| line.escrow_before);
        let before: u64 = before.chain(meters.map(|line| line.escrow_before)).sum();
        let after = self.leases.values().map(|line| line.escrow);
        let after: u64 = after
            .chain(self.meters.values().map(|line| line.escrow))
            .sum();
        let (free, frozen) = self.opening;
        Invoice {
            opening: Balance {
                free,
                escrowed: before,
                frozen,
            },
            closing: Balance {
                free: self.free.unwrap_or_default(),
                escrowed: after,
                frozen: self.frozen,
            },
            flows: self.flows,
            leases: self.leases.into_values().collect(),
            meters: self.meters.into_values().collect(),
            from_the_start: self.from_the_start,
            gaps: self.gaps,
        }
    }

    /// Adds what a transaction did.
    pub(super) fn add(&mut self, record: &Record) {
        self.gaps += u64::from(record.is_truncated);
        for event in &record.events {
            if event.program == CREDITS_ID {
                self.apply(event);
            }
        }
    }

    fn apply(&mut self, event: &LoggedEvent) {
        let is_read = self.account_event(event)
            || self.card_event(event)
            || self.lease_event(event)
            || self.lease_change(event)
            || self.group_event(event)
            || self.meter_event(event);
        let is_moving = event.name().is_some_and(|name| MOVING.contains(&name));
        self.gaps += u64::from(is_moving && !is_read);
    }

    /// Whether the event is a `T`; adds it if it is the customer's.
    fn read<T: Discriminator + AnyBitPattern>(
        &mut self,
        event: &LoggedEvent,
        owner: impl FnOnce(&T) -> Pubkey,
        add: impl FnOnce(&mut Self, &T),
    ) -> bool {
        let Some(event) = event.decode::<T>() else {
            return false;
        };
        let owner = owner(&event);
        if owner == self.customer.account || owner == self.customer.wallet {
            add(self, &event);
        }
        true
    }

    fn account_event(&mut self, event: &LoggedEvent) -> bool {
        self.read(
            event,
            |one: &AccountOpened| one.account,
            |book, _| {
                (book.free, book.from_the_start) = (Some(0), true);
            },
        ) || self.read(
            event,
            |one: &AccountDeposited| one.account,
            |book, one| {
                book.flows.deposited += one.credits;
                book.shift(one.credits, 0, Some(one.balance));
            },
        ) || self.read(
            event,
            |one: &AccountWithdrawn| one.account,
            |book, one| {
                book.flows.withdrawn += one.credits;
                book.shift(0, one.credits, Some(one.balance));
            },
        ) || self.read(
            event,
            |one: &ToppedUp| one.account,
            |book, one| {
                book.flows.topped_up += one.credits;
                book.shift(one.credits, 0, Some(one.balance));
            },
        ) || self.read(
            event,
            |one: &InsurancePaid| one.account,
            |book, one| {
                book.flows.insured += one.credits;
                book.shift(one.credits, 0, Some(one.balance));
            },
        )
    }

    fn card_event(&mut self, event: &LoggedEvent) -> bool {
        self.read(
            event,
            |one: &CardSold| one.account,
            |book, one| {
                book.flows.by_card += one.credits;
                book.shift(one.credits, 0, Some(one.balance));
            },
        ) || self.read(
            event,
            |one: &CardRefunded| one.account,
            |book, one| {
                book.flows.reversed += one.credits;
                book.shift(0, one.credits, Some(one.balance));
            },
        ) || self.read(
            event,
            |one: &CardChargebackOpened| one.account,
            |book, one| {
                book.frozen += one.frozen;
                book.shift(0, one.frozen, Some(one.balance));
            },
        ) || self.read(
            event,
            |one: &CardChargebackDecided| one.account,
            |book, one| {
                book.thaw(one.frozen);
                let won = if one.lost == 1 { 0 } else { one.frozen };
                book.flows.reversed += one.frozen - won;
                book.shift(won, 0, Some(one.balance));
            },
        )
    }

    fn lease_event(&mut self, event: &LoggedEvent) -> bool {
        self.read(
            event,
            |one: &LeaseOpened| one.customer,
            |book, one| {
                book.shift(0, one.escrow, Some(one.balance));
                let line = book.lease(one.lease, one.escrow, 0, one.escrow);
                line.funded += one.escrow;
                line.operator = Some(one.operator);
                line.rate_per_epoch = Some(one.rate_per_epoch);
                line.is_closed = false;
            },
        ) || self.read(
            event,
            |one: &LeaseSettled| one.customer,
            |book, one| {
                book.shift(one.refunded, 0, Some(one.balance));
                let left = one.consumed + one.refunded;
                let line = book.lease(one.lease, 0, left, one.escrow);
                line.periods += u64::from(one.epochs > 0);
                line.epochs += one.epochs;
                line.windows_ok += u64::from(one.windows_ok);
                line.windows_total += u64::from(one.windows_total);
                line.used += one.consumed;
                line.notice_paid += one.notice_paid;
                line.refunded += one.refunded;
                line.service_credits += one.credit;
            },
        ) || self.read(
            event,
            |one: &LeaseClosed| one.customer,
            |book, one| {
                book.shift(one.refunded, 0, Some(one.balance));
                let line = book.lease(one.lease, 0, one.refunded, 0);
                line.refunded += one.refunded;
                line.is_closed = true;
            },
        )
    }

    fn lease_change(&mut self, event: &LoggedEvent) -> bool {
        self.read(
            event,
            |one: &LeaseRenewed| one.customer,
            |book, one| {
                let price = one.epochs * one.rate_per_epoch;
                book.shift(0, price, Some(one.balance));
                let line = book.lease(one.lease, price, 0, one.escrow);
                line.funded += price;
                line.rate_per_epoch = Some(one.rate_per_epoch);
            },
        ) || self.read(
            event,
            |one: &LeaseTransferred| one.customer,
            |book, one| {
                // The lease that it moved to says in its own event what is free afterwards.
                book.shift(one.moved, 0, None);
                let line = book.lease(one.lease, 0, one.moved, one.escrow);
                line.refunded += one.moved;
            },
        )
    }

    /// A group has the line of a lease, without an operator or windows of its own.
    fn group_event(&mut self, event: &LoggedEvent) -> bool {
        self.read(
            event,
            |one: &LeaseGroupOpened| one.customer,
            |book, one| {
                book.shift(0, one.escrow, Some(one.balance));
                let line = book.lease(one.group, one.escrow, 0, one.escrow);
                line.funded += one.escrow;
                line.rate_per_epoch = Some(one.rate_per_epoch);
                line.is_closed = false;
            },
        ) || self.read(
            event,
            |one: &LeaseGroupSettled| one.customer,
            |book, one| {
                book.shift(one.refunded, 0, Some(one.balance));
                let left = one.consumed + one.refunded;
                let line = book.lease(one.group, 0, left, one.escrow);
                line.periods += 1;
                line.epochs += one.epochs;
                line.used += one.consumed;
                line.refunded += one.refunded;
                line.service_credits += one.credit;
            },
        ) || self.read(
            event,
            |one: &LeaseGroupClosed| one.customer,
            |book, one| {
                book.shift(one.refunded, 0, Some(one.balance));
                let line = book.lease(one.group, 0, one.refunded, 0);
                line.refunded += one.refunded;
                line.is_closed = true;
            },
        )
    }

    fn meter_event(&mut self, event: &LoggedEvent) -> bool {
        self.read(
            event,
            |one: &MeterOpened| one.customer,
            |book, one| {
                book.shift(0, one.deposit, Some(one.balance));
                let line = book.meter(one.meter, one.deposit, 0, one.deposit);
                line.funded += one.deposit;
                line.operator = Some(one.operator);
                line.is_closed = false;
            },
        ) || self.read(
            event,
            |one: &MeterDeposited| one.customer,
            |book, one| {
                book.shift(0, one.credits, Some(one.balance));
                book.meter(one.meter, one.credits, 0, one.escrow).funded += one.credits;
            },
        ) || self.read(
            event,
            |one: &MeterSettled| one.customer,
            |book, one| {
                book.shift(0, 0, Some(one.balance));
                let line = book.meter(one.meter, 0, one.consumed, one.escrow);
                line.units += one.units;
                line.used += one.consumed;
            },
        ) || self.read(
            event,
            |one: &MeterClosed| one.customer,
            |book, one| {
                book.shift(one.refunded, 0, Some(one.balance));
                let line = book.meter(one.meter, 0, one.refunded, 0);
                line.refunded += one.refunded;
                line.is_closed = true;
            },
        )
    }

    /// Moves free credits, and compares with what the event says is free afterwards.
    fn shift(&mut self, came: u64, left: u64, after: Option<u64>) {
        let before = match (self.free, after) {
            (Some(free), _) => free,
            (None, Some(after)) => {
                let before = after.saturating_add(left).saturating_sub(came);
                self.opening.0 = before;
                before
            }
            (None, None) => return,
        };
        let expected = before.saturating_add(came).checked_sub(left);
        let now = after.or(expected);
        self.gaps += u64::from(expected.is_none() || expected != now);
        self.free = now;
    }

    fn thaw(&mut self, credits: u64) {
        self.gaps += u64::from(credits > self.frozen);
        self.frozen = self.frozen.saturating_sub(credits);
    }

    /// The line of a lease, into which `funded` and out of which `left` went, and which holds
    /// `after` now. What it held before follows from these where nothing else tells.
    fn lease(&mut self, lease: Pubkey, funded: u64, left: u64, after: u64) -> &mut LeaseLine {
        let before = after.saturating_add(left).saturating_sub(funded);
        let line = self.leases.entry(lease).or_insert_with(|| LeaseLine {
            lease,
            escrow_before: before,
            escrow: before,
            ..LeaseLine::default()
        });
        self.gaps += u64::from(line.escrow != before);
        line.escrow = after;
        line
    }

    /// The same of a meter.
    fn meter(&mut self, meter: Pubkey, funded: u64, left: u64, after: u64) -> &mut MeterLine {
        let before = after.saturating_add(left).saturating_sub(funded);
        let line = self.meters.entry(meter).or_insert_with(|| MeterLine {
            meter,
            escrow_before: before,
            escrow: before,
            ..MeterLine::default()
        });
        self.gaps += u64::from(line.escrow != before);
        line.escrow = after;
        line
    }
}
