//! The accounts of this program: layout, domain verbs and invariants.

mod biller;
mod card_sale;
mod customer;
mod delegate;
mod lease;
mod lease_settlement;
mod lease_terms;
mod maintenance;
mod market;
mod market_change;
mod meter;
mod release;
mod revenue;
mod topup;

use {crate::error, trestle_staking::versioned::VersionedAccount};

pub use {
    biller::{Biller, BillerParams},
    card_sale::{CardPurchase, CardSale},
    customer::CustomerAccount,
    delegate::{Delegate, DelegateParams},
    lease::{Lease, LeaseParties},
    lease_settlement::{Settled, SettlementRoot},
    lease_terms::{LeaseTerms, SlaStep, DEEPER_STEPS},
    maintenance::{Maintenance, MaintenanceWindow},
    market::{Market, MarketAccounts, MarketParams, MarketSigner, MarketTerms},
    market_change::MarketChange,
    meter::{Meter, MeterParties, MeterTerms},
    revenue::ServiceRevenue,
    topup::{Topup, TopupParams, TopupSigner},
};

/// An account of a version that this program knows, whichever program owns it.
pub(crate) type State<T> = VersionedAccount<T, { error::WRONG_VERSION }>;
