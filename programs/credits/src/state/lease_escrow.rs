//! The credits of a lease or a group, and where they went.

use {crate::error::CreditsError, anchor_lang::prelude::*};

/// Counters that belong together: what is taken from the first stands in one of the others.
pub(super) struct Escrow<'a> {
    pub left: &'a mut u64,
    pub consumed: &'a mut u64,
    pub refunded: &'a mut u64,
}

impl Escrow<'_> {
    /// Takes credits out: used up, or back to the customer.
    pub fn take(self, consumed: u64, refunded: u64) -> Result<()> {
        let out = consumed
            .checked_add(refunded)
            .ok_or(CreditsError::MathOverflow)?;
        *self.left = self
            .left
            .checked_sub(out)
            .ok_or(CreditsError::InvariantViolated)?;
        *self.consumed = self
            .consumed
            .checked_add(consumed)
            .ok_or(CreditsError::MathOverflow)?;
        *self.refunded = self
            .refunded
            .checked_add(refunded)
            .ok_or(CreditsError::MathOverflow)?;
        Ok(())
    }
}
