//! Close a lease group.
//!
//! Removes a group that is settled to its end, that never began, or that nobody could settle in
//! time: neither a stalled network nor lost operators can keep a customer's credits. Anybody may do
//! it.
//!
//! Specification:
//! - A settled group is closed, and its rent goes to the customer.
//! - A group that ended before it began gives everything back.
//! - A group that too few operators joined gives everything back once it should have begun.
//! - A group that nobody settled for sixteen epochs after its end gives back what is left.
//! - A group that can still be settled is not closed.
//! - A paused network lets groups close.

use {
    crate::{clock::network_epoch, error::CreditsError, event::LeaseGroupClosed, groups},
    anchor_lang::prelude::*,
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct LeaseGroupClose {
    /// The group, its customer's account and the market.
    pub refund: Nested<groups::GroupRefund>,
    /// The group's customer: paid the rent and gets it back.
    #[account(mut, address = refund.group.customer @ CreditsError::NotCustomer)]
    pub customer: UncheckedAccount,
}

impl LeaseGroupClose {
    fn validate(&self) -> Result<()> {
        let epoch = network_epoch(&self.refund.funds.network, Clock::get()?.unix_timestamp)?;
        let group = &self.refund.group;
        require!(
            group.is_settled() || group.is_void(epoch) || group.is_timed_out(epoch),
            CreditsError::LeaseNotFinished
        );
        Ok(())
    }

    pub fn lease_group_close(&mut self) -> Result<LeaseGroupClosed> {
        self.validate()?;
        let refund = &mut *self.refund;
        let timed_out = !refund.group.is_settled();
        let rest = refund.group.refund_rest()?;
        refund.funds.book(Credits::ZERO, rest)?;
        refund.funds.account.close_lease()?;
        refund.invariant()?;
        let event = LeaseGroupClosed {
            group: *refund.group.address(),
            customer: refund.group.customer,
            refunded: rest.0,
            consumed_total: refund.group.consumed,
            refunded_total: refund.group.refunded,
            balance: refund.funds.account.balance,
            reason: refund.group.reason,
            timed_out: u8::from(timed_out),
            _pad: [0; 6],
        };
        refund.group.close(*self.customer.account())?;
        Ok(event)
    }
}
