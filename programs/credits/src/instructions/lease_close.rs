//! Close a lease.
//!
//! Removes a lease that is settled to its end, or that nobody could settle in time: a stalled
//! network or a lost operator cannot keep a customer's credits. Anybody may do it.
//!
//! Specification:
//! - A settled lease is closed, and its rent goes to the customer.
//! - A lease that ended before it began gives everything back.
//! - A lease that nobody settled for eight epochs after its end gives back what is left.
//! - A lease that can still be settled is not closed.
//! - A paused network lets leases close.

use {
    crate::{clock::network_epoch, error::CreditsError, event::LeaseClosed, groups},
    anchor_lang::prelude::*,
    trestle_core::units::Credits,
};

#[derive(Accounts)]
pub struct LeaseClose {
    /// The lease, its customer's account and the market.
    pub refund: Nested<groups::LeaseRefund>,
    /// The lease's customer: paid the rent and gets it back.
    #[account(mut, address = refund.lease.customer @ CreditsError::NotCustomer)]
    pub customer: UncheckedAccount,
}

impl LeaseClose {
    fn validate(&self) -> Result<()> {
        let epoch = network_epoch(&self.refund.funds.network, Clock::get()?.unix_timestamp)?;
        let lease = &self.refund.lease;
        require!(
            lease.is_settled() || lease.is_timed_out(epoch),
            CreditsError::LeaseNotFinished
        );
        Ok(())
    }

    pub fn lease_close(&mut self) -> Result<LeaseClosed> {
        self.validate()?;
        let refund = &mut *self.refund;
        let timed_out = !refund.lease.is_settled();
        let rest = refund.lease.refund_rest()?;
        refund.book(Credits::ZERO, rest)?;
        refund.funds.account.close_lease()?;
        refund.invariant()?;
        let event = LeaseClosed {
            lease: *refund.lease.address(),
            customer: refund.lease.customer,
            refunded: rest.0,
            consumed_total: refund.lease.consumed,
            refunded_total: refund.lease.refunded,
            balance: refund.funds.account.balance,
            reason: refund.lease.reason,
            timed_out: u8::from(timed_out),
            _pad: [0; 6],
        };
        refund.lease.close(*self.customer.account())?;
        Ok(event)
    }
}
