//! Settlement of a lease: pay in proportion to good windows, SLA credit refunded.

use crate::{
    math::mul_div_floor,
    units::{Bps, BPS_ONE},
};

/// Terms of a lease that its settlement depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTerms {
    /// Price of an epoch, credits.
    pub rate_per_epoch: u64,
    /// Share of good windows that is promised.
    pub sla: Bps,
    /// Share of the price that a broken promise gives back.
    pub credit: Bps,
}

/// Outcome of a settlement, credits; `consumed + refunded == due`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// What leaves the escrow.
    pub due: u64,
    /// What is spent on delivered work.
    pub consumed: u64,
    /// What goes back to the customer.
    pub refunded: u64,
    /// Whether the promised share of good windows was missed.
    pub sla_missed: bool,
}

/// Settles `epochs` epochs in which `delta_ok` of `delta_total` windows were good. Never takes
/// more than the escrow. Without any window nothing was delivered and all that is due is refunded.
pub fn settle(
    terms: &LeaseTerms,
    epochs: u64,
    delta_ok: u32,
    delta_total: u32,
    escrow: u64,
) -> Settlement {
    let due = terms.rate_per_epoch.saturating_mul(epochs).min(escrow);
    let ok = u64::from(delta_ok.min(delta_total));
    let total = u64::from(delta_total);
    let earned = mul_div_floor(due, ok, total).unwrap_or(0);
    let sla_missed =
        ok.saturating_mul(u64::from(BPS_ONE)) < total.saturating_mul(u64::from(terms.sla.get()));
    let credit = if sla_missed {
        terms.credit.apply_floor(earned)
    } else {
        0
    };
    let consumed = earned.saturating_sub(credit);
    Settlement {
        due,
        consumed,
        refunded: due.saturating_sub(consumed),
        sla_missed,
    }
}
