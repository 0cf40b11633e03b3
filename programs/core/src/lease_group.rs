//! Lease groups: what operators are paid of which a customer needs k and takes n, each by what it
//! delivered.
//!
//! A group never costs more than k operators that deliver everything. If its members deliver more
//! than that together, they share it in proportion. Availability is what they delivered together,
//! as a share of what k would have; the schedule of service credits reads it. What the customer
//! kept a member from delivering counts as delivered there: nobody earns service credits by ending
//! commitments. So does what a member missed while it had declared maintenance: that is not paid,
//! and costs nobody a service credit.

use crate::{
    lease::{credit_share, give_back, LeaseTerms, Settlement},
    math::{mul_div_floor, split_largest_remainder, MathError},
};

/// Operators of a group, at most: their states fit one account, and settling them one transaction.
pub const GROUP_MEMBERS_MAX: usize = 16;

/// One operator that delivers everything, in the unit of availability. Much finer than shares of
/// windows can differ from a step of the schedule, so that rounding never decides about a credit
/// of a group of one.
const WHOLE: u128 = 1 << 64;

/// What a group costs in the epochs that are settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupPrice {
    /// Credits an epoch for all that one operator can deliver.
    pub rate: u64,
    /// Epochs that are settled.
    pub epochs: u64,
    /// Operators whose whole delivery is paid for at most: k.
    pub needed: u8,
}

/// What a member delivered in the epochs that are settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Epochs in which it served.
    pub served: u64,
    /// Epochs in which it did not serve because the customer had ended it: no service credit comes
    /// of them.
    pub cut: u64,
    /// Those of them that are paid, because the customer owed a notice.
    pub owed: u64,
    /// Epochs of declared maintenance among the served ones: what was missed, up to that, gives no
    /// service credit.
    pub excused: u64,
    /// Good windows among those of the served epochs.
    pub ok: u32,
    /// All windows of the served epochs; none if nobody showed them.
    pub total: u32,
}

/// Outcome of the settlement of a group, credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupSettlement {
    /// As of a lease.
    pub whole: Settlement,
    /// What of `whole.consumed` each member earned; together exactly that.
    pub earned: [u64; GROUP_MEMBERS_MAX],
}

/// Settles epochs of a group in which its members delivered this. `terms` are those of a lease.
pub fn settle(
    terms: &LeaseTerms,
    price: &GroupPrice,
    deliveries: &[Delivery; GROUP_MEMBERS_MAX],
) -> Result<GroupSettlement, MathError> {
    let due = price.due()?;
    let mut weights = [0; GROUP_MEMBERS_MAX];
    let (mut sum, mut delivered) = (0_u64, 0_u128);
    for (weight, delivery) in weights.iter_mut().zip(deliveries) {
        *weight = price.worth(delivery)?;
        sum = sum.checked_add(*weight).ok_or(MathError::Overflow)?;
        let share = price.share(delivery)?;
        delivered = delivered.checked_add(share).ok_or(MathError::Overflow)?;
    }
    let wanted = WHOLE.saturating_mul(price.needed.into());
    let share = credit_share(&terms.steps, delivered.min(wanted), wanted);
    let whole = give_back(due, sum.min(due), share, terms.credit_left);
    let mut earned = [0; GROUP_MEMBERS_MAX];
    split_largest_remainder(whole.consumed, &weights, &mut earned)?;
    Ok(GroupSettlement { whole, earned })
}

impl GroupPrice {
    /// What leaves the escrow for these epochs.
    pub fn due(&self) -> Result<u64, MathError> {
        self.rate
            .checked_mul(self.epochs)
            .and_then(|one| one.checked_mul(self.needed.into()))
            .ok_or(MathError::Overflow)
    }

    /// What a delivery is worth by itself.
    fn worth(&self, delivery: &Delivery) -> Result<u64, MathError> {
        let price = |epochs| self.rate.checked_mul(epochs).ok_or(MathError::Overflow);
        let (ok, total) = (delivery.ok.min(delivery.total), delivery.total);
        let served = match total {
            0 => 0,
            _ => mul_div_floor(price(delivery.served)?, ok.into(), total.into())?,
        };
        served
            .checked_add(price(delivery.owed)?)
            .ok_or(MathError::Overflow)
    }

    /// A delivery as a share of all that one operator could have delivered, with what the customer
    /// cut and what maintenance excuses. Rounded up: a member at a step of the schedule is not
    /// below it.
    fn share(&self, delivery: &Delivery) -> Result<u128, MathError> {
        let ok = u128::from(delivery.ok.min(delivery.total));
        let served = part(
            ok.checked_mul(delivery.served.into()),
            u128::from(delivery.total).checked_mul(self.epochs.into()),
        )?;
        let of_all = |epochs: u64| part(Some(epochs.into()), Some(self.epochs.into()));
        let missed = of_all(delivery.served)?.saturating_sub(served);
        let excused = of_all(delivery.excused)?.min(missed);
        [excused, of_all(delivery.cut)?]
            .into_iter()
            .try_fold(served, u128::checked_add)
            .ok_or(MathError::Overflow)
    }
}

/// `n / d` of the whole, rounded up; nothing of nothing.
fn part(n: Option<u128>, d: Option<u128>) -> Result<u128, MathError> {
    match (n, d) {
        (Some(0), _) | (_, Some(0)) => Ok(0),
        (Some(n), Some(d)) => {
            let product = n.checked_mul(WHOLE).ok_or(MathError::Overflow)?;
            Ok(product.div_ceil(d))
        }
        _ => Err(MathError::Overflow),
    }
}
