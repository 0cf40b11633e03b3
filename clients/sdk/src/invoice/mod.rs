//! A customer's invoice, rebuilt from the events of its transactions and nothing else.
//!
//! Every event that moves credits of a customer says what the account has afterwards. So the replay
//! checks itself: where an event does not continue what came before it, a transaction is missing,
//! and the invoice says so. A history that begins with the opening of the account and has no such
//! gap gives balances that are the chain's own, to the unit.

use std::ops::Range;

use solana_pubkey::Pubkey;

use crate::event::LoggedEvent;

mod book;

use book::Book;

/// The events of one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Unix seconds of its block.
    pub at: i64,
    pub events: Vec<LoggedEvent>,
    /// Whether its logs were cut, so that events may be missing.
    pub is_truncated: bool,
}

/// Whose invoice it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Customer {
    /// The account that the customer has with a network.
    pub account: Pubkey,
    /// The wallet.
    pub wallet: Pubkey,
}

/// Where a customer's credits are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Free credits in the account.
    pub free: u64,
    /// Credits in leases and meters.
    pub escrowed: u64,
    /// Credits that a chargeback froze.
    pub frozen: u64,
}

impl Balance {
    /// All of them.
    pub fn total(&self) -> u128 {
        [self.free, self.escrowed, self.frozen]
            .map(u128::from)
            .iter()
            .sum()
    }
}

/// What came into and left the account in the period, in credits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flows {
    /// From the wallet.
    pub deposited: u64,
    /// Into the wallet.
    pub withdrawn: u64,
    /// Bought by card.
    pub by_card: u64,
    /// Bought by the account itself when it ran low.
    pub topped_up: u64,
    /// Bought for the customer out of the network's insurance.
    pub insured: u64,
    /// Taken back because a card sale was refunded or charged back.
    pub reversed: u64,
}

/// What a lease or a lease group did in the period, in credits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeaseLine {
    pub lease: Pubkey,
    /// Who serves; known if the history reaches back to the opening, and none of a group.
    pub operator: Option<Pubkey>,
    /// Credits an epoch that were last agreed on; known likewise.
    pub rate_per_epoch: Option<u64>,
    /// What the lease held at the begin of the period.
    pub escrow_before: u64,
    /// What was put in when it was opened or renewed.
    pub funded: u64,
    /// Settlements that paid for epochs.
    pub periods: u64,
    /// Epochs that they paid for.
    pub epochs: u64,
    pub windows_ok: u64,
    pub windows_total: u64,
    /// What was used up.
    pub used: u64,
    /// The part of it that paid for a notice that was cut short.
    pub notice_paid: u64,
    /// What came back.
    pub refunded: u64,
    /// The part of it that is a service credit.
    pub service_credits: u64,
    /// What the lease holds at the end of the period.
    pub escrow: u64,
    pub is_closed: bool,
}

/// What a meter did in the period, in credits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeterLine {
    pub meter: Pubkey,
    /// Who serves; known if the history reaches back to the opening.
    pub operator: Option<Pubkey>,
    /// What the meter held at the begin of the period.
    pub escrow_before: u64,
    /// What was put in.
    pub funded: u64,
    /// Units that were paid.
    pub units: u64,
    /// What was used up.
    pub used: u64,
    /// What came back.
    pub refunded: u64,
    /// What the meter holds at the end of the period.
    pub escrow: u64,
    pub is_closed: bool,
}

/// A customer's invoice for a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invoice {
    pub opening: Balance,
    pub closing: Balance,
    pub flows: Flows,
    /// In the order of their addresses; without those that did nothing and hold nothing.
    pub leases: Vec<LeaseLine>,
    pub meters: Vec<MeterLine>,
    /// Whether the history begins with the opening of the account.
    pub from_the_start: bool,
    /// Places where an event does not continue what came before: transactions are missing there.
    pub gaps: u64,
}

impl Invoice {
    /// Credits that leases and meters used up in the period.
    pub fn used(&self) -> u64 {
        let leases = self.leases.iter().map(|line| line.used);
        let meters = self.meters.iter().map(|line| line.used);
        leases.chain(meters).sum()
    }

    /// Service credits of the period.
    pub fn service_credits(&self) -> u64 {
        self.leases.iter().map(|line| line.service_credits).sum()
    }

    /// Whether the opening balance and everything since is known.
    pub fn is_complete(&self) -> bool {
        self.from_the_start && self.gaps == 0
    }

    /// Whether the lines explain the difference between the balances, to the unit.
    pub fn is_balanced(&self) -> bool {
        let flows = &self.flows;
        let came = [
            flows.deposited,
            flows.by_card,
            flows.topped_up,
            flows.insured,
        ];
        let left = [flows.withdrawn, flows.reversed, self.used()];
        let sum = |parts: &[u64]| parts.iter().copied().map(u128::from).sum::<u128>();
        self.opening.total() + sum(&came) == self.closing.total() + sum(&left)
    }
}

/// The invoice for a period, of a history that is in the order of the chain. What lies before the
/// period gives the opening balance; what lies after it is ignored.
pub fn invoice(customer: &Customer, history: &[Record], period: &Range<i64>) -> Invoice {
    let mut book = Book::new(*customer);
    let before = history.iter().filter(|record| record.at < period.start);
    before.for_each(|record| book.add(record));
    book.begin();
    let within = history.iter().filter(|record| period.contains(&record.at));
    within.for_each(|record| book.add(record));
    book.end()
}
