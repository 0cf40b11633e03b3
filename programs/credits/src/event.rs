//! What happened: one event for each change of state, enough to rebuild history from logs.
//!
//! Totals and balances are those after the change.

mod account;
mod card;
mod delegate;
mod lease;
mod lease_group;
mod market;
mod meter;
mod topup;

pub use {
    account::{AccountDeposited, AccountOpened, AccountWithdrawn},
    card::{
        BillerSet, CardChargebackDecided, CardChargebackOpened, CardRefunded, CardSaleClosed,
        CardSold,
    },
    delegate::{DelegateRemoved, DelegateSet},
    lease::{
        LeaseClosed, LeaseEnded, LeaseOpened, LeaseRenewed, LeaseSettled, LeaseTransferred,
        MaintenanceDeclared,
    },
    lease_group::{
        LeaseGroupClosed, LeaseGroupEnded, LeaseGroupJoined, LeaseGroupOpened, LeaseGroupRecorded,
        LeaseGroupSettled,
    },
    market::{
        CreditsBoughtByBurn, CreditsBoughtByStable, InsurancePaid, MarketChangeCancelled,
        MarketChangeProposed, MarketChanged, MarketCreated, RevenueOpened, RevenueReleased,
        TreasuryOpened, TreasuryWithdrawn,
    },
    meter::{MeterClosed, MeterDeposited, MeterEnded, MeterOpened, MeterSettled},
    topup::{ToppedUp, TopupRemoved, TopupSet},
};
