//! The accounts of this program: layout, domain verbs and invariants.

mod customer;
mod lease;
mod lease_settlement;
mod lease_terms;
mod maintenance;
mod market;
mod revenue;

pub use {
    customer::CustomerAccount,
    lease::{Lease, LeaseParties},
    lease_settlement::{Settled, SettlementRoot},
    lease_terms::{LeaseTerms, SlaStep, DEEPER_STEPS},
    maintenance::{Maintenance, MaintenanceWindow},
    market::{Market, MarketAccounts, MarketParams, MarketSigner},
    revenue::ServiceRevenue,
};
