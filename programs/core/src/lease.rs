//! Leases: what a settlement pays and gives back, and why leases end.

use crate::{
    math::mul_div_floor,
    units::{Bps, BPS_ONE},
};
use core::fmt;

/// Steps of a schedule of service credits, at most.
pub const SLA_STEPS_MAX: usize = 4;

/// A step of the schedule: worse availability than this gives that much back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlaStep {
    /// Share of good windows below which the step applies. Zero: the step is not used.
    pub below: Bps,
    /// Share of what the period would have cost that goes back besides.
    pub credit: Bps,
}

/// Whether the steps are a schedule: from the mildest to the severest, each for a lower
/// availability and with a higher credit than the one before, and unused ones last.
pub fn is_schedule(steps: &[SlaStep]) -> bool {
    steps.windows(2).all(|pair| match pair {
        [milder, severer] if severer.below == Bps::ZERO => severer.credit == Bps::ZERO,
        [milder, severer] => severer.below < milder.below && severer.credit > milder.credit,
        _ => true,
    })
}

/// Terms that a settlement depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTerms {
    /// The schedule of service credits; see [`is_schedule`].
    pub steps: [SlaStep; SLA_STEPS_MAX],
    /// What the cap still leaves for service credits, credits.
    pub credit_left: u64,
}

/// What the epochs that are settled cost, credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// All of them.
    pub whole: u64,
    /// Those that can be paid for: without declared maintenance.
    pub payable: u64,
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
    /// The part of `refunded` that is a service credit.
    pub credit: u64,
}

/// Settles epochs of this price in which `delta_ok` of `delta_total` windows were good. Never takes
/// more than the escrow. Without any window nothing was delivered and all that is due is refunded.
///
/// Epochs with maintenance among them share their windows with the others. Nobody can tell then
/// whose windows were bad: the others are paid in proportion, and no service credit is given.
pub fn settle(
    terms: &LeaseTerms,
    price: &Price,
    delta_ok: u32,
    delta_total: u32,
    escrow: u64,
) -> Settlement {
    let due = price.whole.min(escrow);
    let ok = u64::from(delta_ok.min(delta_total));
    let total = u64::from(delta_total);
    let earned = mul_div_floor(price.payable.min(due), ok, total).unwrap_or(0);
    let share = if price.payable == price.whole {
        credit_share(&terms.steps, ok.into(), total.into())
    } else {
        Bps::ZERO
    };
    give_back(due, earned, share, terms.credit_left)
}

/// Gives back what of `due` was not earned, and this share of what was.
pub(crate) fn give_back(due: u64, earned: u64, share: Bps, credit_left: u64) -> Settlement {
    let credit = share.apply_floor(earned).min(credit_left);
    let consumed = earned.saturating_sub(credit);
    Settlement {
        due,
        consumed,
        refunded: due.saturating_sub(consumed),
        credit,
    }
}

/// The credit of the severest step that applies when `ok` of `total` was good.
pub(crate) fn credit_share(steps: &[SlaStep], ok: u128, total: u128) -> Bps {
    let good = ok.saturating_mul(u128::from(BPS_ONE));
    steps
        .iter()
        .filter(|step| good < total.saturating_mul(u128::from(step.below.get())))
        .map(|step| step.credit)
        .max()
        .unwrap_or(Bps::ZERO)
}

/// Why a lease ends before its term.
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reason {
    /// It does not.
    #[default]
    None = 0,
    /// The customer needs the service no longer.
    NotNeeded = 1,
    /// The customer found the service bad.
    Service = 2,
    /// The price does not suit one of the two.
    Price = 3,
    /// The operator takes the hardware away.
    Decommission = 4,
    /// Anything else.
    Other = 5,
    /// The commitment that the lease pays for has ended. Given by the program alone.
    CommitmentEnded = 6,
    /// The customer moved the lease to another operator. Given by the program alone.
    Transferred = 7,
}

impl Reason {
    /// Every reason, by code.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::NotNeeded,
        Self::Service,
        Self::Price,
        Self::Decommission,
        Self::Other,
        Self::CommitmentEnded,
        Self::Transferred,
    ];

    /// As accounts and events store it.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The reason with this code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The reason with this code, if a party may give it.
    pub fn given(code: u8) -> Option<Self> {
        Self::from_code(code).filter(|reason| reason.is_given_by_parties())
    }

    /// Whether a party may give it.
    pub const fn is_given_by_parties(self) -> bool {
        matches!(
            self,
            Self::NotNeeded | Self::Service | Self::Price | Self::Decommission | Self::Other
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::NotNeeded => "needed no longer",
            Self::Service => "the service was bad",
            Self::Price => "the price does not suit",
            Self::Decommission => "the hardware goes away",
            Self::Other => "other",
            Self::CommitmentEnded => "the commitment ended",
            Self::Transferred => "moved to another operator",
        })
    }
}

/// Why a settlement came out as it did.
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Only the counters to start from were taken: no epoch of the lease was settled.
    #[default]
    Baseline = 0,
    /// Every window was good.
    Delivered = 1,
    /// Some windows were bad, and the schedule gives no credit for that.
    Partial = 2,
    /// Some windows were bad, and a service credit was given besides.
    ServiceCredit = 3,
    /// No window was good.
    NothingDelivered = 4,
    /// Declared maintenance: no pay and no service credit.
    Maintenance = 5,
    /// Declared maintenance and other epochs under one root: pay in proportion for the others, and
    /// no service credit.
    PartlyMaintenance = 6,
    /// The counters to start from had left the ring: nothing can be judged.
    NoBaseline = 7,
    /// No epoch was left to pay for.
    Finished = 8,
}

impl Verdict {
    /// Every verdict, by code.
    pub const ALL: [Self; 9] = [
        Self::Baseline,
        Self::Delivered,
        Self::Partial,
        Self::ServiceCredit,
        Self::NothingDelivered,
        Self::Maintenance,
        Self::PartlyMaintenance,
        Self::NoBaseline,
        Self::Finished,
    ];

    /// As events store it.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The verdict with this code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The verdict on epochs of this price in which `ok` of `total` windows were good.
    pub fn of(price: &Price, ok: u32, total: u32, settlement: &Settlement) -> Self {
        if price.payable == 0 {
            Self::Maintenance
        } else if price.payable < price.whole {
            Self::PartlyMaintenance
        } else if ok == 0 {
            Self::NothingDelivered
        } else if settlement.credit > 0 {
            Self::ServiceCredit
        } else if ok < total {
            Self::Partial
        } else {
            Self::Delivered
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Baseline => "counters to start from taken",
            Self::Delivered => "delivered",
            Self::Partial => "partly delivered",
            Self::ServiceCredit => "below the service level",
            Self::NothingDelivered => "nothing delivered",
            Self::Maintenance => "declared maintenance",
            Self::PartlyMaintenance => "partly declared maintenance",
            Self::NoBaseline => "no counters to start from",
            Self::Finished => "finished",
        })
    }
}
