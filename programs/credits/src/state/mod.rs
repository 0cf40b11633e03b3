//! The accounts of this program: layout, domain verbs and invariants.

mod biller;
mod card_sale;
mod customer;
mod delegate;
mod group_terms;
mod lease;
mod lease_escrow;
mod lease_group;
mod lease_group_settlement;
mod lease_settlement;
mod lease_terms;
mod maintenance;
mod market;
mod market_change;
mod meter;
mod release;
mod revenue;
mod topup;

use {
    crate::error,
    anchor_lang::prelude::*,
    trestle_staking::versioned::{Layout, VersionedAccount},
};

pub use {
    biller::{Biller, BillerParams},
    card_sale::{CardPurchase, CardSale},
    customer::CustomerAccount,
    delegate::{Delegate, DelegateParams},
    group_terms::GroupTerms,
    lease::{Lease, LeaseParties},
    lease_group::{GroupMember, GroupParties, LeaseGroup},
    lease_group_settlement::{GroupSettled, NextRecord},
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

/// The account, unless nothing is there: then its program does not own it. Whoever calls has
/// checked the address.
pub(crate) fn load_existing<T: Layout>(account: &UncheckedAccount) -> Result<Option<State<T>>> {
    if !account.account().owned_by(&T::OWNER) {
        return Ok(None);
    }
    State::load(*account.account()).map(Some)
}
