//! How the pay of an operator is divided: what it gets at once, what its delegators get, and what
//! is held back until it has proven itself.

use crate::{
    math::MathError,
    units::{Bps, TokenAmount},
};

/// The parts of one payment; together they are the payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaySplit {
    /// Goes to the operator at once.
    pub operator: u64,
    /// Belongs to the operator's delegators.
    pub delegators: u64,
    /// Is the operator's, and held back.
    pub held: u64,
}

impl PaySplit {
    /// What is the operator's own, paid or held.
    pub const fn own(&self) -> u64 {
        self.operator.saturating_add(self.held)
    }
}

/// Divides a payment: first the delegators' share, which nobody holds back, then what is held of
/// the rest. The delegators' share is rounded down and the held part up, so that neither takes more
/// than its share and what is due to an unproven operator errs on the safe side.
pub fn split_pay(amount: u64, delegators: Bps, held: Bps) -> Result<PaySplit, MathError> {
    let for_delegators = delegators.apply_floor(amount);
    let own = amount
        .checked_sub(for_delegators)
        .ok_or(MathError::Overflow)?;
    let kept_back = held.apply_ceil(own);
    Ok(PaySplit {
        operator: own.checked_sub(kept_back).ok_or(MathError::Overflow)?,
        delegators: for_delegators,
        held: kept_back,
    })
}

/// What of the held pay can be released once the rate of holding has fallen to `rate`: all that is
/// held beyond this rate of `base`, which is the pay that anything was ever held from.
pub fn releasable(held: TokenAmount, base: TokenAmount, rate: Bps) -> TokenAmount {
    TokenAmount(held.0.saturating_sub(rate.apply_ceil(base.0)))
}
