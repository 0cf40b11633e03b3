//! What is released of a service's revenue.

use {
    crate::{error::CreditsError, state::ServiceRevenue},
    anchor_lang::prelude::*,
    trestle_core::units::Credits,
};

impl ServiceRevenue {
    /// Credits that are used up and not released.
    pub fn unreleased(&self) -> Result<Credits> {
        let rest = self.consumed.checked_sub(self.released_credits);
        Ok(Credits(rest.ok_or(CreditsError::InvariantViolated)?))
    }

    /// Counts credits whose stablecoin is released, and what the operators got of it.
    pub fn release(&mut self, credits: Credits, operators: u64) -> Result<()> {
        let add = |sum: u64, part: u64| sum.checked_add(part).ok_or(CreditsError::MathOverflow);
        self.released_credits = add(self.released_credits, credits.0)?;
        self.released_stable = add(self.released_stable, operators)?;
        Ok(())
    }
}
