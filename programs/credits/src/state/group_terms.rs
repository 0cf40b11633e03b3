//! What a customer and the operators of a group agree on.

use {
    super::lease_terms::LeaseTerms,
    crate::{constants::GROUP_LEAD_EPOCHS_MAX, error::CreditsError},
    anchor_lang::prelude::*,
    trestle_core::{lease_group::GROUP_MEMBERS_MAX, units::Credits},
};

/// The terms of a group: k of n operators, each on the terms of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct GroupTerms {
    /// Operators whose whole delivery is paid for at most: k.
    pub needed: u8,
    /// Operators that may join: n, at least k and at most 16. A member that delivers everything is
    /// paid k of n parts of the rate at least.
    pub members_max: u8,
    /// First epoch that is paid for: 1 to 32 epochs after the running one. Operators join before.
    pub start_epoch: u64,
    /// The terms of each member, with the rate of all that one operator can deliver. There is no
    /// renewal option.
    pub lease: LeaseTerms,
}

impl GroupTerms {
    pub fn validate(&self, current_epoch: u64) -> Result<()> {
        let is_sized = (1..=self.members_max).contains(&self.needed)
            && usize::from(self.members_max) <= GROUP_MEMBERS_MAX;
        require!(is_sized, CreditsError::BadGroupSize);
        let ahead = self.start_epoch.checked_sub(current_epoch);
        require!(
            ahead.is_some_and(|ahead| (1..=GROUP_LEAD_EPOCHS_MAX).contains(&ahead)),
            CreditsError::BadGroupStart
        );
        self.lease.validate()?;
        require!(self.lease.renewal_epochs == 0, CreditsError::BadRenewal);
        // Whatever the members deliver together can be added up.
        self.of_operators(self.members_max)?;
        Ok(())
    }

    /// What the whole term costs at most.
    pub fn price(&self) -> Result<Credits> {
        self.of_operators(self.needed)
    }

    /// Credits an epoch that a member which delivers everything is paid at least.
    pub fn rate_min(&self) -> u64 {
        self.lease
            .rate_per_epoch
            .saturating_mul(u64::from(self.needed))
            .checked_div(u64::from(self.members_max))
            .unwrap_or(0)
    }

    fn of_operators(&self, count: u8) -> Result<Credits> {
        let one = self.lease.price()?;
        one.0
            .checked_mul(u64::from(count))
            .map(Credits)
            .ok_or_else(|| CreditsError::MathOverflow.into())
    }
}
