//! The accounts of this program: layout, domain verbs and invariants.

mod customer;
mod lease;
mod market;
mod revenue;

pub use {
    customer::CustomerAccount,
    lease::{Lease, LeaseParties, LeaseTerms, Settled, SettlementRoot},
    market::{Market, MarketAccounts, MarketParams, MarketSigner},
    revenue::ServiceRevenue,
};
